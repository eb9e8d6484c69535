import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ServedModels } from '../../src/serve/server-options.js';
import { serve } from './served.js';

const HIDDEN = [
  'health',
  'usage',
  'metrics',
  'api/events',
  'api/models',
  'api/usage',
  'v1/models',
  'models/one',
  'status/one',
  'framework/one',
  '_page/one',
];
const SHOWN = [
  'models',
  'status',
  'framework',
  '_page',
  'v1',
  'api/one',
  'pipeline/one',
  'v1/one',
  'usage/one',
  'health/one',
  'metrics/one',
];
const DOCUMENT = '<!doctype html><title>A page</title>';

let folder: string;
let server: ServedModels;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'own-addresses-'));
  for (const id of [...HIDDEN, ...SHOWN]) {
    const place = join(folder, id.includes('/') ? 'two' : 'one', id);
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, 'README.md'), '---\nlicense: mit\n---\n');
  }
  cpSync(fileURLToPath(new URL('../page/built', import.meta.url)), join(folder, 'built'), {
    recursive: true,
  });
  writeFileSync(join(folder, 'built', 'index.html'), DOCUMENT);
  server = await serve([], {
    cwd: folder,
    targets: ['one/*', 'two/*/*'],
    pageFolder: join(folder, 'built'),
  });
});
afterAll(async () => {
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What a browser gets at the address of a model's page, and a program at the one that tells of the model. */
async function seen(id: string): Promise<readonly [boolean, number]> {
  // Events never end: the head of the answer is enough.
  const left = new AbortController();
  const { status, headers } = await fetch(`${server.url}/${id}`, {
    headers: { accept: 'text/html' },
    signal: left.signal,
  });
  const page = status === 200 && headers.get('content-type')?.startsWith('text/html') === true;
  left.abort();
  return [page, (await fetch(`${server.url}/models/${id}`)).status];
}

it('the server knows whose page it cannot show', () => {
  expect(server.models).toEqual(expect.arrayContaining([...HIDDEN, ...SHOWN]));
  expect([...server.withoutPage].sort()).toEqual([...HIDDEN].sort());
});

it.each(SHOWN)('the page of %s is shown', async (id) => {
  expect(await seen(id)).toEqual([true, 200]);
});

it.each(SHOWN)('the files of %s can be opened from its page', async (id) => {
  const response = await fetch(`${server.url}/${id}/resolve/main/README.md`);
  expect([response.status, await response.text()]).toEqual([200, '---\nlicense: mit\n---\n']);
});

// At /usage is a page, too: that of the usage figures.
it.each(HIDDEN.filter((id) => id !== 'usage'))('%s is served, its page is not shown', async (id) => {
  expect(await seen(id)).toEqual([false, 200]);
});
