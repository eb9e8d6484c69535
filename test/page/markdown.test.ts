import { describe, expect, it } from 'vitest';
import { readLink } from '../../src/page/card/link.js';
import { MOST_RENDERED, markdownToHtml, slugger } from '../../src/page/card/markdown.js';
import { cpuTime } from '../cpu-time.js';

describe('markdown of a card', () => {
  it('is the dialect of GitHub: tables, task lists without inputs, struck text, bare addresses', () => {
    const html =
      markdownToHtml('| a |\n| - |\n| 1 |\n\n- [x] done\n- [ ] open\n\n~~old~~ https://example.org\n') ?? '';
    expect(html).toContain('<td>1</td>');
    expect(html).toContain('☑ done');
    expect(html).toContain('☐ open');
    expect(html).not.toContain('<input');
    expect(html).toContain('<del>old</del>');
    expect(html).toContain('<a href="https://example.org">');
  });

  it('says that it is nested too deep, and never fails', () => {
    expect(markdownToHtml('>'.repeat(MOST_RENDERED))).toBeNull();
  });

  it.each([
    ['brackets', '['],
    ['pictures', '!['],
    ['stars', '*a '],
    ['underlines', '_a_ '],
    ['back ticks', '`'],
    ['table rows', '|'],
    ['tags', '<a '],
    ['comments', '<!--'],
    ['lists', '- '],
    ['entities', '&'],
    ['links', '[a](<'],
    ['tildes', '~~a'],
    ['addresses', 'www.a.'],
    ['mail', 'a@a.'],
  ])('is drawn in time: nothing but %s', (_, text) => {
    const computed = cpuTime();
    markdownToHtml(text.repeat(20_000 / text.length));
    expect(computed()).toBeLessThan(5000);
  });
});

describe('headings', () => {
  it('are linked to as on GitHub', () => {
    const slug = slugger();
    expect(
      ['Model card', 'Use: `pipeline()`', 'Größe & Maß', 'Model card', 'Model card', ''].map(slug),
    ).toEqual(['model-card', 'use-pipeline', 'größe--maß', 'model-card-1', 'model-card-2', '']);
  });
});

describe('links and pictures', () => {
  it.each([
    ['#the-use', { kind: 'heading', slug: 'the-use' }],
    ['#gr%C3%B6%C3%9Fe', { kind: 'heading', slug: 'größe' }],
    ['config.json', { kind: 'file', path: 'config.json' }],
    ['./pictures/a%20b.png?raw=true#x', { kind: 'file', path: 'pictures/a b.png' }],
    ['https://example.org/a', { kind: 'elsewhere', address: 'https://example.org/a' }],
    ['mailto:a@example.org', { kind: 'elsewhere', address: 'mailto:a@example.org' }],
    ['//example.org/a', { kind: 'elsewhere', address: 'https://example.org/a' }],
    ['\\\\example.org\\a', { kind: 'elsewhere', address: 'https://example.org/a' }],
    ['data:image/png;base64,AAAA', { kind: 'data', address: 'data:image/png;base64,AAAA' }],
  ])('%j leads to %j', (address, link) => {
    expect(readLink(address)).toEqual(link);
  });

  it.each([
    '',
    'javascript:alert(1)',
    'JavaScript:alert(1)',
    'java\nscript:alert(1)',
    '\u0001javascript:alert(1)',
    ' javascript:alert(1)',
    'vbscript:x',
    'data:text/html,x',
    'blob:http://127.0.0.1/x',
    'file:///etc/passwd',
    'ftp://example.org',
    '../secret',
    'a/%2e%2e/%2e%2e/secret',
    '/models/other',
    'a\\b',
  ])('%j leads nowhere', (address) => {
    expect(readLink(address)).toEqual({ kind: 'none' });
  });
});
