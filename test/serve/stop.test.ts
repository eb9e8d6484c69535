import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServerEvent } from '../../src/serve/events.js';
import type { ServedModels } from '../../src/serve/server-options.js';
import { BY_THE_CLOCK } from '../by-the-clock.js';
import { post, serve } from './served.js';
import { workers } from './workers.js';

const STORIES = 'text-generation';
/** More texts than are written in some seconds. */
const MANY = Array(32).fill('Once');
/** Ten texts of 50 tokens. */
const LONG = { min_new_tokens: 50, max_new_tokens: 50, temperature: 10, seed: 1, num_return_sequences: 10 };

/** Of one text, or of all that a request asks for. */
const TOO_LONG = /took too long|took longer together/;

const events: ServerEvent[] = [];
let server: ServedModels;
beforeAll(async () => {
  server = await serve([STORIES], { onEvent: (event) => events.push(event) });
  await short();
});
afterAll(() => server.close());

/** A request that is answered quickly. */
async function short(): Promise<number> {
  const began = performance.now();
  const { status } = await post(`${server.url}/models/${STORIES}`, {
    inputs: 'The quick',
    parameters: { max_new_tokens: 1 },
    options: { use_cache: false },
  });
  expect(status).toBe(200);
  return performance.now() - began;
}

/** Begins a long inference, and leaves when `signal` says so. */
const long = (inputs: string, signal: AbortSignal | null = null) =>
  fetch(`${server.url}/models/${STORIES}`, {
    method: 'POST',
    body: JSON.stringify({ inputs, parameters: LONG }),
    signal,
  });

/** How long a long inference takes that nobody leaves, in milliseconds. */
async function wholeMs(): Promise<number> {
  const began = performance.now();
  const response = await long(`Once upon ${began}`);
  expect(response.status).toBe(200);
  await response.arrayBuffer();
  return performance.now() - began;
}

/**
 * Whether a short inference, asked for behind a long one that is left, takes less than half of the long one: the least of a few tries each, for a machine
 * that does much else makes one or the other longer.
 */
async function isFreed(shortBehind: () => Promise<number>): Promise<boolean> {
  let usual = Number.POSITIVE_INFINITY;
  let next = Number.POSITIVE_INFINITY;
  for (let tries = 0; tries < 4 && next >= usual / 2; tries++) {
    usual = Math.min(usual, await wholeMs());
    next = Math.min(next, await shortBehind());
  }
  return next < usual / 2;
}

/** Reads the first event of a stream of many texts, and what is to be called to leave. */
async function begunStream(): Promise<() => Promise<void>> {
  const response = await fetch(`${server.url}/v1/completions`, {
    method: 'POST',
    body: JSON.stringify({ ...LONG, n: 10, model: STORIES, prompt: MANY, stream: true }),
  });
  const reader = response.body?.getReader();
  const { value } = (await reader?.read()) ?? {};
  expect(Buffer.from(value ?? []).toString()).toMatch(/^data: /);
  return async () => reader?.cancel();
}

// A process that stands still for a second counts as one that does not stop.
describe('a client that goes away', BY_THE_CLOCK, () => {
  it('frees the process at once, which goes on with the next in line', async () => {
    const before = workers();
    const freed = await isFreed(async () => {
      const leave = new AbortController();
      const left = long(`The sun at ${performance.now()}`, leave.signal).catch((error: Error) => error.name);
      await pause(30);
      const next = short();
      leave.abort();
      expect(await left).toBe('AbortError');
      return next;
    });
    expect(freed).toBe(true);
    expect(workers()).toEqual(before);
  });

  it('of a stream frees it too', async () => {
    const before = workers();
    const freed = await isFreed(async () => {
      const leave = await begunStream();
      const next = short();
      await leave();
      return next;
    });
    expect(freed).toBe(true);
    expect(workers()).toEqual(before);
  });

  it('takes nothing from one that asked the same and stays', async () => {
    const leave = new AbortController();
    const left = long('The moon', leave.signal).catch((error: Error) => error.name);
    const stays = long('The moon');
    await pause(30);
    leave.abort();
    expect(await left).toBe('AbortError');
    const response = await stays;
    expect([response.status, await response.json()]).toEqual([200, expect.any(Array)]);
  });

  it('does not spoil the answer for who asks the same later', async () => {
    const leave = new AbortController();
    const left = long('The stars', leave.signal).catch((error: Error) => error.name);
    await pause(30);
    leave.abort();
    await left;
    const response = await long('The stars');
    expect([response.status, ((await response.json()) as unknown[]).length]).toEqual([200, 10]);
  });
});

describe('a process that does not stop', () => {
  it('is ended, and starts again with the next request', async () => {
    const [pid] = workers();
    const leave = await begunStream();
    process.kill(pid ?? 0, 'SIGSTOP');
    await leave();
    await short();
    const [next] = workers();
    expect(next).not.toBe(pid);
    expect(events).toContainEqual(
      expect.objectContaining({ event: 'worker-end', model: STORIES, reason: 'over-time' }),
    );
  });
});

it.each([4, 8, 12])(
  'a process that stopped while the server itself was busy is kept (after %i ms)',
  BY_THE_CLOCK,
  async (ms) => {
    const before = workers();
    const leave = await begunStream();
    await leave();
    // About when the process is told, and before its answer is read.
    await pause(ms);
    const busyUntil = performance.now() + 1300;
    while (performance.now() < busyUntil);
    await short();
    expect(workers()).toEqual(before);
  },
);

it(
  'an inference that takes too long is stopped, and its process is free for the next',
  BY_THE_CLOCK,
  async () => {
    const hasty = await serve([STORIES], { inferenceMs: 1000 });
    try {
      const url = `${hasty.url}/models/${STORIES}`;
      const first = await post(url, { inputs: 'The quick', parameters: { max_new_tokens: 1 } });
      expect(first.status).toBe(200);
      const before = workers();
      const many = { ...LONG, model: STORIES, prompt: MANY, n: 10 };
      const slow = await post(`${hasty.url}/v1/completions`, many);
      expect([slow.status, slow.json]).toEqual([
        504,
        { error: expect.objectContaining({ message: expect.stringMatching(TOO_LONG) }) },
      ]);
      expect(workers()).toEqual(before);
      const stream = await fetch(`${hasty.url}/v1/completions`, {
        method: 'POST',
        body: JSON.stringify({ ...many, stream: true }),
      });
      const last = (await stream.text()).trim().split('\n\n').at(-1) ?? '';
      expect(JSON.parse(last.slice('data: '.length))).toEqual({
        error: {
          message: expect.stringMatching(TOO_LONG),
          type: 'server_error',
          param: null,
          code: null,
        },
      });
    } finally {
      await hasty.close();
    }
  },
);
