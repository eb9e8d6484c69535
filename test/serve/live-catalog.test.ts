import { appendFile, cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type CatalogModel, openCatalog } from '../../src/serve/catalog.js';
import { keepCatalogLive } from '../../src/serve/live-catalog.js';
import { filesOf } from '../../src/serve/usage/usage-file.js';
import { FIXTURES } from './served.js';

const opened = vi.hoisted(() => ({ after: () => Promise.resolve() }));
vi.mock('../../src/serve/catalog.js', async (original) => {
  const catalog = await original<typeof import('../../src/serve/catalog.js')>();
  return {
    ...catalog,
    openFound: async (...found: Parameters<typeof catalog.openFound>) => {
      const model = await catalog.openFound(...found);
      await opened.after();
      return model;
    },
  };
});

const SOON = { timeout: 45_000, interval: 50 };

let folder: string;
let ended: AbortController;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'live-catalog-'));
  ended = new AbortController();
});
afterEach(async () => {
  ended.abort();
  await rm(folder, { recursive: true, force: true });
});

const copy = (name: string) => cp(`${FIXTURES}text-classification`, join(folder, name), { recursive: true });
const listeners = {
  onChange: async () => undefined,
  onGone: async () => undefined,
  onFault: () => undefined,
};

it('what changed while a model could not be read is not forgotten', async () => {
  await copy('model');
  const options = { cwd: folder, written: new Set<string>() };
  const catalog = await openCatalog([join(folder, 'model')], options);
  const [model] = catalog.values();
  if (model === undefined) throw new Error('There is no model.');
  let failed = false;
  const again: CatalogModel['again'] = async (changed) => {
    if (failed) return model.again(changed);
    failed = true;
    throw new Error('It is being replaced.');
  };
  catalog.set('model', { ...model, again });
  await keepCatalogLive(catalog, [], options, ended.signal, listeners);
  await writeFile(join(folder, 'model', 'config.json'), '{"other": true}');
  await vi.waitFor(() => expect(failed).toBe(true), SOON);
  // Nothing that a process has loaded.
  await appendFile(join(folder, 'model', 'README.md'), 'And more.\n');
  await vi.waitFor(() => expect(catalog.get('model')?.revision).toBe(1), SOON);
});

it('what comes into a folder while it is read for the first time is seen', async () => {
  await copy('first');
  const options = { cwd: folder, written: new Set<string>() };
  const targets = [`${folder}/*`];
  const catalog = await openCatalog(targets, options);
  await keepCatalogLive(catalog, targets, options, ended.signal, listeners);
  opened.after = async () => {
    opened.after = () => Promise.resolve();
    await writeFile(join(folder, 'second', 'late.json'), '{}');
  };
  await copy('second');
  const paths = () => catalog.get('second')?.files?.map(({ path }) => path);
  await vi.waitFor(() => expect(paths()).toContain('late.json'), SOON);
});

it('what the server writes into the folder of a model is no change of the model', async () => {
  await copy('model');
  const file = join(folder, 'model', 'usage.json');
  const options = { cwd: folder, written: new Set(filesOf(file)) };
  const catalog = await openCatalog([join(folder, 'model')], options);
  await keepCatalogLive(catalog, [], options, ended.signal, listeners);
  for (const path of filesOf(file)) await writeFile(path, '{}');
  await appendFile(join(folder, 'model', 'README.md'), 'And more.\n');
  const model = () => catalog.get('model');
  await vi.waitFor(() => expect(model()?.sources['README.md']).toContain('And more.'), SOON);
  expect(model()?.revision).toBe(0);
});

it('a pattern that matches the folder in which it begins serves it by its name', async () => {
  await copy('model');
  expect([...(await openCatalog(['**'], { cwd: join(folder, 'model') })).keys()]).toEqual(['model']);
});
