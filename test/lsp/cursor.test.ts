import { describe, expect, it } from 'vitest';
import { toPointer } from '../../src/card/path.js';
import { cursorAt } from '../../src/lsp/cursor.js';
import { marked } from './marked.js';

/** The places at the cursor, in short: `key of /a`, `value /a/0`, `item /a/1`; behind a colon the word. */
function places(source: string): readonly string[] | null {
  const { text, offset } = marked(source);
  const cursor = cursorAt(text, { start: 0, end: text.length }, offset);
  if (cursor === null) return null;
  const word = text.slice(cursor.word.start, cursor.word.end);
  return cursor.places.map((place) => {
    const path = toPointer(place.kind === 'key' ? place.mapping : place.path);
    const what = place.kind === 'key' ? `key of ${path}` : `${place.kind} ${path}`;
    return `${what.trimEnd()}${word === '' ? '' : `: ${word}`}${cursor.gap ? ' (gap)' : ''}`;
  });
}

function present(source: string): readonly string[] {
  const { text, offset } = marked(source);
  const place = cursorAt(text, { start: 0, end: text.length }, offset)?.places.find(
    ({ kind }) => kind === 'key',
  );
  return place?.kind === 'key' ? [...place.present] : [];
}

describe('cursorAt', () => {
  it.each<[string, string, readonly string[] | null]>([
    ['an empty text', '|', ['key of', 'value', 'item /0']],
    ['the first word', 'lic|', ['key of: lic', 'value: lic', 'item /0: lic']],
    ['a word below other keys', 'license: mit\nlan|\n', ['key of: lan']],
    ['a key in front of its colon', 'lic|ense: mit', ['key of: license']],
    ['the end of a key', 'license|: mit', ['key of: license']],
    ['a value', 'license: m|it', ['value /license: mit']],
    ['the start of a value', 'license: |mit', ['value /license: mit']],
    ['an empty value', 'license: |', ['value /license']],
    ['directly behind a colon', 'license:|', ['value /license (gap)']],
    ['an empty value with blanks', 'license:   |  ', ['value /license']],
    ['a value with a comment behind', 'license: m|it # yes', ['value /license: mit']],
    ['a comment', 'license: mit # y|es', null],
    ['a comment line', '# lic|ense', null],
    ['white space behind a value', 'license: mit  |', null],
    ['indentation of a line', 'a:\n |  b: c', null],
    ['a value in double quotes', 'license: "m|it"', ['value /license: mit']],
    ['an open quote', 'license: "m|\nlanguage: en', ['value /license: m']],
    ['behind a closing quote', 'license: "mit"|', null],
    ['a value with an anchor', 'license: &l m|it', ['value /license: mit']],
    ['an alias', 'license: *l|', null],
    ['an item', 'tags:\n  - a\n  - b|', ['key of /tags/1: b', 'value /tags/1: b']],
    ['an item still empty', 'tags:\n  - a\n  - |', ['key of /tags/1', 'value /tags/1']],
    ['directly behind a dash', 'tags:\n  -|', ['key of /tags/0 (gap)', 'value /tags/0 (gap)']],
    ['an item that is not indented', 'tags:\n- a\n- |', ['key of /tags/1', 'value /tags/1']],
    ['below a list that is not indented', 'tags:\n- a\n|', ['key of', 'item /tags/1']],
    ['below a list', 'tags:\n  - a\n  |', ['item /tags/1']],
    ['below a list at the left edge', 'tags:\n  - a\n|', ['key of']],
    ['between two levels', 'tags:\n  - a\n |', null],
    ['below a key without value, indented', 'tags:\n  |', ['key of /tags', 'value /tags', 'item /tags/0']],
    ['below a key without value', 'tags:\n|', ['key of', 'item /tags/0']],
    ['below a key with a value, indented', 'license: mit\n  |', null],
    ['a key of a mapping in a list', 'widget:\n  - text: a\n    sr|', ['key of /widget/0: sr']],
    [
      'the first key of a mapping in a list',
      'widget:\n  - te|',
      ['key of /widget/0: te', 'value /widget/0: te'],
    ],
    ['a key in front of its colon, in a list', 'widget:\n  - te|xt: a', ['key of /widget/0: text']],
    ['a list in a list', 'a:\n  - - b\n    - c|', ['key of /a/0/1: c', 'value /a/0/1: c']],
    [
      'deep in results',
      'model-index:\n- name: m\n  results:\n  - task:\n      type: |\n    dataset: x',
      ['value /model-index/0/results/0/task/type'],
    ],
    [
      'a key deep in results',
      'model-index:\n  - name: m\n    results:\n      - task:\n          type: a\n        |',
      ['key of /model-index/0/results/0'],
    ],
    ['a block scalar', 'a: >-\n  te|xt\nb: c', null],
    ['an empty line in a block scalar', 'a: >\n  text\n  |\n  more', null],
    ['below a block scalar', 'a: >\n  text\n|', ['key of']],
    ['a continued plain scalar', 'a: one\n  tw|o\n', null],
    ['a continued quoted scalar', 'a: "one\n  tw|o"\n', null],
    ['behind a quoted scalar of two lines', 'a: "one\n  two"\nb|', ['key of: b']],
    ['behind a quote that was never closed', 'a: "one\nb: c\nd|', ['key of: d']],
    ['a flow list', 'tags: [a, b|]', ['value /tags/1: b']],
    ['an empty flow list', 'tags: [|]', ['value /tags/0']],
    ['behind a comma', 'tags: [a, |]', ['value /tags/1']],
    ['behind an item of a flow list', 'tags: [a |, b]', null],
    ['a flow list that is not closed', 'tags: [a, |\nlicense: mit', ['value /tags/1']],
    ['a flow list over lines', 'tags: [a,\n  b|,\n  c]', ['value /tags/1: b']],
    ['a quoted item of a flow list', 'tags: ["a|", b]', ['value /tags/0: a']],
    ['a flow mapping', 'a: {|}', ['key of /a']],
    ['a key of a flow mapping', 'a: {b: 1, c|: 2}', ['key of /a: c']],
    ['a value of a flow mapping', 'a: {b: |, c: 2}', ['value /a/b']],
    ['directly behind a colon in a flow mapping', 'a: {b:|}', ['value /a/b (gap)']],
    ['JSON', '{"license":"m|it"}', ['value /license: mit']],
    ['mappings in a flow list', 'a: [{b: c}, {d: e|}]', ['value /a/1/d: e']],
    ['below a flow list', 'tags: [a]\n|', ['key of']],
    ['below a flow list that is not closed', 'tags: [a\nlicense: m|', ['value /license: m']],
    ['a comment in a flow list', 'tags: [a, # |\n b]', null],
    ['CRLF', 'a: b\r\nlicense: m|it\r\n', ['value /license: mit']],
    ['a key in quotes', '"license": m|it', ['value /license: mit']],
    ['a colon inside a word', 'a: b:c|', ['value /a: b:c']],
    ['a key with a colon inside', 'a:b: c|', ['value /a:b: c']],
    ['surrogates before it', 'title: 😀\nlicense: m|', ['value /license: m']],
  ])('%s', (_, source, expected) => {
    expect(places(source)).toEqual(expected);
  });

  it('knows the keys before and behind the cursor', () => {
    expect(present('license: mit\n|\ntags: [a]\nlanguage:\n  - en\n')).toEqual([
      'license',
      'tags',
      'language',
    ]);
    expect(present('|\nlicense: mit\n')).toEqual(['license']);
    expect(present('widget:\n  - text: a\n    |\n    src: b\n  - prompt: c')).toEqual(['text', 'src']);
    expect(present('a: {b: 1, |, c: 2}')).toEqual(['b', 'c']);
  });

  it('takes time linear in the text', () => {
    const many = 1_000_000;
    for (const text of [
      '- '.repeat(many),
      '['.repeat(many),
      `[${'a, '.repeat(many)}`,
      `{${'"a": 1, '.repeat(many / 8)}`,
      '{a: '.repeat(many / 4),
      'a: '.repeat(many),
      '"'.repeat(many),
      '\n'.repeat(many),
      `a: [${'b,\n'.repeat(many)}`,
      `a: "${'b\n '.repeat(many)}`,
      'key: value\n'.repeat(many / 10),
    ]) {
      const start = performance.now();
      cursorAt(text, { start: 0, end: text.length }, text.length - 1);
      expect(performance.now() - start, text.slice(0, 20)).toBeLessThan(10_000);
    }
  });
});
