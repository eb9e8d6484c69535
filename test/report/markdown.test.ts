import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatReport } from '../../src/report/index.js';
import { formatMarkdown, inline, MOST_BYTES } from '../../src/report/markdown.js';
import type { Report } from '../../src/report/report.js';
import type { SmokeCase, SmokeComparison } from '../../src/smoke/report.js';
import { AWKWARD, CARD, CLEAN, DIAGNOSTICS, REPORT } from './sample.js';

const smoke = REPORT.smoke as NonNullable<Report['smoke']>;

describe('inline', () => {
  it.each([
    ['a | b', 'a &#124; b'],
    ['<script>', '&#60;script&#62;'],
    ['&lt;', '&#38;lt;'],
    ['[x](https://evil.example)', '&#91;x&#93;(https&#58;//evil.example)'],
    ['![x](y)', '!&#91;x&#93;(y)'],
    ['**b** _i_ ~s~', '&#42;&#42;b&#42;&#42; &#95;i&#95; &#126;s&#126;'],
    ['a `|<b>` c', 'a <code>&#124;&#60;b&#62;</code> c'],
    ['odd ` tick', 'odd &#96; tick'],
    ['two\nlines\r\n\tthree', 'two lines three'],
    ['@everyone #1 \\|', '&#64;everyone &#35;1 &#92;&#124;'],
    ['www.evil.example', '&#119;ww.evil.example'],
    ['\u001b[31m\u202e', '␛&#91;31m<U+202E>'.replaceAll('<', '&#60;').replaceAll('>', '&#62;')],
  ])('writes %j as %s', (text, escaped) => {
    expect(inline(text)).toBe(escaped);
  });
});

describe('markdown', () => {
  it('begins with the verdict, then findings and smoke inference', async () => {
    const text = formatReport(REPORT, 'markdown', { sources: { 'README.md': CARD }, base: 'models/bert' });
    await expect(text).toMatchFileSnapshot('markdown.md');
  });

  it('says little when there is nothing to say', () => {
    const text = formatReport(CLEAN, 'markdown');
    expect(text).toContain('## ✅ Ready to publish');
    expect(text).not.toMatch(/### /);
  });

  it('gives every row of a table as many cells as its head', () => {
    const text = formatReport(REPORT, 'markdown', { sources: { 'README.md': CARD } });
    let columns = 0;
    let tables = 0;
    for (const line of text.split('\n')) {
      if (!line.startsWith('|')) columns = 0;
      else if (columns === 0) {
        columns = line.split('|').length;
        tables++;
      } else expect(line.split('|')).toHaveLength(columns);
    }
    expect(tables).toBe(4);
  });

  it('holds no tag but its own', () => {
    const text = formatReport(REPORT, 'markdown').replaceAll(/<\/?(code|br|sub)>/g, '');
    expect(text).not.toMatch(/[<>]/);
  });

  it('fences a diff with more backticks than are in it', () => {
    const source = CARD.replace('title: ', 'title: ````` ');
    const edit = {
      start: source.indexOf('pipeline_tag'),
      end: source.indexOf('pipeline_tag'),
      text: 'x: 1\n',
    };
    const support = { ...REPORT.support, remedy: [{ title: 't', edits: [edit] }] };
    const text = formatReport({ ...REPORT, support }, 'markdown', { sources: { 'README.md': source } });
    expect(text).toContain('``````diff\n');
    expect(text).toContain('\n``````\n');
  });

  it('stays under the limit of a job summary, and says what is left out', () => {
    const long = '語'.repeat(5000);
    const diagnostics = Array.from({ length: 3000 }, (_, index) => ({
      ...(DIAGNOSTICS[index % DIAGNOSTICS.length] as (typeof DIAGNOSTICS)[number]),
      message: long,
      help: `${long}|`.repeat(3),
    }));
    const text = formatReport({ ...REPORT, diagnostics }, 'markdown');
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MOST_BYTES);
    expect(text).toMatch(/\n\d+ more findings not shown/);
    expect(text).toContain('### Smoke inference');
    for (const line of text.split('\n')) if (line.startsWith('| ')) expect(line.endsWith(' |')).toBe(true);
  });

  it('links the pictures and sounds that were saved, as seen from where the page lies', () => {
    const [first] = smoke.cases;
    const saved = (name: string, mediaType: string) => ({
      name,
      mediaType,
      size: 1,
      path: resolve('/work/out dir', `case-1-${name}`),
    });
    const files = [
      saved('case-1.json', 'application/json'),
      saved('speech.wav', 'audio/wav'),
      saved('a_b (1).png', 'image/png'),
      saved(`](javascript:x) ${AWKWARD}.png`, 'image/png'),
    ];
    const report = { ...REPORT, smoke: { ...smoke, cases: [{ ...(first as SmokeCase), files }] } };
    const text = formatReport(report, 'markdown', { linksFrom: resolve('/work/reports') });
    expect(text).toContain('<br>🔊 [speech.wav](../out%20dir/case-1-speech.wav)<br>');
    expect(text).toContain('🖼️ [a&#95;b (1).png](../out%20dir/case-1-a%5Fb%20%281%29.png)');
    expect(text).not.toContain('case-1.json');
    expect(text).not.toMatch(/\]\((?!\.\.\/out%20dir\/[\w%./-]+\))/);
    expect(formatReport(report, 'markdown')).toContain('<br>🔊 <code>speech.wav</code>');
  });

  it('stays under any limit, whatever the smoke inference holds', () => {
    const checks = Array.from({ length: 30 }, (_, index) => ({
      id: `check-${index}`,
      status: 'failed' as const,
      message: '語'.repeat(3000),
    }));
    const [case1, comparison] = [smoke.cases[0] as SmokeCase, smoke.comparisons[0] as SmokeComparison];
    const large = {
      ...smoke,
      checks,
      cases: Array.from({ length: 200 }, () => ({ ...case1, checks })),
      comparisons: Array.from({ length: 300 }, () => ({ ...comparison, reason: '語'.repeat(9000) })),
    };
    for (const most of [60_000, 200_000, MOST_BYTES]) {
      const text = formatMarkdown({ ...REPORT, smoke: large }, {}, most);
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(most);
      expect(text).toContain('### Findings');
      expect(text).toMatch(/\n\d+ more rows not shown/);
      for (const line of text.split('\n')) if (line.startsWith('| ')) expect(line.endsWith(' |')).toBe(true);
    }
  });
});
