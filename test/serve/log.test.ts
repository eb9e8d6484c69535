import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventInWords } from '../../src/cli/serve-log.js';
import type { RequestEvent, ServerEvent } from '../../src/serve/events.js';
import { createServer } from '../../src/serve/model-server.js';
import type { ServerOptions } from '../../src/serve/server-options.js';
import { FIXTURES, post, serve } from './served.js';
import { holdStarts, workers } from './workers.js';

const TEXT = 'text-classification';

async function told(
  ids: readonly string[],
  options: Partial<ServerOptions>,
  use: (url: string, events: readonly ServerEvent[]) => Promise<void>,
): Promise<readonly ServerEvent[]> {
  const events: ServerEvent[] = [];
  const server = await serve(ids, { ...options, onEvent: (event) => events.push(event) });
  try {
    await use(server.url, events);
  } finally {
    await server.close();
  }
  return events;
}

const requests = (events: readonly ServerEvent[]): readonly RequestEvent[] =>
  events.filter((event) => event.event === 'request');

describe('a request', () => {
  it('is told of with all that is known of it, and nothing of what it asked', async () => {
    const events = await told([TEXT], { serveToken: 'the-token' }, async (url) => {
      const headers = { 'x-wait-for-model': 'true', authorization: 'Bearer the-token' };
      const body = { inputs: 'A very private text' };
      const computed = await post(`${url}/models/${TEXT}?secret=1`, body, {
        ...headers,
        'x-request-id': 'abc-1',
      });
      expect([computed.status, computed.headers.get('x-request-id')]).toEqual([200, 'abc-1']);
      const kept = await post(`${url}/models/${TEXT}`, body, headers);
      expect(kept.headers.get('x-compute-type')).toBe('cache');
      expect((await post(`${url}/models/${TEXT}`, body, {})).status).toBe(401);
      expect((await post(`${url}/models/elsewhere`, body, headers)).status).toBe(404);
      expect((await post(`${url}/models/${TEXT}/pipeline/translation`, body, headers)).status).toBe(400);
      expect((await fetch(`${url}/private/path`, { headers })).status).toBe(404);
      expect((await fetch(`${url}/models/%zz`, { headers })).status).toBe(404);
    });
    const basis = {
      event: 'request',
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      method: 'POST',
      route: '/models/*',
      ms: expect.any(Number),
      bytesIn: 32,
      bytesOut: expect.any(Number),
    };
    expect(requests(events)).toEqual([
      {
        ...basis,
        id: 'abc-1',
        status: 200,
        model: TEXT,
        task: TEXT,
        computeType: 'cpu',
        computeMs: expect.any(Number),
        queueMs: expect.any(Number),
      },
      { ...basis, status: 200, model: TEXT, task: TEXT, computeType: 'cache' },
      { ...basis, status: 401, bytesIn: 0, error: 'no-token' },
      { ...basis, status: 404, error: 'not-found' },
      { ...basis, status: 400, model: TEXT, error: 'bad-request' },
      { ...basis, method: 'GET', route: '/*', status: 404, bytesIn: 0, error: 'not-found' },
      { ...basis, method: 'GET', route: '', status: 404, bytesIn: 0, error: 'not-found' },
    ]);
    const [first] = requests(events);
    expect(first?.queueMs).toBeGreaterThan(first?.computeMs ?? 0);
    expect(first?.ms).toBeGreaterThanOrEqual((first?.queueMs ?? 0) + (first?.computeMs ?? 0));
    expect(first?.bytesOut).toBeGreaterThan(100);
    expect(JSON.stringify(events)).not.toMatch(/private|secret|the-token|elsewhere/);
  });

  it.each(['', 'two words', 'größe', 'x'.repeat(129), '{"a":1}', '<script>'])(
    'gets an id of its own where it brings %j',
    async (given) => {
      const events = await told([TEXT], {}, async (url) => {
        // `fetch` refuses some of them.
        const id = await new Promise((resolve, reject) => {
          const headers = { 'x-request-id': Buffer.from(given).toString('latin1') };
          httpRequest(`${url}/v1/models`, { headers }, (response) => {
            response.resume();
            resolve(response.headers['x-request-id']);
          })
            .on('error', reject)
            .end();
        });
        expect(id).toMatch(/^[0-9a-f-]{36}$/);
      });
      expect(requests(events)[0]?.id).toMatch(/^[0-9a-f-]{36}$/);
    },
  );

  it('whose client goes away is told of once', async () => {
    const events = await told([TEXT], {}, async (url, sofar) => {
      const client = new AbortController();
      // It loads, and gets no further.
      const starts = holdStarts();
      const asked = fetch(`${url}/models/${TEXT}`, {
        method: 'POST',
        body: 'Great!',
        headers: { 'x-wait-for-model': 'true' },
        signal: client.signal,
      });
      await expect.poll(starts.count).toBe(1);
      client.abort();
      await expect(asked).rejects.toThrow();
      await expect.poll(() => requests(sofar).length).toBe(1);
      starts.goOn();
    });
    expect(requests(events)).toEqual([
      expect.objectContaining({ status: 499, error: 'gone', model: TEXT, task: TEXT, bytesOut: 0 }),
    ]);
  });
});

describe('a model', () => {
  it('is told of when it is loaded, put away and ends', async () => {
    const events = await told([TEXT, 'fill-mask'], { maxMemory: 1 }, async (url, sofar) => {
      expect((await post(`${url}/models/${TEXT}`, 'Great!')).status).toBe(200);
      expect((await post(`${url}/models/fill-mask`, 'Paris is [MASK].')).status).toBe(200);
      for (const pid of workers()) process.kill(pid, 'SIGKILL');
      await expect.poll(() => sofar.filter(({ event }) => event === 'worker-end').length).toBe(2);
      expect((await post(`${url}/models/fill-mask`, 'Rome is [MASK].')).status).toBe(200);
    });
    const memoryBytes = process.platform === 'linux' ? expect.any(Number) : null;
    const load = { event: 'load', ok: true, ms: expect.any(Number), memoryBytes };
    expect(events.filter(({ event }) => event !== 'request')).toEqual([
      { ...load, model: TEXT, task: TEXT },
      { event: 'worker-end', model: TEXT, task: TEXT, reason: 'memory' },
      { ...load, model: 'fill-mask', task: 'fill-mask' },
      { event: 'worker-end', model: 'fill-mask', task: 'fill-mask', reason: 'crash' },
      { ...load, model: 'fill-mask', task: 'fill-mask' },
      { event: 'worker-end', model: 'fill-mask', task: 'fill-mask', reason: 'close' },
    ]);
  });

  it.each([
    ['nobody asks it', 0],
    ['it is asked without a pause', 3],
  ])('is told of when its files are changed while %s', async (_, clients) => {
    const folder = await mkdtemp(join(tmpdir(), 'serve-log-'));
    try {
      await cp(`${FIXTURES}${TEXT}`, join(folder, 'edited'), { recursive: true });
      const events = await told(
        [],
        { targets: [join(folder, 'edited')], watch: true },
        async (url, sofar) => {
          expect((await post(`${url}/models/edited`, 'Great!')).status).toBe(200);
          const ended = () => sofar.some(({ event }) => event === 'worker-end');
          const asking = Array.from({ length: clients }, async () => {
            const body = { inputs: 'Great!', options: { use_cache: false } };
            while (!ended()) expect((await post(`${url}/models/edited`, body)).status).toBe(200);
          });
          const config = join(folder, 'edited', 'config.json');
          await writeFile(config, `${await readFile(config, 'utf8')}\n`);
          await expect.poll(ended).toBe(true);
          await Promise.all(asking);
        },
      );
      expect(events.filter(({ event }) => event === 'worker-end')[0]).toEqual({
        event: 'worker-end',
        model: 'edited',
        task: TEXT,
        reason: 'changed',
      });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('is told of when it cannot be loaded', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'serve-log-'));
    try {
      await cp(`${FIXTURES}${TEXT}`, join(folder, 'damaged'), { recursive: true });
      await writeFile(join(folder, 'damaged', 'tokenizer.json'), '{"version": "1.0"}');
      const events = await told([], { targets: [join(folder, 'damaged')] }, async (url) => {
        expect((await post(`${url}/models/damaged`, 'Great!')).status).toBe(500);
      });
      expect(events[0]).toEqual({
        event: 'load',
        model: 'damaged',
        task: TEXT,
        ok: false,
        ms: expect.any(Number),
        memoryBytes: null,
        error: expect.stringMatching(/^damaged cannot be loaded: ./),
      });
      expect(requests(events)).toEqual([expect.objectContaining({ status: 500, error: 'model-failed' })]);
      expect(events).toHaveLength(2);
      expect(JSON.stringify(events)).not.toContain(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('whose load ends with the server did not fail', async () => {
    const events: ServerEvent[] = [];
    const end = new AbortController();
    const starts = holdStarts();
    const started = createServer(
      {
        targets: [`${FIXTURES}${TEXT}`],
        pin: [TEXT],
        device: 'cpu',
        onEvent: (event) => void events.push(event),
      },
      end.signal,
    );
    await expect.poll(starts.count).toBe(1);
    end.abort();
    await expect(started).rejects.toThrow();
    expect(events).toEqual([]);
  });

  it('whose inference takes too long is told of by the request', async () => {
    const events = await told(['text-generation'], { inferenceMs: 1 }, async (url) => {
      const parameters = {
        min_new_tokens: 50,
        max_new_tokens: 50,
        temperature: 10,
        num_return_sequences: 10,
      };
      const body = { inputs: 'The quick', parameters };
      expect((await post(`${url}/models/text-generation`, body)).status).toBe(504);
    });
    expect(requests(events)).toEqual([expect.objectContaining({ status: 504, error: 'over-time' })]);
  });
});

/** So many texts that they are not done before something else happens. */
const MANY = { model: 'text-generation', prompt: Array(32).fill('The'), n: 10, max_tokens: 50, stream: true };

describe('what models write', () => {
  const body = { inputs: 'The quick brown', parameters: { max_new_tokens: 5 } };
  const generated = (events: readonly ServerEvent[]) => requests(events).map(({ tokens }) => tokens);

  it('is counted in tokens: whole, streamed, and by the routes of OpenAI', async () => {
    const events = await told(['text-generation'], {}, async (url) => {
      const model = `${url}/models/text-generation`;
      expect((await post(model, body)).status).toBe(200);
      expect((await post(model, { ...body, stream: true })).status).toBe(200);
      const asked = { model: 'text-generation', max_tokens: 4 };
      expect((await post(`${url}/v1/completions`, { ...asked, prompt: ['One', 'Two'] })).status).toBe(200);
      expect((await post(model, body)).headers.get('x-compute-type')).toBe('cache');
    });
    expect(generated(events)).toEqual([5, 5, 8, undefined]);
    expect(requests(events).map(({ model, task }) => [model, task])).toEqual(
      Array.from({ length: 4 }, () => ['text-generation', 'text-generation']),
    );
    expect(requests(events).every(({ computeType, computeMs }) => computeType === 'cache' || computeMs)).toBe(
      true,
    );
  });

  it('is counted as far as it went, where the client goes away', async () => {
    const events = await told(['text-generation'], {}, async (url, sofar) => {
      const client = new AbortController();
      const response = await fetch(`${url}/v1/completions`, {
        method: 'POST',
        body: JSON.stringify(MANY),
        signal: client.signal,
      });
      const reader = response.body?.getReader();
      await reader?.read();
      await reader?.read();
      client.abort();
      await expect.poll(() => requests(sofar).length).toBe(1);
    });
    const [request] = requests(events);
    expect(request).toMatchObject({ status: 499, error: 'gone' });
    expect(request?.tokens).toBeGreaterThanOrEqual(2);
    expect(request?.tokens).toBeLessThan(32 * 10 * 50);
  });

  it('and fails in the middle is told of as failed', async () => {
    const events = await told(['text-generation'], {}, async (url, sofar) => {
      const response = await fetch(`${url}/v1/completions`, { method: 'POST', body: JSON.stringify(MANY) });
      const reader = response.body?.getReader();
      await reader?.read();
      for (const pid of workers()) process.kill(pid, 'SIGKILL');
      while ((await reader?.read())?.done === false);
      await expect.poll(() => requests(sofar).length).toBe(1);
    });
    expect(requests(events)[0]).toMatchObject({ status: 200, error: 'model-failed' });
  });
});

describe('a line for people', () => {
  const request = {
    event: 'request',
    id: '1',
    method: 'POST',
    route: '/models/*',
    bytesIn: 1,
    bytesOut: 2,
  } as const;
  it.each<[ServerEvent, string | null]>([
    [
      {
        ...request,
        status: 200,
        ms: 12.4,
        model: 'org/name',
        task: TEXT,
        computeType: 'cpu',
        computeMs: 9.12,
      },
      '200 POST org/name · text-classification · 12 ms · cpu 9.1 ms',
    ],
    [
      { ...request, status: 200, ms: 1.23, model: 'a', task: TEXT, computeType: 'cache' },
      '200 POST a · text-classification · 1.2 ms · cache',
    ],
    [
      { ...request, status: 200, ms: 12_400, model: 'a', task: 'text-generation', tokens: 1, shared: true },
      '200 POST a · text-generation · 12.4 s · shared · 1 token',
    ],
    [{ ...request, status: 404, ms: 0.4, error: 'not-found' }, '404 POST /models/* · 0.4 ms · not-found'],
    [
      { ...request, method: 'GET', route: '', status: 404, ms: 0.4, error: 'not-found' },
      '404 GET (unknown) · 0.4 ms · not-found',
    ],
    [
      { ...request, status: 200, ms: 1, model: 'a\u001b[2Jb', task: TEXT },
      '200 POST a\\u001b[2Jb · text-classification · 1.0 ms',
    ],
    [{ ...request, method: 'GET', route: '/api/usage', status: 200, ms: 1 }, null],
    [
      { ...request, method: 'GET', route: '/api/usage', status: 401, ms: 1, error: 'no-token' },
      '401 GET /api/usage · 1.0 ms · no-token',
    ],
    [
      { event: 'load', model: 'a', task: TEXT, ok: true, ms: 812, memoryBytes: 153 * 1024 ** 2 },
      'a is loaded · text-classification · 812 ms · 153 MB',
    ],
    [
      { event: 'load', model: 'a', task: TEXT, ok: false, ms: 812, memoryBytes: null },
      'a cannot be loaded · text-classification · 812 ms',
    ],
    [
      {
        event: 'load',
        model: 'a',
        task: TEXT,
        ok: false,
        ms: 812,
        memoryBytes: null,
        error: 'a cannot be loaded: the\u001b tokenizer is broken.',
      },
      'a cannot be loaded: the\\u001b tokenizer is broken. · text-classification · 812 ms',
    ],
    [{ event: 'worker-end', model: 'a', task: TEXT, reason: 'crash' }, 'The process of a ended by itself'],
    [{ event: 'worker-end', model: 'a', task: TEXT, reason: 'memory' }, 'a was put away for another model'],
    [{ event: 'worker-end', model: 'a', task: TEXT, reason: 'close' }, null],
    [{ event: 'fault', id: 'abc-1', message: 'ENOENT' }, 'A request failed: ENOENT'],
    // That the files of a model cannot be watched is told of too.
    [{ event: 'fault', message: 'EMFILE' }, 'The server failed: EMFILE'],
  ])('%# says what happened', (event, line) => {
    expect(eventInWords(event)).toBe(line);
  });
});
