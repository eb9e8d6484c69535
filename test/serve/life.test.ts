import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { ServerEvent } from '../../src/serve/events.js';
import type { ServedModels, ServerOptions } from '../../src/serve/server-options.js';
import { post, read, serve } from './served.js';
import { hold, holdStarts, workers } from './workers.js';

const TEXT = 'text-classification';
const OTHERS = ['fill-mask', 'question-answering', 'token-classification'];
const NOW = {};

async function serving(
  ids: readonly string[],
  options: Partial<ServerOptions>,
  use: (server: ServedModels) => Promise<void>,
): Promise<void> {
  const server = await serve(ids, options);
  try {
    await use(server);
  } finally {
    await server.close();
  }
}

const ask = (server: ServedModels, inputs: unknown, headers?: Readonly<Record<string, string>>) =>
  post(`${server.url}/models/${TEXT}`, { inputs, options: { use_cache: false } }, headers);

async function loaded(server: ServedModels, id: string): Promise<unknown> {
  const { json } = await read(await fetch(`${server.url}/status/${id}`));
  return (json as { loaded: boolean }).loaded;
}

describe('a model', () => {
  it('that is not loaded answers when it will be, and others answer meanwhile', () => {
    const cold: Readonly<Record<string, unknown>> = {
      [TEXT]: 'Great!',
      'question-answering': { question: 'Where does Anna live?', context: 'Anna lives in Berlin.' },
      'token-classification': 'Anna works for Google.',
    };
    return serving([...Object.keys(cold), 'fill-mask'], { pin: ['fill-mask'] }, async (server) => {
      expect(await loaded(server, 'fill-mask')).toBe(true);
      const starts = holdStarts();
      const asked = Object.entries(cold).map(async ([id, inputs]) => ({
        id,
        ...(await post(`${server.url}/models/${id}`, { inputs }, NOW)),
      }));
      const other = await post(
        `${server.url}/models/fill-mask`,
        { inputs: 'The capital of France is [MASK].' },
        NOW,
      );
      expect(other.status).toBe(200);
      const refused = await Promise.all(asked);
      starts.goOn();
      for (const { id, status, headers, json } of refused) {
        expect([status, json]).toEqual([
          503,
          { error: `Model ${id} is currently loading`, estimated_time: expect.any(Number) },
        ]);
        const { estimated_time: seconds } = json as { readonly estimated_time: number };
        expect(seconds).toBeGreaterThan(0);
        expect(headers.get('retry-after')).toBe(String(Math.ceil(seconds)));
      }
      expect((await ask(server, 'Great!')).status).toBe(200);
      expect((await ask(server, 'Great!', NOW)).status).toBe(200);
    });
  });

  it('is not loaded where the request says so', () =>
    serving([TEXT], {}, async (server) => {
      const { status, json } = await ask(server, 'Great!', { 'x-load-model': '0' });
      expect([status, json]).toEqual([
        503,
        { error: expect.stringMatching(/is not loaded.*without .*x-load-model/) },
      ]);
      expect(workers()).toEqual([]);
    }));

  it('is loaded once, however many ask', () =>
    serving([TEXT], {}, async (server) => {
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) => ask(server, `Great ${index}!`)),
      );
      expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
      expect(workers()).toHaveLength(1);
    }));

  it('whose process is killed fails the request that it answered, and starts anew', () =>
    serving([TEXT], {}, async (server) => {
      expect((await ask(server, 'Great!')).status).toBe(200);
      const many = Array.from({ length: 60 }, (_, index) =>
        ask(server, `Great ${index}! ${'good '.repeat(100)}`),
      );
      for (const pid of workers()) process.kill(pid, 'SIGKILL');
      const statuses = (await Promise.all(many)).map(({ status }) => status);
      expect(statuses.filter((status) => status === 500).length).toBeLessThanOrEqual(1);
      expect(statuses.filter((status) => status !== 200 && status !== 500)).toEqual([]);
      expect((await ask(server, 'Great!')).status).toBe(200);
    }));

  it('that takes too long is stopped', () =>
    serving(['text-generation'], { inferenceMs: 1 }, async (server) => {
      const url = `${server.url}/models/text-generation`;
      const parameters = {
        min_new_tokens: 50,
        max_new_tokens: 50,
        temperature: 10,
        num_return_sequences: 10,
      };
      const slow = await post(url, { inputs: 'The quick brown', parameters });
      expect([slow.status, slow.json]).toEqual([504, { error: expect.stringContaining('took too long') }]);
    }));

  it('is put away for another when memory is needed, the one that was not used for longest first', () =>
    serving([TEXT, ...OTHERS], { maxMemory: 250 * 1024 ** 2 }, async (server) => {
      const bodies: Readonly<Record<string, unknown>> = {
        [TEXT]: 'Great!',
        'fill-mask': 'The capital of France is [MASK].',
        'question-answering': { question: 'Where does Anna live?', context: 'Anna lives in Berlin.' },
        'token-classification': 'Anna works for Google.',
      };
      for (let round = 0; round < 2; round++) {
        for (const [id, inputs] of Object.entries(bodies)) {
          const { status } = await post(`${server.url}/models/${id}`, {
            inputs,
            options: { use_cache: false },
          });
          expect([id, status]).toEqual([id, 200]);
          expect(await loaded(server, id)).toBe(true);
          expect(workers().length).toBeLessThanOrEqual(2);
        }
      }
      expect(await loaded(server, TEXT)).toBe(false);
    }));

  it('that is asked without a pause makes room for another', () =>
    serving([TEXT, 'fill-mask'], { maxMemory: 1 }, async (server) => {
      let ends = false;
      const statuses = new Set<number>();
      const hot = Array.from({ length: 4 }, async () => {
        while (!ends) statuses.add((await ask(server, `Great! ${'good '.repeat(500)}`)).status);
      });
      await expect.poll(() => loaded(server, TEXT)).toBe(true);
      const other = await post(
        `${server.url}/models/fill-mask`,
        { inputs: 'The capital of France is [MASK].' },
        { 'x-wait-for-model': 'true' },
      );
      ends = true;
      await Promise.all(hot);
      expect([other.status, [...statuses]]).toEqual([200, [200]]);
    }));

  it('whose line stays gets a further process, where there may be one', () =>
    serving(['text-generation'], { workers: 2 }, async (server) => {
      const body = {
        inputs: 'The quick brown',
        parameters: { max_new_tokens: 100 },
        options: { use_cache: false },
      };
      let ends = false;
      const statuses = new Set<number>();
      const hot = Array.from({ length: 6 }, async () => {
        while (!ends) statuses.add((await post(`${server.url}/models/text-generation`, body)).status);
      });
      await expect.poll(() => workers().length).toBe(2);
      ends = true;
      await Promise.all(hot);
      expect([[...statuses], workers().length]).toEqual([[200], 2]);
    }));

  it('that nobody asks leaves, and one that is pinned stays', () =>
    serving([TEXT, 'fill-mask'], { idleMs: 200, pin: ['fill-mask'] }, async (server) => {
      expect((await ask(server, 'Great!')).status).toBe(200);
      await expect.poll(() => loaded(server, TEXT)).toBe(false);
      expect(await loaded(server, 'fill-mask')).toBe(true);
    }));

  it('that took long to load is said to take as long the next time', () =>
    serving([TEXT], { idleMs: 100 }, async (server) => {
      const slow = holdStarts();
      const first = post(`${server.url}/models/${TEXT}`, { inputs: 'Great!' });
      await expect.poll(slow.count).toBe(1);
      await pause(3000);
      slow.goOn();
      expect((await first).status).toBe(200);
      await expect.poll(workers).toEqual([]);
      const next = holdStarts();
      const asked = performance.now();
      const { status, json } = await post(`${server.url}/models/${TEXT}`, { inputs: 'Anew!' }, NOW);
      next.goOn();
      expect([status, json]).toEqual([503, expect.objectContaining({ estimated_time: expect.any(Number) })]);
      const seconds = (performance.now() - asked) / 1000;
      // By its size it would be less than one; tenths of a second are told.
      expect((json as { readonly estimated_time: number }).estimated_time).toBeGreaterThan(2.9 - seconds);
    }));

  it('has a queue of bounded length', () =>
    serving([TEXT], { queue: 3 }, async (server) => {
      expect((await ask(server, 'Great!')).status).toBe(200);
      // While its process stands still, nothing leaves the queue, however quick the machine is.
      const goOn = hold(workers()[0] ?? 0);
      const refused: Awaited<ReturnType<typeof ask>>[] = [];
      const asked = Array.from({ length: 20 }, async (_, index) => {
        const answer = await ask(server, `Good ${index}`);
        if (answer.status === 429) refused.push(answer);
        return answer.status;
      });
      try {
        await expect.poll(() => refused.length).toBeGreaterThan(0);
      } finally {
        goOn();
      }
      const statuses = await Promise.all(asked);
      expect(refused[0]?.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
      expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(3);
      expect(new Set(statuses)).toEqual(new Set([200, 429]));
    }));
});

describe('equal requests', () => {
  it('at one time share one run', async () => {
    const events: ServerEvent[] = [];
    await serving([TEXT], { onEvent: (event) => events.push(event) }, async (server) => {
      const url = `${server.url}/models/${TEXT}`;
      // While the model loads, all of them come.
      const answers = await Promise.all(Array.from({ length: 10 }, () => post(url, { inputs: 'Great!' })));
      expect(new Set(answers.map(({ status, json }) => JSON.stringify([status, json]))).size).toBe(1);
      expect(answers[0]?.status).toBe(200);
    });
    const computed = events.filter((event) => event.event === 'request');
    expect(computed.map(({ computeType }) => computeType)).toEqual(Array.from({ length: 10 }, () => 'cpu'));
    expect(computed.filter(({ shared }) => shared === true)).toHaveLength(9);
  });
});

describe('the server', () => {
  it('is not kept from its end by a connection on which nothing came', async () => {
    const server = await serve([TEXT]);
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    const gone = once(socket, 'close');
    const began = performance.now();
    await server.close();
    await gone;
    // Else it has the ten seconds that a head of a request may take.
    expect(performance.now() - began).toBeLessThan(8000);
  });

  it('ends all processes when it is closed', async () => {
    const server = await serve([TEXT]);
    expect((await ask(server, 'Great!')).status).toBe(200);
    expect(workers()).toHaveLength(1);
    await server.close();
    expect(workers()).toEqual([]);
  });
});
