import { describe, expect, it } from 'vitest';
import { type Heard, hear, NOTHING_HEARD } from '../../src/smoke/hearing.js';
import { isMessage, MAX_REPEATS, type Message, weigh } from '../../src/smoke/protocol.js';
import { cpuTime } from '../cpu-time.js';

const ASKED = { cases: 2, probes: 1 };
const error = { name: 'Error', message: 'no' };

function running(role: 'case' | 'repeat' | 'probe', index: number): Message {
  return { type: 'running', role, index };
}

function answer(role: 'case' | 'repeat' | 'probe', index: number, output: unknown = 'yes'): Message {
  return { type: 'answer', role, index, latencyMs: 1, output, facts: {}, tensors: [] };
}

function file(index: number): Message {
  return { type: 'file', index, name: 'a.png', mediaType: 'image/png', base64: '' };
}

const loaded: Message = { type: 'loaded', loadMs: 1 };

/** What is heard of some messages; those that are not heard are counted. */
function listen(messages: readonly Message[]): { readonly heard: Heard; readonly unheard: number } {
  let heard = NOTHING_HEARD;
  let unheard = 0;
  for (const message of messages) {
    const next = hear(heard, message, ASKED);
    if (next === null) unheard++;
    else heard = next;
  }
  return { heard, unheard };
}

describe('a child is heard', () => {
  it('when it says what ours says', () => {
    const { heard, unheard } = listen([
      { type: 'stage', stage: 'setup' },
      { type: 'stage', stage: 'load' },
      { type: 'check', check: { id: 'vocabulary', status: 'passed', message: 'Enough.' } },
      loaded,
      running('case', 0),
      file(0),
      answer('case', 0),
      { type: 'placement', nodes: { CPUExecutionProvider: 1 } },
      running('case', 1),
      { type: 'no-answer', role: 'case', index: 1, error },
      ...Array.from({ length: MAX_REPEATS }, () => [running('repeat', 0), answer('repeat', 0)]).flat(),
      running('probe', 0),
      answer('probe', 0),
      { type: 'done', peakRssBytes: 5 },
    ]);
    expect(unheard).toBe(0);
    expect(heard.cases.size).toBe(2);
    expect(heard.repeats).toHaveLength(MAX_REPEATS);
    expect(heard.probes).toHaveLength(1);
    expect(heard.files).toHaveLength(1);
    expect(heard.running).toBeNull();
  });

  it('with no answer to what was not asked, was answered already, or does not run', () => {
    for (const messages of [
      [running('case', 0)],
      [loaded, answer('case', 0)],
      [loaded, running('case', 2)],
      [loaded, running('case', 0), running('case', 1)],
      [loaded, running('case', 0), answer('case', 1)],
      [loaded, running('case', 0), answer('repeat', 0)],
      [loaded, running('case', 0), file(1)],
      [loaded, file(0)],
      [loaded, running('repeat', 0)],
      [loaded, running('probe', 1)],
      [loaded, loaded],
      [loaded, { type: 'stage', stage: 'load' }],
      [
        { type: 'stage', stage: 'load' },
        { type: 'stage', stage: 'setup' },
      ],
    ] as const satisfies readonly (readonly Message[])[]) {
      expect(listen(messages).unheard, JSON.stringify(messages)).toBe(1);
    }
    const twice = listen([
      loaded,
      running('case', 0),
      answer('case', 0, 'first'),
      running('case', 0),
      answer('case', 0, 'second'),
    ]);
    expect(twice.unheard).toBe(2);
    expect(twice.heard.cases.get(0)).toMatchObject({ output: 'first' });
  });

  it('without end only as long as it takes no memory', () => {
    const many = <T>(count: number, one: T) => Array.from({ length: count }, () => one);
    const checks = many(50_000, {
      type: 'check',
      check: { id: 'a', status: 'passed', message: 'b' },
    } as const);
    const computed = cpuTime();
    expect(listen(checks).heard.checks).toHaveLength(100);
    const files = [loaded, running('case', 0), ...many(20_000, file(0))];
    expect(listen(files).heard.files).toHaveLength(1_000);
    const repeats = [
      loaded,
      running('case', 0),
      answer('case', 0),
      ...many(20_000, [running('repeat', 0), answer('repeat', 0)]).flat(),
    ];
    expect(listen(repeats).heard.repeats).toHaveLength(MAX_REPEATS);
    expect(computed()).toBeLessThan(5_000);
  });
});

describe('what has not the shape of a message is none', () => {
  const tensor = { name: 'logits', type: 'float32', dims: [1, 2], nan: 0, infinite: 0, size: 2 };
  const base = {
    type: 'answer',
    role: 'case',
    index: 0,
    latencyMs: 1,
    output: 1,
    facts: {},
    tensors: [tensor],
  };

  it('in any of its parts', () => {
    expect(isMessage(base)).toBe(true);
    for (const change of [
      { index: -1 },
      { index: 0.5 },
      { index: Number.NaN },
      { index: '0' },
      { index: 2 ** 60 },
      { latencyMs: Number.NaN },
      { latencyMs: -1 },
      { latencyMs: Number.POSITIVE_INFINITY },
      { role: ['case'] },
      { role: 'constructor' },
      { facts: 1 },
      { tensors: {} },
      { tensors: [null] },
      { tensors: [{ ...tensor, dims: 'x' }] },
      { tensors: [{ ...tensor, nan: Number.NaN }] },
      { tensors: [{ ...tensor, name: undefined }] },
    ]) {
      expect(isMessage({ ...base, ...change }), JSON.stringify(change)).toBe(false);
    }
    for (const value of [
      { type: 'placement', nodes: { CPUExecutionProvider: 'all' } },
      { type: 'placement', nodes: { CPUExecutionProvider: -1 } },
      { type: 'done', peakRssBytes: -1 },
      { type: 'done', peakRssBytes: 0.5 },
      { type: 'over-memory', rssBytes: Number.NaN },
      { type: 'loaded', loadMs: Number.NaN },
      { type: 'failed', stage: ['load'], error },
      { type: 'failed', stage: 'load', error: { ...error, message: 'x'.repeat(1e6) } },
      { type: 'failed', stage: 'load', error: { ...error, code: 5 } },
      { type: 'check', check: { id: 'A B', status: 'passed', message: 'b' } },
      { type: 'check', check: { id: 'a', status: 'passed', message: 'b'.repeat(1e6) } },
      { type: 'file', index: -1, name: 'a', mediaType: 'b', base64: '' },
      { type: 'file', index: 0, name: 'a', mediaType: 'b', base64: [] },
    ]) {
      expect(isMessage(value), JSON.stringify(value)?.slice(0, 200)).toBe(false);
    }
  });

  it('and is weighed before it is read', () => {
    expect(weigh('{"a":[1,2,{"b":"[[[,,,\\"]"}],"c":[]}')).toEqual({ nested: 4, items: 3 });
    expect(weigh('['.repeat(200))).toBeNull();
    const computed = cpuTime();
    expect(weigh(`[${'[],'.repeat(5e6)}[]]`)).toEqual({ nested: 5_000_002, items: 5_000_000 });
    expect(computed()).toBeLessThan(3_000);
  });
});
