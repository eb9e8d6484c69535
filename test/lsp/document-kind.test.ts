import { describe, expect, it } from 'vitest';
import { kindOf, mayBecomeCard } from '../../src/lsp/document-kind.js';

const file = (path: string, text: string, languageId = 'markdown', saved = true) => ({
  path,
  text,
  languageId,
  saved,
});
const model = [{ path: 'config.json', size: 1 }];
const code = [{ path: 'package.json', size: 1 }];

describe('kindOf', () => {
  it.each([
    ['a card', file('/m/README.md', '---\nlicense: mit\n---\n'), 'card'],
    ['a card that has just begun', file('/m/README.md', '---\nlic'), 'card'],
    ['a card that does not parse', file('/m/README.md', '---\nlicense: [\n---\n'), 'card'],
    ['a card of another name', file('/m/card.md', '---\npipeline_tag: fill-mask\n---\n'), 'card'],
    [
      'a card that was never saved',
      file('Untitled-1', '---\nbase_model: a/b\n---\n', 'markdown', false),
      'card',
    ],
    ['a card of a dataset', file('/d/README.md', '---\nlicense: mit\ntask_categories: [x]\n---\n'), 'other'],
    ['a card of a Space', file('/s/README.md', '---\ntitle: A\nsdk: gradio\nlicense: mit\n---\n'), 'other'],
    ['a page of a blog', file('/b/post.md', '---\ntitle: A\ntags: [a]\nlicense: mit\n---\n'), 'other'],
    ['a README.md for a site', file('/b/README.md', '---\ntitle: A\nlayout: page\n---\n'), 'other'],
    [
      'a text with front matter in another language',
      file('/m/a.txt', '---\npipeline_tag: a\n---\n', 'plaintext'),
      'other',
    ],
    ['an evaluation result', file('/m/.eval_results/a.yaml', '- x', 'yaml'), 'eval-result'],
    ['settings', file('/m/.validate-card.yaml', 'rules: {}', 'yaml'), 'settings'],
    ['other YAML', file('/m/a.yaml', 'license: mit', 'yaml'), 'other'],
  ])('%s', (_, document, kind) => {
    expect(kindOf(document)).toBe(kind);
  });

  it('asks the files where there is no front matter', () => {
    const text = '# Title\n';
    expect(kindOf(file('/m/README.md', text), model)).toBe('card');
    expect(kindOf(file('/m/README.md', text), code)).toBe('other');
    expect(kindOf(file('/m/README.md', text))).toBe('other');
    expect(kindOf(file('/m/notes.md', text), model)).toBe('other');
  });
});

describe('mayBecomeCard', () => {
  it.each([
    ['/m/README.md', true, true],
    ['/m/model-card.md', true, true],
    ['Untitled-1', false, true],
    ['/m/notes.md', true, false],
  ])('%s', (path, saved, expected) => {
    expect(mayBecomeCard(file(path, '', 'markdown', saved))).toBe(expected);
  });
});
