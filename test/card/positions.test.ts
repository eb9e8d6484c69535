import { describe, expect, test } from 'vitest';
import type { Part } from '../../src/card/card.js';
import { parseCard } from '../../src/card/parse.js';
import type { JsonPath } from '../../src/card/path.js';
import { checkSpans } from './spans.js';

/** A front matter with the expected span between « and », and the path and part that must lead there. */
type Case = readonly [name: string, marked: string, path: JsonPath, part?: Part];

const cases: readonly Case[] = [
  ['plain value', 'license: «mit»  # comment', ['license']],
  ['plain value with a tab behind', 'license: «mit»\t\nx: 1', ['license']],
  ['plain value with inner number sign and colon', 'license: «a#b c:d»\nx: 1', ['license']],
  ['key', '«license»: mit', ['license'], 'key'],
  ['key with space before the colon', '«license» : mit', ['license'], 'key'],
  ['quoted key', '«"license"»: mit', ['license'], 'key'],
  ['entry', '# c\n«license: mit»  # comment\nx: 1', ['license'], 'entry'],
  ['double quotes', 'license: «"m\\"it"» # c', ['license']],
  ['single quotes', "license: «'it''s'» # c", ['license']],
  ['quotes over lines', 'a: «"one\n  two"»  # c\nb: 1', ['a']],
  ['number', 'a: «1_0»\nb: 1', ['a']],
  ['date', 'a: «2024-01-01»\nb: 1', ['a']],
  ['written null', 'a: «~» # c\nb: 1', ['a']],
  ['plain over lines', 'a: «one\n  two\n\n  three»\n\nb: 1', ['a']],
  ['plain over lines, then a comment', 'a: «one\n  two»\n  # comment\nb: 1', ['a']],
  ['value on the next line', 'a:\n  # comment\n  «one»\nb: 1', ['a']],
  ['after an emoji', 'a: 😀😀\nb: «"😀 é"»\nc: 1', ['b']],

  ['literal block', 'a: «|\n  one\n   two»\n\n\nb: 1', ['a']],
  ['folded block', 'a: «>-\n  one\n  two»\nb: 1', ['a']],
  ['block with a comment in its header', 'a: «| # c\n  one»\nb: 1', ['a']],
  ['block that keeps its line breaks', 'a: «|+\n  one\n\n»b: 1', ['a']],
  ['block with its indentation given', 'a: «|2\n   one\n   »\nb: 1', ['a']],
  ['block with its indentation given, deeper', 'x:\n  a: «|2\n      one»\n    \n  b: 1', ['x', 'a']],
  ['block that ends in a line of spaces, as text', 'a: «|\n  one\n     »\nb: 1', ['a']],
  ['block that ends in a line of spaces, as nothing', 'a: «|\n  one»\n  \nb: 1', ['a']],
  ['block that begins with a line of spaces', 'a: «|\n   \n   one»\n   \nb: 1', ['a']],
  ['block without text', 'a: «|-» # c\n\nb: 1', ['a']],
  ['block at the very end', 'a: «|\n  one»', ['a']],
  ['block in a list', 'x:\n- «|\n  one»\n- b', ['x', 0]],

  ['list', 'a:\n«- one # c\n- two»\n\n# comment\nb: 1', ['a']],
  ['indented list', 'a:\n    «- one\n    - two» # c\nb: 1', ['a']],
  ['list item', 'a:\n- one\n- «two» # c\nb: 1', ['a', 1]],
  ['list in a list', 'a:\n- - one\n  - «two»\n- three', ['a', 0, 1]],
  ['inner list', 'a:\n- «- one\n  - two»\n- three', ['a', 0]],
  ['mapping in a list', 'a:\n- «name: x\n  type: y» # c\n- z', ['a', 0]],
  ['value in a mapping in a list', 'a:\n- name: x\n  type: «y» # c\n- z', ['a', 0, 'type']],
  ['entry in a mapping in a list', 'a:\n- «name: x»\n  type: y', ['a', 0, 'name'], 'entry'],
  ['mapping', 'a:\n  «b: 1\n\n  # c\n  c: 2»\n\nd: 1', ['a']],
  ['the whole', '\n# c\n«a: 1\nb: 2» # c\n', []],
  ['root list', '«- a\n- b»\n', []],
  ['root list item', '- a\n- «b»\n', [1]],
  ['root scalar', '  «just text» # c', []],

  ['empty value', 'a:«» # c\nb: 1', ['a']],
  ['empty value at the end', 'b: 1\na:«»', ['a']],
  ['empty value before deeper comments', 'a:«»\n  # comment\n\nb: 1', ['a']],
  ['entry of an empty value', '«a:»\nb: 1', ['a'], 'entry'],
  ['empty item', 'a:\n- one\n-«» # c\n- two', ['a', 1]],
  ['item after an empty item', 'a:\n- one\n- # c\n- «two»', ['a', 2]],
  ['empty item at the end', 'a:\n- one\n-«»\nb: 1', ['a', 1]],
  ['list that ends with an empty item', 'a:\n«- one\n-»\nb: 1', ['a']],
  ['only empty items', 'a:\n-\n-«»', ['a', 1]],
  ['tag for an empty value', 'a: !!str«»\nb: 1', ['a']],
  ['anchor for an empty value', 'a: &x«»\nb: *x', ['a']],

  ['flow list', 'a: «[one, "two"]» # c\nb: 1', ['a']],
  ['flow list over lines', 'a: «[\n  one, # c\n  two,\n  ]» # c\nb: 1', ['a']],
  ['flow item', 'a: [one, «two» , three]', ['a', 1]],
  ['last flow item', 'a: [one, «"two"» ]', ['a', 1]],
  ['flow item before a comment', 'a: [\n  one,\n  «two» # c, d\n  ]', ['a', 1]],
  ['flow mapping', 'a: «{b: 1, c: {d: 2}}»\nx: 1', ['a']],
  ['empty flow mapping', 'a: «{}» # c', ['a']],
  ['flow value', 'a: {b: 1, c: {d: «2» }}', ['a', 'c', 'd']],
  ['flow key', 'a: {b: 1, «"c"»:2}', ['a', 'c'], 'key'],
  ['flow entry', 'a: {b: 1, «"c":2» , d: 3}', ['a', 'c'], 'entry'],
  ['flow key alone', 'a: {b«» , c: 1}', ['a', 'b']],
  ['flow key with an empty value', 'a: {b:«» , c: 1}', ['a', 'b']],
  ['flow key after that', 'a: {b: , c: «1»}', ['a', 'c']],
  ['flow key, explicit', 'a: {? «b» : 1}', ['a', 'b'], 'key'],
  ['flow entry, explicit', 'a: {x, «? b : 1»}', ['a', 'b'], 'entry'],
  ['mapping without braces', 'a: [«b: 1» , c]', ['a', 0]],
  ['value in a mapping without braces', 'a: [c, b: «1» , d]', ['a', 1, 'b']],
  ['empty value in a mapping without braces', 'a: [b:«» ]', ['a', 0, 'b']],
  ['mapping without braces and value', 'a: [«? b» , c]', ['a', 0]],
  ['flow key of a block mapping', '«{a: b}»: 1', ['[object Object]'], 'key'],
  ['list as a key', '«[a, b]»: 1', ['a,b'], 'key'],

  ['anchored value', 'a: &x «mit» # c\nb: *x', ['a']],
  ['anchored mapping', 'a: &x\n  «b: 1»\nc: *x', ['a']],
  ['entry of an anchored value', '«a: &x mit»\nb: *x', ['a'], 'entry'],
  ['anchored key', '&x «a»: 1', ['a'], 'key'],
  ['entry of an anchored key', '«&x a: 1»', ['a'], 'entry'],
  ['anchored key in a mapping', 'm:\n  «&x a: 1\n  b: 2»\nn: 1', ['m']],
  ['anchored mapping with an anchored key', 'm: &m\n  «&x a: 1\n  b: 2»\nn: 1', ['m']],
  ['tagged value', 'a: !!str «1» # c', ['a']],
  ['tagged and anchored value', 'a: !!str &x\n  «1» # c', ['a']],
  ['verbatim tag', 'a: !<tag:yaml.org,2002:str> «1»', ['a']],
  ['tagged mapping', 'a: !!map\n  «b: 1»\nc: 1', ['a']],
  ['tagged flow list on its own line', 'a: !!seq\n  «[b, c]» # c', ['a']],
  ['item of that list', 'a: !!seq\n  [b, «c»]', ['a', 1]],
  ['alias', 'a: &x 1\nb: «*x» # c\nc: 1', ['b']],
  ['alias in a list', 'a: &x 1\nb: [«*x», 2]', ['b', 0]],
  ['through an alias', 'a: &x {k: «1»}\nb: *x', ['b', 'k']],
  ['through two aliases', 'a: &x {k: «1»}\nb: &y [*x]\nc: *y', ['c', 0, 'k']],
  ['anchor given twice', 'a: &x {k: 1}\nb: &x {k: «2»}\nc: *x', ['c', 'k']],
  ['merged value', 'a: &x {k: «1»}\nb:\n  <<: *x\n  j: 2', ['b', 'k']],
  ['merged entry', 'a: &x\n  «k: 1»\nb:\n  <<: *x', ['b', 'k'], 'entry'],
  ['own value beside a merge', 'a: &x {k: 1}\nb:\n  <<: *x\n  k: «2»', ['b', 'k']],
  ['own value before a merge', 'a: &x {k: 1}\nb:\n  k: «2»\n  <<: *x', ['b', 'k']],
  ['first of merged mappings', 'a: &x {k: «1»}\nb: &y {k: 2}\nc:\n  <<: [*x, *y]', ['c', 'k']],
  ['second of merged mappings', 'a: &x {k: 1}\nb: &y {j: «2»}\nc:\n  <<: [*x, *y]', ['c', 'j']],
  ['merged from a block list', 'a: &x {k: 1}\nb: &y {j: «2»}\nc:\n  <<:\n  - *x\n  - *y', ['c', 'j']],
  ['merged at second hand', 'a: &x {k: «1»}\nb: &y\n  <<: *x\nc:\n  <<: *y', ['c', 'k']],
  ['merged from a mapping in place', 'c:\n  <<: {k: «1»}', ['c', 'k']],
  ['merge key', 'a: &x {k: 1}\nc:\n  «<<»: *x', ['c', '<<'], 'key'],
  ['quoted merge key is a key', 'c:\n  "<<": «1»', ['c', '<<']],

  ['explicit key', '? «a»\n: 1', ['a'], 'key'],
  ['value of an explicit key', '? a\n: «1» # c\nb: 2', ['a']],
  ['entry of an explicit key', 'x: 1\n«? a # c\n: 1»\nb: 2', ['a'], 'entry'],
  ['explicit key without a value', '? a«»\n? b\n: 1', ['a']],
  ['explicit key after one without a value', '? a\n? «b»\n: 1', ['b'], 'key'],
  ['implicit key after one without a value', '? a\nb: «1»', ['b']],
  ['explicit key that is a block', '? «|\n  a»\n: 1', ['a\n'], 'key'],
  ['number as a key', '«1.0»: a', ['1'], 'key'],
  ['hexadecimal key', '0x10: «a»', ['16']],
  ['null as a key', '~: «a»', ['null']],
  ['boolean as a key', 'True: «a»', ['true']],
  ['empty key', '? \n: «a»', ['null']],
  ['prototype', '__proto__:\n  a: «1»', ['__proto__', 'a']],
  ['constructor', 'constructor: «1»', ['constructor']],
  ['pairs', 'a: !!pairs [b: 1, b: «2»]', ['a', 1, 1]],
  ['key of pairs', 'a: !!pairs\n- b: 1\n- «c»: 2', ['a', 1, 0]],
  ['ordered mapping', 'a: !!omap\n- b: 1\n- c: «2»', ['a', 1, 'c']],
  ['set', 'a: !!set\n  ? b\n  ? «c»', ['a', 'c'], 'key'],

  ['document start', '--- # c\na: «1»', ['a']],
  ['document start on the same line', '--- «mit»', []],
  ['document end', 'a: «1»\n...\n', ['a']],
  ['whole document before its end', '«a: 1»\n...\n', []],
  ['directive', '%YAML 1.2\n--- # c\na: «1»', ['a']],
];

const heads = {
  'at the start': '---\n',
  'behind a byte-order mark': '\uFEFF---\n',
  'behind blank lines': ' \n\n---\n',
  'below a byte-order mark of its own': '---\n\uFEFF',
};
const lineBreaks = { LF: '\n', CRLF: '\r\n', CR: '\r' };

describe.each(Object.entries(lineBreaks))('with %s', (_, lineBreak) => {
  describe.each(Object.entries(heads))('%s', (_, head) => {
    test.for(cases)('%s', ([, marked, path, part]) => {
      const yaml = marked.replaceAll('\n', lineBreak);
      const start = head.length + yaml.indexOf('«');
      const end = head.length + yaml.indexOf('»') - 1;
      const card = parseCard(`${head}${yaml.replace(/[«»]/g, '')}\n---\n# Title\n`);
      expect(card.frontMatter.kind).toBe('parsed');
      expect(card.spanOf(path, part)).toEqual({ start, end });
      expect(checkSpans(card).faults).toEqual([]);
    });
  });
});

describe('spanOf', () => {
  const card = parseCard('---\na: {b: 1}\nc: [d]\ne: text\n---\n');
  test.each([
    [['x']],
    [['a', 'x']],
    [['a', 0]],
    [['c', 1]],
    [['c', -1]],
    [['c', '0']],
    [['c', 'length']],
    [['e', 0]],
  ])('%j leads nowhere', (path) => {
    expect(card.spanOf(path)).toBeUndefined();
  });

  test('key, value and entry of an item and of the whole are the same', () => {
    for (const path of [[], ['c', 0]]) {
      expect(card.spanOf(path, 'key')).toEqual(card.spanOf(path, 'value'));
      expect(card.spanOf(path, 'entry')).toEqual(card.spanOf(path));
    }
  });

  test('knows no place in a card without readable front matter', () => {
    for (const text of ['', '# Title', '---\na: [\n---\n', '---\n---\n']) {
      expect(parseCard(text).spanOf([])).toBeUndefined();
      expect(parseCard(text).spanOf(['a'])).toBeUndefined();
    }
  });

  test('an empty document is a point', () => {
    const empty = parseCard('---\n# only a comment\n---\n');
    expect(empty.frontMatter).toMatchObject({ kind: 'parsed', value: null });
    const span = empty.spanOf([]);
    expect(span?.start).toBe(span?.end);
  });
});

describe('rangeAt', () => {
  test('counts lines at LF, CRLF and CR, and columns in UTF-16 units', () => {
    const card = parseCard('\uFEFF---\r\na: 😀 b\rc: 1\nd: 2\n---\n');
    const range = (path: JsonPath, part: Part) => {
      const span = card.spanOf(path, part);
      return span && card.rangeAt(span);
    };
    expect(card.rangeAt({ start: 0, end: 1 })).toEqual({
      start: { line: 1, column: 1, offset: 0 },
      end: { line: 1, column: 2, offset: 1 },
    });
    expect(range(['a'], 'value')).toMatchObject({
      start: { line: 2, column: 4 },
      end: { line: 2, column: 8 },
    });
    expect(range(['c'], 'key')).toMatchObject({ start: { line: 3, column: 1 } });
    expect(range(['d'], 'value')).toMatchObject({ start: { line: 4, column: 4 } });
  });

  test('keeps to the text', () => {
    const card = parseCard('a\n');
    expect(card.rangeAt({ start: -5, end: 99 })).toEqual({
      start: { line: 1, column: 1, offset: 0 },
      end: { line: 2, column: 1, offset: 2 },
    });
  });
});
