import { once } from 'node:events';
import { cp, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServerEvent } from '../../src/serve/events.js';
import type { ServedModels, ServerOptions } from '../../src/serve/server-options.js';
import type { UsageReport } from '../../src/serve/usage/report.js';
import { FIXTURES, post, serve } from './served.js';
import { hold, workers } from './workers.js';

const TEXT = 'text-classification';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'serve-faults-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A copy of the tiny text classifier under another name. */
async function copy(name: string): Promise<string> {
  const path = join(folder, name);
  await cp(`${FIXTURES}${TEXT}`, path, { recursive: true });
  return path;
}

/** A model that looks whole, but cannot be loaded. */
async function damaged(name: string): Promise<string> {
  const path = await copy(name);
  await writeFile(join(path, 'tokenizer.json'), '{"version": "1.0"}');
  return path;
}

async function serving(options: ServerOptions, use: (server: ServedModels) => Promise<void>): Promise<void> {
  const server = await serve([], options);
  try {
    await use(server);
  } finally {
    await server.close();
  }
}

describe('a server that cannot start', () => {
  it.each([
    ['a port that is taken', '127.0.0.1', 'is in use', '--port'],
    ['an address of another machine', '203.0.113.1', 'is not an address of this machine', '--host'],
  ])('says so of %s', async (_, host, says, option) => {
    await serving({ targets: [`${FIXTURES}${TEXT}`] }, async ({ url }) => {
      const port = Number(new URL(url).port);
      await expect(serve([TEXT], { host, port, serveToken: 'secret-of-the-server' })).rejects.toMatchObject({
        name: 'UsageError',
        code: 'serve-address',
        message: expect.stringContaining(says),
        hint: expect.stringContaining(option),
      });
    });
  });

  it('says so of a pinned model that cannot be loaded', async () => {
    const target = await damaged('pinned-damaged');
    await expect(serve([], { targets: [target], pin: ['pinned-damaged'] })).rejects.toMatchObject({
      name: 'SmokeSetupError',
      message: expect.stringMatching(/^pinned-damaged cannot be loaded: /),
    });
    expect(workers()).toEqual([]);
  });
});

describe('a model that cannot be loaded', () => {
  it.each([{}, { 'x-wait-for-model': 'true' }])('answers why, with headers %j', async (headers) => {
    const target = await damaged('damaged');
    await serving({ targets: [target] }, async ({ url }) => {
      let got = await post(`${url}/models/damaged`, { inputs: 'Great!' }, headers);
      while (got.status === 503) got = await post(`${url}/models/damaged`, { inputs: 'Great!' }, headers);
      expect([got.status, got.json]).toEqual([
        500,
        { error: expect.stringMatching(/^damaged cannot be loaded: ./) },
      ]);
      expect(JSON.stringify(got.json)).not.toContain(folder);
    });
  });
});

describe('closing the server', () => {
  it('does not wait for ever for a client that never sends the rest', async () => {
    const server = await serve([TEXT], { drainMs: 200 });
    const dripping = request(`${server.url}/models/${TEXT}`, {
      method: 'POST',
      headers: { 'content-length': '60', expect: '100-continue' },
    });
    const cut = new Promise((resolve) => dripping.on('error', resolve));
    // The server waits for the body from here on.
    await once(dripping, 'continue');
    dripping.write('Great');
    const start = performance.now();
    await server.close();
    expect(performance.now() - start).toBeLessThan(5000);
    await cut;
  });

  it('answers what is under way, and does not wait for the connection to be used again', async () => {
    const server = await serve([TEXT], { drainMs: 40_000 });
    const cold = post(`${server.url}/models/${TEXT}`, 'Great!');
    // It is under way when its model loads.
    await expect.poll(workers).toHaveLength(1);
    const closing = server.close();
    expect((await cold).status).toBe(200);
    const answered = performance.now();
    await closing;
    // Else the connection is there until the server has waited for all that it may.
    expect(performance.now() - answered).toBeLessThan(10_000);
  });

  it('ends a process that loads a model', async () => {
    const server = await serve([TEXT]);
    // It is answered that the model loads.
    await fetch(`${server.url}/models/${TEXT}`, { method: 'POST', body: 'Great!' });
    await server.close();
    expect(workers()).toEqual([]);
    // None starts afterwards either.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(workers()).toEqual([]);
  });
});

describe('a model', () => {
  it('may have a name of any letters', async () => {
    const target = await copy('größe 2');
    await serving({ targets: [target] }, async ({ url, models }) => {
      expect(models).toEqual(['größe 2']);
      const got = await post(`${url}/models/${encodeURIComponent('größe 2')}`, 'Great!');
      expect(got.status).toBe(200);
    });
  });

  it('whose folder was away is read when it is back', async () => {
    const target = await copy('moved');
    await serving({ targets: [target] }, async ({ url }) => {
      await rename(target, `${target}-away`);
      const away = await post(`${url}/models/moved`, 'Great!');
      expect([away.status, JSON.stringify(away.json)]).toEqual([500, expect.not.stringContaining(folder)]);
      await rename(`${target}-away`, target);
      expect((await post(`${url}/models/moved`, 'Great!')).status).toBe(200);
    });
  });

  it('leaves when nobody asks, although who made it load did not come back', async () => {
    const events: ServerEvent[] = [];
    const onEvent = (event: ServerEvent) => events.push(event);
    await serving({ targets: [`${FIXTURES}${TEXT}`], idleMs: 100, onEvent }, async ({ url }) => {
      await post(`${url}/models/${TEXT}`, 'Great!', {});
      // It may be there for a tenth of a second only.
      await expect
        .poll(() => events.filter(({ event }) => event !== 'request'))
        .toMatchObject([
          { event: 'load', ok: true },
          { event: 'worker-end', reason: 'idle' },
        ]);
      await expect.poll(workers).toEqual([]);
    });
  });
});

describe('a request', () => {
  it('that waits does not share the answer of one that does not', () =>
    serving({ targets: [`${FIXTURES}${TEXT}`] }, async ({ url }) => {
      const there = `${url}/models/${TEXT}`;
      const [, patient] = await Promise.all([post(there, 'Great!', {}), post(there, 'Great!')]);
      expect(patient.status).toBe(200);
    }));

  it('whose client went away is not run when it is its turn', async () => {
    const events: ServerEvent[] = [];
    const onEvent = (event: ServerEvent) => events.push(event);
    await serving({ targets: [`${FIXTURES}${TEXT}`], onEvent }, async ({ url }) => {
      const there = `${url}/models/${TEXT}`;
      const inLine = async () => {
        const { live } = (await (await fetch(`${url}/api/usage`)).json()) as UsageReport;
        return live[0]?.waiting;
      };
      expect((await post(there, 'Great!')).status).toBe(200);
      const goOn = hold(workers()[0] ?? 0);
      const slow = post(there, 'A slow one');
      try {
        await expect.poll(inLine).toBe(1);
        const left = request(there, { method: 'POST' });
        left.on('error', () => undefined);
        left.end('Who reads this?');
        await expect.poll(inLine).toBe(2);
        left.destroy();
        await expect
          .poll(() => events.filter((event) => event.event === 'request' && event.status === 499))
          .toHaveLength(1);
        expect(await inLine()).toBe(1);
      } finally {
        goOn();
      }
      expect((await slow).status).toBe(200);
      // It was not answered for the cache either.
      const again = await post(there, 'Who reads this?');
      expect([again.status, again.headers.get('x-compute-type')]).toEqual([200, 'cpu']);
    });
  });

  it.each(['a', 'text', 'text/', '/'])('may declare its type as %j', (type) =>
    serving({ targets: [`${FIXTURES}${TEXT}`] }, async ({ url }) => {
      const { status } = await post(`${url}/models/nothing`, 'Great!', { 'content-type': type });
      expect(status).toBe(404);
    }),
  );

  it('of a page for leave is answered at any address', () =>
    serving({ targets: [`${FIXTURES}${TEXT}`] }, async ({ url }) => {
      const { status, headers } = await fetch(`${url}/models/%zz`, { method: 'OPTIONS' });
      expect([status, headers.get('access-control-allow-origin')]).toEqual([204, '*']);
    }));
});

it.each(['', 'two words', 'größe'])('a token that cannot be sent is refused: %j', async (serveToken) => {
  await expect(serve([TEXT], { serveToken })).rejects.toMatchObject({
    name: 'UsageError',
    code: 'serve-token',
  });
});

it('what fails without a reason for the client is told to the owner', async () => {
  const target = await copy('deleted');
  const events: ServerEvent[] = [];
  await serving({ targets: [target], idleMs: 1, onEvent: (event) => events.push(event) }, async ({ url }) => {
    expect((await post(`${url}/models/deleted`, 'Great!')).status).toBe(200);
    await expect.poll(workers).toEqual([]);
    await rm(target, { recursive: true });
    const got = await post(`${url}/models/deleted`, 'Anew!');
    expect([got.status, JSON.stringify(got.json)]).toEqual([500, expect.not.stringContaining(folder)]);
    const id = got.headers.get('x-request-id');
    await expect
      .poll(() => events.filter(({ event }) => event === 'fault'))
      .toEqual([{ event: 'fault', id, message: expect.stringContaining(folder) }]);
  });
});
