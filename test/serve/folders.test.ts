import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { ServerEvent } from '../../src/serve/events.js';
import { createServer } from '../../src/serve/model-server.js';
import type { ServedModels } from '../../src/serve/server-options.js';
import { FIXTURES, post } from './served.js';
import { workers } from './workers.js';

const GREAT = { inputs: 'The movie was great!' };
/** Long enough for folders to be looked for a few times. */
const SOON = { timeout: 45_000, interval: 100 };

let folder: string;
let server: ServedModels;
const told: ServerEvent[] = [];
const news = new AbortController();
let heard = '';
beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'folders-')));
  mkdirSync(join(folder, 'models'));
  copy('first');
  copy('named', folder);
  server = await createServer({
    cwd: folder,
    targets: ['models/*', 'named'],
    watch: true,
    onEvent: (event) => told.push(event),
  });
  const { body } = await fetch(`${server.url}/api/events`, { signal: news.signal });
  const read = async () => {
    for await (const piece of body as unknown as AsyncIterable<Uint8Array>)
      heard += Buffer.from(piece).toString();
  };
  read().catch(() => undefined);
});
afterAll(async () => {
  news.abort();
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
});

function copy(name: string, to = join(folder, 'models')): void {
  cpSync(`${FIXTURES}text-classification`, join(to, name), { recursive: true });
}

const remove = (name: string) => rmSync(join(folder, 'models', name), { recursive: true });
const get = async (path: string) => (await fetch(`${server.url}${path}`)).json();
const served = async () =>
  ((await get('/api/models')) as { readonly id: string }[]).map(({ id }) => id).sort();
const label = async (id: string) => {
  const { json, headers } = await post(`${server.url}/models/${id}`, GREAT);
  return [(json as [[{ label: string }]])[0][0].label, headers.get('x-compute-type')];
};

it('a folder that comes is served, and the page is told', async () => {
  expect(await served()).toEqual(['first', 'named']);
  heard = '';
  copy('second');
  await vi.waitFor(async () => expect(await served()).toEqual(['first', 'named', 'second']), SOON);
  await vi.waitFor(() => expect(heard).toContain('data: {"kind":"changed","id":"second"}'), SOON);
  expect(await label('second')).toEqual(['POSITIVE', 'cpu']);
  expect(await get('/v1/models')).toMatchObject({
    data: [{ id: 'first' }, { id: 'named' }, { id: 'second' }],
  });
  expect(await get('/api/usage?model=second')).toMatchObject({
    hour: { models: expect.arrayContaining([expect.objectContaining({ id: 'second', requests: 1 })]) },
  });
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  expect(metrics).toContain('validate_card_requests_total{route="/models/*",model="second"');
});

it('it is watched as the others are', async () => {
  const card = join(folder, 'models', 'second', 'README.md');
  writeFileSync(card, readFileSync(card, 'utf8').replace('license: mit', 'license: mti'));
  await vi.waitFor(async () => expect(await get('/api/models/second')).toMatchObject({ findings: 1 }), SOON);
});

it('a folder that goes is served no more, and its process ends', async () => {
  expect(workers()).toHaveLength(1);
  heard = '';
  remove('second');
  await vi.waitFor(async () => expect(await served()).toEqual(['first', 'named']), SOON);
  await vi.waitFor(() => expect(heard).toContain('data: {"kind":"changed","id":"second"}'), SOON);
  expect((await post(`${server.url}/models/second`, GREAT)).status).toBe(404);
  await vi.waitFor(() => expect(workers()).toEqual([]), SOON);
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  expect(metrics).not.toContain('model_memory_bytes{model="second"');
});

it('one that comes again is another model: nothing is answered that the one before it said', async () => {
  copy('second');
  const config = join(folder, 'models', 'second', 'config.json');
  writeFileSync(config, readFileSync(config, 'utf8').replaceAll('POSITIVE', 'GOOD'));
  await vi.waitFor(async () => expect(await served()).toContain('second'), SOON);
  await vi.waitFor(async () => expect(await label('second')).toEqual(['GOOD', 'cpu']), SOON);
});

it('one that goes while it is loaded leaves no process', async () => {
  remove('second');
  copy('third');
  await vi.waitFor(async () => expect(await served()).toEqual(['first', 'named', 'third']), SOON);
  const asked = post(`${server.url}/models/third`, GREAT);
  remove('third');
  await vi.waitFor(async () => expect(await served()).toEqual(['first', 'named']), SOON);
  await asked;
  await vi.waitFor(() => expect(workers()).toEqual([]), SOON);
  expect(told.filter(({ event }) => event === 'fault')).toEqual([]);
});

it('one that was named stays, and all may go', async () => {
  rmSync(join(folder, 'named'), { recursive: true });
  remove('first');
  await vi.waitFor(async () => expect(await served()).toEqual(['named']), SOON);
  copy('last');
  await vi.waitFor(async () => expect(await served()).toEqual(['last', 'named']), SOON);
});

it('two that would have one name are told of once, and the second is served when the first is gone', async () => {
  const faults: string[] = [];
  const place = (name: string) => join(folder, 'twice', name, 'a', 'b');
  cpSync(`${FIXTURES}text-classification`, place('one'), { recursive: true });
  const other = await createServer({
    cwd: folder,
    targets: ['twice/*/*/*'],
    watch: true,
    onEvent: (event) => event.event === 'fault' && faults.push(event.message),
  });
  try {
    expect(other.models).toEqual(['a/b']);
    cpSync(`${FIXTURES}fill-mask`, place('two'), { recursive: true });
    await vi.waitFor(
      () =>
        expect(faults).toEqual(['Two of the models would be served as "a/b". Rename one of the folders.']),
      SOON,
    );
    rmSync(place('one'), { recursive: true });
    const about = async () => (await fetch(`${other.url}/api/models/a/b`)).json();
    await vi.waitFor(async () => expect(await about()).toMatchObject({ pipeline_tag: 'fill-mask' }), SOON);
    expect(faults).toHaveLength(1);
  } finally {
    await other.close();
  }
});
