import { describe, expect, it } from 'vitest';
import { decoded, fileOf, statedFile } from '../../src/page/address.js';
import { readAnswer } from '../../src/page/widget/answer.js';
import { fillExample } from '../../src/page/widget/examples.js';
import { textsOf } from '../../src/page/widget/parameters.js';
import { form } from './widget/form.js';

/** What YAML makes of `{toString: 1}`: nothing can be made a text of it. */
const NO_TEXT = { toString: 1, valueOf: 1 };
const SHOWN = '{"toString":1,"valueOf":1}';

describe('values of a card that cannot be made texts', () => {
  it('are shown as JSON, and do not end the page', () => {
    const example = (inputs: Readonly<Record<string, unknown>>) => ({
      title: 'x',
      group: null,
      example: inputs,
      remote: null,
    });
    expect(
      fillExample(form('zero-shot-classification'), example({ candidate_labels: ['a', NO_TEXT] })).values
        .labels,
    ).toBe(`a, ${SHOWN}`);
    expect(
      fillExample(form('table-question-answering'), example({ table: [[NO_TEXT], [NO_TEXT]] })).values.grid,
    ).toEqual({ columns: [SHOWN], rows: [[SHOWN]] });
    expect(
      readAnswer('table-answer', { answer: 'a', cells: [NO_TEXT, 1, 'b'], coordinates: [] }),
    ).toMatchObject({ cells: [SHOWN, '1', 'b'] });
    const fields = form('text-generation').parameters;
    expect(textsOf(fields, { temperature: NO_TEXT, stop: [NO_TEXT, 'a'], top_k: 3 })).toEqual({
      texts: { top_k: '3' },
      others: { temperature: NO_TEXT, stop: [NO_TEXT, 'a'] },
    });
  });
});

describe('the address of a stated file', () => {
  it.each(['/m/resolve/main/a.png', '/org/m/resolve/main/of/a%20b.png', fileOf('org/a\\b', 'a?b#c.png')])(
    'may be %s',
    (url) => {
      expect(statedFile({ url })).toBe(url);
    },
  );

  it.each([
    'https://elsewhere.invalid/m/resolve/main/a.png',
    '//elsewhere.invalid/resolve/main/a.png',
    '/\\elsewhere.invalid/resolve/main/a.png',
    '/\t/elsewhere.invalid/resolve/main/a.png',
    '/api/events',
    '/m/resolve/main/../../../api/events',
    '/m/resolve/main/%2e%2E/.%2e/api/events',
    '/m/resolve/main/',
    '/a/b/c/resolve/main/a.png',
    5,
  ])('is not %j', (url) => {
    expect(statedFile({ url })).toBeNull();
  });
});

describe('a part of an address', () => {
  it('that is badly written stays as it is', () => {
    expect([decoded('card-%'), decoded('card-%ff'), decoded('card-%C3%A9')]).toEqual([
      'card-%',
      'card-%ff',
      'card-é',
    ]);
  });
});
