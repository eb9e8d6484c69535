import { describe, expect, test } from 'vitest';
import { parseCard } from '../../src/card/parse.js';

describe('parseCard', () => {
  test('reads a card', () => {
    const text = '---\nlicense: mit\ntags:\n- a\n---\n\n# Title\n';
    const card = parseCard(text);
    expect(card.text).toBe(text);
    expect(card.metadata).toEqual({ license: 'mit', tags: ['a'] });
    expect(card.frontMatter).toEqual({
      kind: 'parsed',
      value: card.metadata,
      ambiguous: false,
      block: {
        span: { start: 0, end: 31 },
        open: { start: 0, end: 3 },
        yaml: { start: 4, end: 26 },
        close: { start: 27, end: 30 },
      },
    });
    expect(text.slice(card.body.start, card.body.end)).toBe('\n# Title\n');
    expect(card.otherReaders).toEqual([]);
  });

  test.each([
    ['a: no', true],
    ['a: "no"', false],
    ['a: !!str no', false],
    ['[no, b]', true],
    ['on: 1', true],
    ['null: 1', true],
    ['a: null', true],
    ['a: Norwegian', false],
    ['a: 1e-5', true],
    ['a: 1.0e-5', false],
    ['a: 012', true],
    ['a: -0', true],
    ['a: 12\nb: -0.5\nc: 20.', false],
    ['a: 1_000', true],
    ['a: 12:30', true],
    ['a: 2023-02-29', true],
    ['a: 2024-02-29', false],
    ['<<: {a: 1}', true],
  ])('tells whether readers may disagree about %j: %s', (yaml, ambiguous) => {
    const card = parseCard(`---\n${yaml}\n---\n`);
    expect(card.frontMatter).toMatchObject({ kind: 'parsed', ambiguous });
  });

  test('forgets what a card that cannot be read held', () => {
    expect(parseCard('---\na: no\nb: [\n---\n').frontMatter.kind).toBe('invalid');
    expect(parseCard('---\na: yes sir\n---\n').frontMatter).toMatchObject({ ambiguous: false });
  });

  test('has no metadata, and all text for a body, without front matter', () => {
    const card = parseCard('# Title\n');
    expect(card.frontMatter).toEqual({ kind: 'absent', reason: 'none' });
    expect(card.metadata).toBeNull();
    expect(card.body).toEqual({ start: 0, end: 8 });
  });

  test.each([
    ['a list', '- a', ['a']],
    ['a scalar', 'text', 'text'],
    ['a date', '2024-01-02', new Date('2024-01-02')],
    ['binary data', '!!binary AAAA', new Uint8Array([0, 0, 0])],
    ['nothing but a blank line', '', null],
    ['nothing but a comment', '# comment', null],
    ['a written null', '~', null],
  ])('has no metadata when the front matter is %s', (_, yaml, value) => {
    const card = parseCard(`---\n${yaml}\n---\n`);
    expect(card.frontMatter).toMatchObject({ kind: 'parsed', value });
    expect(card.metadata).toBeNull();
  });

  test('reads YAML 1.2, as the Hub does', () => {
    const card = parseCard(
      '---\na: no\nb: 010\nc: 0o10\nd: 1_000\ne: 2024-01-01\nf: y\ng: .5\nh: -.inf\n---\n',
    );
    expect(card.metadata).toEqual({
      a: 'no',
      b: 10,
      c: 8,
      d: '1_000',
      e: new Date('2024-01-01'),
      f: 'y',
      g: 0.5,
      h: Number.NEGATIVE_INFINITY,
    });
  });

  test('reads the empty block that only CRLF makes', () => {
    const text = '---\r\n---\r\n# Title\r\n';
    const card = parseCard(text);
    expect(card.frontMatter).toMatchObject({ kind: 'parsed', value: null });
    expect(card.body.start).toBe(text.indexOf('#'));
  });
});

describe('a key named like the prototype', () => {
  const card = parseCard(
    '---\n__proto__:\n  polluted: true\nconstructor: {prototype: {polluted: true}}\nx: {<<: {__proto__: {y: 1}}}\n---\n',
  );

  test('is data', () => {
    expect(Object.keys(card.metadata ?? {})).toEqual(['__proto__', 'constructor', 'x']);
    expect(Object.getPrototypeOf(card.metadata)).toBe(Object.prototype);
    expect(Object.getPrototypeOf(card.metadata?.x)).toBe(Object.prototype);
    expect('polluted' in {}).toBe(false);
    expect('polluted' in (card.metadata ?? {})).toBe(false);
  });

  test('stays data in a copy', () => {
    const copy = { ...card.metadata };
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
    expect(Object.hasOwn(copy, '__proto__')).toBe(true);
  });
});

describe('invalid YAML', () => {
  const table: readonly (readonly [name: string, marked: string, reason: string])[] = [
    [
      'colon in a plain value',
      'model_name: Camera traps«:» revision 1',
      'bad indentation of a mapping entry',
    ],
    ['duplicate key', 'license: mit\n«license»: mit', 'duplicated mapping key'],
    ['duplicate quoted key', 'a b: 1\n«"a b"» : 2', 'duplicated mapping key'],
    ['duplicate key in flow', 'x: {a: 1, «a»: 2}', 'duplicated mapping key'],
    ['open quote', 'a: 1\nb: «"one»\nc: 2', 'unexpected end of the stream within a double quoted scalar'],
    ['open single quote', "a: «'one» \nc: 2", 'unexpected end of the stream within a single quoted scalar'],
    ['open bracket', 'a: 1\nb: «[one,»\n  two', 'unexpected end of the stream within a flow collection'],
    ['tab in the indentation', 'a:\n  b: 1\n«\t»c: 2', 'tab characters must not be used in indentation'],
    ['unknown alias', 'a: «*b»', 'unidentified alias "b"'],
    ['unknown tag', 'a: «!python» {}', 'unknown tag !<!python>'],
    [
      'missing colon',
      'a: 1\n«b»',
      'can not read a block mapping entry; a multiline key may not be an implicit key',
    ],
    ['control character', 'a: «b\u0007»', 'the stream contains non-printable characters'],
    ['null byte', 'a: 1\nb: «\0»', 'null byte is not allowed in input'],
    ['two documents', 'a: 1\n«---» # c\nb: 2', 'expected a single document in the stream, but found more'],
    [
      'two documents with an end',
      'a: 1\n«...»\nb: 2',
      'expected a single document in the stream, but found more',
    ],
  ];
  const heads = ['---\n', '\uFEFF---\r\n', '---\n\uFEFF'];
  test.for(table)('%s', ([, marked, reason]) => {
    for (const head of heads) {
      const text = `${head}${marked.replace(/[«»]/g, '')}\n---\n# Title\n`;
      const { frontMatter } = parseCard(text);
      expect(frontMatter).toMatchObject({ kind: 'invalid', reason });
      if (frontMatter.kind !== 'invalid') continue;
      const { start, end } = frontMatter.span;
      expect(`${text.slice(head.length, start)}«${text.slice(start, end)}»`).toBe(
        marked.slice(0, marked.indexOf('»') + 1),
      );
      expect(frontMatter.limit).toBeUndefined();
    }
  });

  test('keeps the whole message of the parser', () => {
    const { frontMatter } = parseCard('---\na: b: c\n---\n');
    expect(frontMatter).toMatchObject({
      message: 'bad indentation of a mapping entry (1:5)\n\n 1 | a: b: c\n---------^',
    });
  });
});
