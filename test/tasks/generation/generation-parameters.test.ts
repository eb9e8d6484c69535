import { describe, expect, it } from 'vitest';
import { readGenerationParameters, samples } from '../../../src/tasks/generation/generation-parameters.js';

describe('readGenerationParameters', () => {
  it('takes nothing, null, and parameters that are null', () => {
    for (const nothing of [undefined, null, {}, { temperature: null, top_k: null, stop: null, seed: null }]) {
      expect(readGenerationParameters(nothing)).toEqual({ ok: true, value: {} });
    }
  });

  it('ignores what it does not know', () => {
    expect(readGenerationParameters({ watermark: true, best_of: 1, wait: 'x' })).toEqual({
      ok: true,
      value: {},
    });
  });

  it('knows the names of chat clients and older ones', () => {
    expect(readGenerationParameters({ max_tokens: 5, stop_sequences: ['x'], n: 1 })).toEqual({
      ok: true,
      value: { max_new_tokens: 5, stop: ['x'], num_return_sequences: 1 },
    });
    expect(readGenerationParameters({ stop: 'end' })).toEqual({ ok: true, value: { stop: ['end'] } });
  });

  it('reads parameters inside parameters, the outer ones first', () => {
    expect(
      readGenerationParameters({ generate_parameters: { max_new_tokens: 5, top_k: 3 }, top_k: 4 }),
    ).toEqual({
      ok: true,
      value: { max_new_tokens: 5, top_k: 4 },
    });
  });

  it.each([
    [{ max_new_tokens: 0 }, 'max_new_tokens', 'max_new_tokens must be a whole number of at least 1.'],
    [{ max_new_tokens: 1.5 }, 'max_new_tokens', 'whole number'],
    [{ max_new_tokens: '5' }, 'max_new_tokens', 'whole number'],
    [{ temperature: -1 }, 'temperature', 'a number from 0 to 100'],
    [{ temperature: Number.NaN }, 'temperature', 'a number from 0 to 100'],
    [{ top_p: 2 }, 'top_p', 'a number from 0 to 1'],
    [{ top_k: 0 }, 'top_k', 'at least 1'],
    [{ do_sample: 'yes' }, 'do_sample', 'true or false'],
    [{ stop: [1] }, 'stop', 'a text, or a list'],
    [{ src_lang: 3 }, 'src_lang', 'a text'],
    [{ max_tokens: -1 }, 'max_tokens', 'max_tokens must be'],
    [{ min_length: 9, max_length: 3 }, 'min_length', 'must not exceed'],
    [{ num_return_sequences: 3 }, 'num_return_sequences', 'needs do_sample'],
    [{ num_return_sequences: 99, do_sample: true }, 'num_return_sequences', 'from 1 to 10'],
  ])('refuses %j', (parameters, key, message) => {
    expect(readGenerationParameters(parameters)).toEqual({
      ok: false,
      fault: { path: [key], message: expect.stringContaining(message) },
    });
  });

  it('says where inside a fault is', () => {
    expect(readGenerationParameters({ generate_kwargs: { top_p: 7 } })).toMatchObject({
      fault: { path: ['generate_kwargs', 'top_p'] },
    });
    expect(readGenerationParameters({ generate_kwargs: 7 })).toMatchObject({
      fault: { path: ['generate_kwargs'] },
    });
    expect(readGenerationParameters([])).toMatchObject({ ok: false });
  });

  it('is not led into prototypes or endless nesting', () => {
    const deep = JSON.parse('{"__proto__": {"max_new_tokens": 1}, "constructor": 3}') as unknown;
    expect(readGenerationParameters(deep)).toEqual({ ok: true, value: {} });
    let nested: Record<string, unknown> = {};
    for (let depth = 0; depth < 100_000; depth++) nested = { generate_kwargs: nested };
    expect(() => readGenerationParameters(nested)).not.toThrow();
  });
});

describe('samples', () => {
  it('draws when asked to, or when a parameter only makes sense so', () => {
    expect(samples({})).toBe(false);
    expect(samples({ do_sample: true })).toBe(true);
    expect(samples({ temperature: 0.7 })).toBe(true);
    expect(samples({ top_p: 0.9 })).toBe(true);
    expect(samples({ temperature: 0, do_sample: true })).toBe(false);
    expect(samples({ do_sample: false, temperature: 0.7 })).toBe(false);
  });
});
