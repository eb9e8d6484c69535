import { describe, expect, it } from 'vitest';
import { answerTo, fillExample, groupsOf, openingOf, type Turn } from '../../../src/page/widget/examples.js';
import type { PageExample } from '../../../src/serve/model-info.js';
import { form } from './form.js';

const example = (inputs: Readonly<Record<string, unknown>>, group: string | null = null): PageExample => ({
  title: 'x',
  group,
  example: inputs,
  remote: null,
});

describe('examples of a card', () => {
  it('fill the form of their task', () => {
    expect(
      fillExample(form('question-answering'), example({ text: 'q', context: 'c' })).values,
    ).toMatchObject({
      text: 'q',
      context: 'c',
    });
    expect(
      fillExample(form('sentence-similarity'), example({ source_sentence: 's', sentences: ['a', 'b'] }))
        .values,
    ).toMatchObject({ text: 's', sentences: ['a', 'b'] });
    expect(
      fillExample(
        form('zero-shot-classification'),
        example({ text: 't', candidate_labels: ['a', 'b'], multi_class: true }),
      ),
    ).toMatchObject({ values: { labels: 'a, b' }, parameters: { multi_label: true } });
    expect(
      fillExample(
        form('image-classification'),
        example({ src: '/m/resolve/main/a.png', parameters: { top_k: 2 } }),
      ),
    ).toMatchObject({ src: '/m/resolve/main/a.png', parameters: { top_k: 2 } });
    expect(
      fillExample(form('tabular-regression'), example({ structured_data: { a: [1, null], b: ['x'] } })).values
        .grid,
    ).toEqual({
      columns: ['a', 'b'],
      rows: [
        ['1', 'x'],
        ['', ''],
      ],
    });
    expect(
      fillExample(
        form('table-question-answering'),
        example({
          text: 'q',
          table: [
            ['a', 'b'],
            ['1', '2'],
          ],
        }),
      ).values.grid,
    ).toEqual({ columns: ['a', 'b'], rows: [['1', '2']] });
    expect(fillExample(form('time-series-forecasting'), example({ past_values: [1, 2] })).values.json).toBe(
      '[1,2]',
    );
  });

  it('with messages are conversations', () => {
    const messages = [
      { role: 'system', content: 's' },
      { role: 'user', content: 'u' },
      { role: 'odd', content: 'x' },
    ];
    expect(fillExample(form('text-generation'), example({ messages }))).toMatchObject({
      values: { text: 'u' },
      messages: messages.slice(0, 2),
    });
  });

  it('of any form do no harm', () => {
    const odd = {
      text: 3,
      table: 'x',
      sentences: { a: 1 },
      candidate_labels: 4,
      messages: 'x',
      src: 5,
      parameters: [],
    };
    const { values, src, parameters } = fillExample(form('table-question-answering'), example(odd));
    expect(values).toMatchObject({
      text: '',
      labels: '',
      sentences: [''],
      grid: { columns: [''], rows: [['']] },
    });
    expect(src).toBeNull();
    expect(parameters).toEqual({});
  });

  it('with messages are answered by the turn that follows theirs', () => {
    const turn = (role: Turn['role'], content: string): Turn => ({ role, content });
    const opening = [turn('system', 's'), turn('user', 'u')];
    expect(answerTo(opening, opening)).toBeNull();
    expect(answerTo(opening, [...opening, turn('assistant', 'a'), turn('user', 'more')])).toBe('a');
    expect(answerTo(opening, [turn('user', 'u'), turn('assistant', 'a')])).toBeNull();
    expect(answerTo(opening, [turn('system', 's'), turn('user', 'x'), turn('assistant', 'a')])).toBeNull();
  });

  it('begin a conversation with their turns up to the last one of the user', () => {
    const said = [
      { role: 'system', content: 's' },
      { role: 'user', content: 'u' },
    ];
    const opening = (inputs: Readonly<Record<string, unknown>>) =>
      openingOf(fillExample(form('text-generation'), example(inputs)));
    expect(opening({ messages: [...said, { role: 'assistant', content: 'a' }] })).toEqual(said);
    expect(opening({ text: 't' })).toEqual([{ role: 'user', content: 't' }]);
  });

  it('stand in their groups', () => {
    const all = [example({}, 'A'), example({}), example({}, 'A')];
    expect(groupsOf(all).map(({ name, examples }) => [name, examples.length])).toEqual([
      ['A', 2],
      [null, 1],
    ]);
  });
});
