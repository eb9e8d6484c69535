import { describe, expect, it } from 'vitest';
import { type ParameterField, readParameters, textsOf } from '../../../src/page/widget/parameters.js';
import { formTags } from '../../../src/page/widget/tasks.js';
import { TASKS } from '../../../src/tasks/index.js';
import { form } from './form.js';

/** A text that fits a field. */
function fitting(field: ParameterField): string {
  switch (field.kind) {
    case 'number':
      return String(field.least);
    case 'yes-no':
      return 'true';
    case 'choice':
      return field.choices[0] ?? '';
    case 'list':
      return 'one, two';
    case 'text':
      return 'so {}';
  }
}

const ALL = formTags().flatMap((tag) =>
  form(tag).parameters.map((field) => [tag, field.name, field] as const),
);

describe('fields of parameters', () => {
  // Whether the task knows a parameter is seen in that it refuses what it must not be, or keeps it.
  it.each(ALL)('%s knows %s', (tag, name, field) => {
    const task = TASKS.get(tag);
    const given = readParameters([field], { [name]: fitting(field) });
    if (!given.ok) throw new Error(given.message);
    // Labels must be there where the task is told them; several answers need words that are drawn.
    const beside = {
      candidate_labels: ['a'],
      ...(name === 'num_return_sequences' ? { do_sample: true } : {}),
    };
    expect(task?.readParameters({ ...beside, ...given.parameters })).toMatchObject({ ok: true });
    const wrong = task?.readParameters({ ...beside, [name]: { not: 'so' } });
    expect(wrong).toMatchObject({ ok: false, fault: { path: [name] } });
  });

  it.each(
    ALL.flatMap(([tag, name, field]) => (field.kind === 'number' ? [[tag, name, field] as const] : [])),
  )('%s has the limits of %s', (tag, name, field) => {
    const task = TASKS.get(tag);
    const most = field.most;
    const refuses = (value: number) =>
      task?.readParameters({ do_sample: true, [name]: value }).ok === false &&
      !readParameters([field], { [name]: String(value) }).ok;
    expect(refuses(field.least - 1)).toBe(true);
    if (most !== undefined) {
      expect(refuses(most + 1)).toBe(true);
      expect(task?.readParameters({ do_sample: true, [name]: most })).toMatchObject({ ok: true });
    }
    if (field.whole) expect(readParameters([field], { [name]: String(field.least + 0.5) }).ok).toBe(false);
  });

  it('are typed; what is empty is not sent', () => {
    const { parameters } = form('text-generation');
    expect(
      readParameters(parameters, {
        max_new_tokens: '7',
        temperature: '0.5',
        do_sample: 'false',
        stop: 'a, b',
        seed: ' ',
      }),
    ).toEqual({
      ok: true,
      parameters: { max_new_tokens: 7, temperature: 0.5, do_sample: false, stop: ['a', 'b'] },
    });
    expect(readParameters(parameters, { max_new_tokens: 'many' })).toEqual({
      ok: false,
      name: 'max_new_tokens',
      message: 'max_new_tokens must be a whole number of at least 1.',
    });
  });

  it('show those of a card, and keep what they cannot show', () => {
    const { parameters } = form('text-generation');
    expect(textsOf(parameters, { top_k: 3, stop: ['x', 'y'], odd: { a: 1 }, seed: null })).toEqual({
      texts: { top_k: '3', stop: 'x, y' },
      others: { odd: { a: 1 } },
    });
    // What a field would send otherwise than the card says.
    const stop = ['\n', 'a, b'];
    expect(textsOf(parameters, { stop, do_sample: 'yes' })).toEqual({
      texts: {},
      others: { stop, do_sample: 'yes' },
    });
    const speech = form('automatic-speech-recognition').parameters;
    expect(textsOf(speech, { return_timestamps: false, task: 'transcribe' })).toEqual({
      texts: { task: 'transcribe' },
      others: { return_timestamps: false },
    });
  });
});
