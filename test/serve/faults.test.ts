import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServedModels, ServerOptions } from '../../src/serve/model-server.js';
import { FIXTURES, post, read, serve } from './served.js';
import { workers } from './workers.js';

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
    ['a port that is taken', '127.0.0.1', 'is in use'],
    ['an address of another machine', '203.0.113.1', 'is not an address of this machine'],
  ])('says so of %s', async (_, host, says) => {
    await serving({ targets: [`${FIXTURES}${TEXT}`] }, async ({ url }) => {
      const port = Number(new URL(url).port);
      await expect(serve([TEXT], { host, port, serveToken: 'secret-of-the-server' })).rejects.toMatchObject({
        name: 'UsageError',
        code: 'serve-address',
        message: expect.stringContaining(says),
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
