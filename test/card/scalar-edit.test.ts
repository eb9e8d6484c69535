import { describe, expect, it } from 'vitest';
import { parseCard } from '../../src/card/parse.js';
import { replaceString, scalarSource } from '../../src/card/scalar-edit.js';

const card = (value: string) => parseCard(`---\nlicense: ${value}\nother: 1\n---\n`);

describe('scalarSource', () => {
  it.each(['mit', '"mit"', "'mit'", '12', 'a&b', 'a!'])('is the source of %s', (value) => {
    expect(scalarSource(card(value), ['license'])).toBe(value);
  });

  it.each([
    ['a tag, which says what the value is whatever is written', '!!str 12'],
    ['an anchor, by which other values repeat it', '&a mit'],
    ['both', '&a !!str mit'],
    ['an anchor on a line of its own', '&a\n  mit'],
    ['two lines', 'a\n  b'],
    ['a block', '>-\n  mit'],
  ])('is undefined with %s', (_, value) => {
    expect(card(value).metadata).not.toBeNull();
    expect(scalarSource(card(value), ['license'])).toBeUndefined();
  });

  it.each(['[!!str 12, b]', '[&a 12, *a]', '- !<tag:yaml.org,2002:str> 12'])(
    'looks into the list %s',
    (list) => {
      const value = list.startsWith('-') ? `\n${list}` : list;
      expect(scalarSource(card(value), ['license', 0])).toBeUndefined();
    },
  );
});

describe('replaceString', () => {
  it('leaves a value with an anchor or a tag alone', () => {
    expect(replaceString(card('MIT'), ['license'], 'MIT', 'mit')).toBeDefined();
    expect(replaceString(card('&a MIT'), ['license'], 'MIT', 'mit')).toBeUndefined();
    expect(replaceString(card('!!str MIT'), ['license'], 'MIT', 'mit')).toBeUndefined();
  });
});
