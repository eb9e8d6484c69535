import { describe, expect, it } from 'vitest';
import { checkInputNames } from '../../../src/onnx/checks/input-names.js';

const fed = { required: ['input_ids'], optional: ['attention_mask', 'past_key_values.'] };
const check = (names: readonly string[], given = fed) =>
  checkInputNames({ inputs: names.map((name) => ({ name, type: 'float32', shape: null })) }, 'm.onnx', given);

describe('input-names', () => {
  it('passes a graph that takes what it is given', () => {
    for (const names of [['input_ids'], ['input_ids', 'attention_mask', 'past_key_values.0.key']]) {
      expect(check(names)).toMatchObject({ id: 'input-names', status: 'passed' });
    }
  });

  it('knows other names of the same input', () => {
    expect(check(['input_word_ids', 'mystery']).message).toContain(
      'calls its input input_word_ids, but input_ids is what',
    );
    expect(check(['anything']).message).toContain('calls its input anything');
    expect(check(['a', 'b'])).toMatchObject({
      status: 'failed',
      message: expect.stringContaining('no input input_ids; it takes a, b'),
    });
  });

  it('names what nothing will give', () => {
    expect(check(['input_ids', 'bbox', 'image'])).toMatchObject({
      status: 'failed',
      message: expect.stringContaining('takes bbox, image, which nothing'),
    });
  });

  it('writes names of strangers safely and not too many', () => {
    const { message } = check(['input_ids', ...Array.from({ length: 99 }, (_, index) => `n${index}\u0007`)]);
    expect(message).not.toContain('\u0007');
    expect(message.length).toBeLessThan(300);
    expect(check(['constructor'], { required: ['__proto__'], optional: [] }).status).toBe('failed');
  });
});
