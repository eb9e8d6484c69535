import { describe, expect, it } from 'vitest';
import { editsFor } from '../../src/card/edit.js';
import { parseCard } from '../../src/card/parse.js';
import { applyEdits } from '../../src/fix.js';

function added(text: string, key: string, value: string, after: readonly string[] = []): string | undefined {
  const edits = editsFor(parseCard(text), [{ kind: 'set', key, value, after }]);
  return edits === undefined ? undefined : applyEdits(text, edits);
}

describe('editsFor a new key', () => {
  it.each<[string, string, string]>([
    ['behind the key named', '---\na: 1\nb: 2\n---\n# T\n', '---\na: 1\nkey: v\nb: 2\n---\n# T\n'],
    ['behind the last key', '---\na: 1\n---\n', '---\na: 1\nkey: v\n---\n'],
    ['behind a comment', '---\na: 1 # one\nb: 2\n---\n', '---\na: 1 # one\nkey: v\nb: 2\n---\n'],
    ['behind a list', '---\na:\n- x\n- y\nb: 2\n---\n', '---\na:\n- x\n- y\nkey: v\nb: 2\n---\n'],
    ['behind a block scalar', '---\na: |\n  x\n\nb: 2\n---\n', '---\na: |\n  x\nkey: v\n\nb: 2\n---\n'],
    [
      'with line breaks as they are',
      '---\r\na: 1\r\nb: 2\r\n---\r\n',
      '---\r\na: 1\r\nkey: v\r\nb: 2\r\n---\r\n',
    ],
    ['indented as its neighbours', '---\n  a: 1\n  b: 2\n---\n', '---\n  a: 1\n  key: v\n  b: 2\n---\n'],
    ['in braces', '---\n{a: 1, b: 2}\n---\n', '---\n{key: v, a: 1, b: 2}\n---\n'],
    ['without the key named', '---\nb: 2\n---\n', '---\nb: 2\nkey: v\n---\n'],
  ])('%s', (_, text, expected) => {
    expect(added(text, 'key', 'v', ['a'])).toBe(expected);
  });

  it.each([
    ['org/name', 'org/name'],
    ['123/456', "'123/456'"],
    ['no', "'no'"],
    ['2024-01-01', "'2024-01-01'"],
    ['it’s: #1', "'it’s: #1'"],
    ["it's", "'it''s'"],
  ])('writes %s as %s', (value, expected) => {
    expect(added('---\na: 1\n---\n', 'key', value)).toBe(`---\na: 1\nkey: ${expected}\n---\n`);
  });

  it('gives up where the front matter is no mapping', () => {
    expect(added('---\n- a\n---\n', 'key', 'v')).toBeUndefined();
  });
});
