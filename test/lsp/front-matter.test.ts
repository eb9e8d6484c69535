import { describe, expect, it } from 'vitest';
import { draftFrontMatter } from '../../src/lsp/front-matter.js';

/** The YAML that was found, and whether it is closed. */
function found(text: string): readonly [string, boolean] | undefined {
  const block = draftFrontMatter(text);
  return block === undefined
    ? undefined
    : [text.slice(block.yaml.start, block.yaml.end), block.close !== undefined];
}

describe('draftFrontMatter', () => {
  it.each<[string, string, readonly [string, boolean] | undefined]>([
    ['closed', '---\na: b\n---\ntext', ['a: b', true]],
    ['with CRLF', '---\r\na: b\r\n---\r\n', ['a: b', true]],
    ['with a byte-order mark and empty lines', '\uFEFF\n---\na: b\n---\n', ['a: b', true]],
    ['with an empty line', '---\n\n---\n', ['', true]],
    ['with nothing between', '---\n---\n', ['', true]],
    ['with a space behind the opening fence', '--- \na: b\n---\n', ['a: b', true]],
    ['closed at the end of the text', '---\na: b\n---', ['a: b', true]],
    ['with hyphens that close nothing', '---\na: b\n----\n---\n', ['a: b\n----', true]],
    ['not closed', '---\na: b\n', ['a: b\n', false]],
    ['not closed, above a heading', '---\na: b\n\n# Title\n', ['a: b\n', false]],
    ['not closed, above prose', '---\na: b\n\nSome words here.\n', ['a: b\n', false]],
    ['with a comment', '---\n# a comment\na: b\n', ['# a comment\na: b\n', false]],
    ['with a word that will be a key', '---\nlic', ['lic', false]],
    ['absent', '# Title\n', undefined],
    ['only a fence', '---', undefined],
    ['with a language', '---js\na\n---\n', undefined],
    ['behind text', 'text\n---\na: b\n---\n', undefined],
    ['in an empty text', '', undefined],
  ])('%s', (_, text, expected) => {
    const block = found(text);
    expect(block?.[0] === '' && expected?.[0] === '' ? expected : block).toEqual(expected);
  });
});
