import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventReader } from '../../src/page/event-stream.js';
import type { ServerEvent } from '../../src/serve/events.js';
import type { ModelInfo, PageEvent } from '../../src/serve/model-info.js';
import { createServer } from '../../src/serve/model-server.js';
import type { ServedModels } from '../../src/serve/server-options.js';
import { FIXTURES, post } from '../serve/served.js';

const GREAT = { inputs: 'The movie was great!' };

let folder: string;
let server: ServedModels;
const told: ServerEvent[] = [];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'live-'));
  for (const name of ['changed', 'other']) {
    cpSync(`${FIXTURES}text-classification`, join(folder, name), { recursive: true });
  }
  server = await createServer({
    cwd: folder,
    targets: ['changed', 'other'],
    watch: true,
    onEvent: (event) => told.push(event),
  });
});
afterAll(async () => {
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Changes a file of a model, and waits until the server tells of it. */
async function change(file: string, edit: (text: string) => string): Promise<void> {
  const stop = new AbortController();
  const { body } = await fetch(`${server.url}/api/events`, { signal: stop.signal });
  if (body === null) throw new Error('There are no events.');
  const path = join(folder, 'changed', file);
  writeFileSync(path, edit(readFileSync(path, 'utf8')));
  const lines = eventReader();
  const decoder = new TextDecoder();
  try {
    for await (const piece of body as unknown as AsyncIterable<Uint8Array>) {
      const events = lines(decoder.decode(piece)).map((data) => JSON.parse(data) as PageEvent);
      if (events.some(({ kind, id }) => kind === 'changed' && id === 'changed')) return;
    }
  } finally {
    stop.abort();
  }
}

const info = async () => (await (await fetch(`${server.url}/api/models/changed`)).json()) as ModelInfo;
const label = async (id: string) => {
  const { json, headers } = await post(`${server.url}/models/${id}`, GREAT);
  const [[{ label: found }]] = json as [[{ label: string }]];
  return [found, headers.get('x-compute-type')];
};

describe('a served model whose files change', () => {
  it('is judged anew when its card changes, and stays loaded', async () => {
    expect(await label('changed')).toEqual(['POSITIVE', 'cpu']);
    expect(await info()).toMatchObject({ inference: 'warm', findings: 0, state: { state: 'loaded' } });
    await change('README.md', (text) =>
      text.replace('license: mit', 'license: mti').replace('# tiny', '# changed'),
    );
    const now = await info();
    expect(now.diagnostics.map(({ rule }) => rule)).toEqual(['license-unknown']);
    expect(now.card).toContain('# changed-bert-sentiment');
    expect(now.state.state).toBe('loaded');
    expect(await label('changed')).toEqual(['POSITIVE', 'cache']);
  });

  it('is refused as soon as its card says so', async () => {
    await change('README.md', (text) => text.replace('license: mti', 'license: mit\ninference: false'));
    expect((await post(`${server.url}/models/changed`, GREAT)).status).toBe(403);
    await change('README.md', (text) => text.replace('\ninference: false', ''));
    expect(await label('changed')).toEqual(['POSITIVE', 'cache']);
  });

  it('is loaded anew when another file changes: no old answer is given', async () => {
    await label('other');
    await change('config.json', (text) => text.replaceAll('POSITIVE', 'GOOD'));
    expect(await label('changed')).toEqual(['GOOD', 'cpu']);
    // Others are left alone.
    expect(await label('other')).toEqual(['POSITIVE', 'cache']);
    expect(told.filter(({ event }) => event === 'load').length).toBe(3);
  });

  it('keeps what it was while it cannot be read', async () => {
    rmSync(join(folder, 'other'), { recursive: true });
    await expect.poll(() => told.some(({ event }) => event === 'fault')).toBe(true);
    const { status } = await fetch(`${server.url}/api/models/other`);
    expect(status).toBe(200);
  });
});

describe('a pinned model whose files change', () => {
  it('is loaded anew before somebody asks', async () => {
    const events: ServerEvent[] = [];
    const folderOf = mkdtempSync(join(tmpdir(), 'live-pinned-'));
    cpSync(`${FIXTURES}text-classification`, join(folderOf, 'pinned'), { recursive: true });
    const pinning = await createServer({
      cwd: folderOf,
      targets: ['pinned'],
      pin: ['pinned'],
      watch: true,
      onEvent: (event) => events.push(event),
    });
    try {
      const config = join(folderOf, 'pinned', 'config.json');
      writeFileSync(config, readFileSync(config, 'utf8').replaceAll('POSITIVE', 'GOOD'));
      const loads = () => events.filter(({ event }) => event === 'load').length;
      await expect.poll(loads, { timeout: 30_000, interval: 100 }).toBe(2);
      const { json } = await post(`${pinning.url}/models/pinned`, GREAT);
      expect(json).toEqual([expect.arrayContaining([expect.objectContaining({ label: 'GOOD' })])]);
      expect(loads()).toBe(2);
    } finally {
      await pinning.close();
      rmSync(folderOf, { recursive: true, force: true });
    }
  });
});

describe('the stream of events', () => {
  it('is for so many pages at a time, and ends with the server', async () => {
    const busy = await createServer({ cwd: FIXTURES, targets: [`${FIXTURES}fill-mask`] });
    const open = await Promise.all(Array.from({ length: 64 }, () => fetch(`${busy.url}/api/events`)));
    expect(new Set(open.map(({ status }) => status))).toEqual(new Set([200]));
    const late = await fetch(`${busy.url}/api/events`);
    expect([late.status, late.headers.get('retry-after')]).toEqual([429, '10']);
    await open[0]?.body?.cancel();
    await expect
      .poll(async () => {
        const again = await fetch(`${busy.url}/api/events`);
        await again.body?.cancel();
        return again.status;
      })
      .toBe(200);
    const start = performance.now();
    await busy.close();
    expect(performance.now() - start).toBeLessThan(5000);
  });

  it.each([
    [['data: 1\n\ndata: 2\n\n'], ['1', '2']],
    [['da', 'ta: {"a":', '1}\n', '\nda'], ['{"a":1}']],
    [[': here\n\n', 'event: x\ndata: a\ndata: b\n\n'], ['a\nb']],
  ])('is taken apart however it is cut: %j', (pieces, data) => {
    const lines = eventReader();
    expect(pieces.flatMap((piece) => lines(piece))).toEqual(data);
  });
});
