import { createHash } from 'node:crypto';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { scanCacheDir } from '@huggingface/hub';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HubAccess } from '../../src/repo/hub.js';
import { allowedRoots } from '../../src/repo/local.js';
import { openRepo } from '../../src/repo/open.js';
import type { DownloadProgress, Repo } from '../../src/repo/repo.js';
import { type HubServer, startHub } from '../hub-server/hub-server.js';

let hub: HubServer;
let access: HubAccess & { readonly cacheFolder: string };
let notes: string[];

const WEIGHTS = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251));
const SHA256 = createHash('sha256').update(WEIGHTS).digest('hex');
const PATHS = ['README.md', 'onnx/model.onnx'];

beforeEach(async () => {
  notes = [];
  hub = await startHub({
    models: {
      'org/name': {
        files: {
          'README.md': '# Card\n',
          'onnx/model.onnx': { content: WEIGHTS, storage: 'xet' },
          'other.bin': 'o',
        },
        revisions: { 'refs/pr/1': { 'README.md': '# Card\n' } },
      },
    },
  });
  access = {
    endpoint: hub.endpoint,
    cacheFolder: mkdtempSync(join(tmpdir(), 'hub-')),
    onNote: (note) => notes.push(note),
    timeoutMs: 20_000,
  };
});
afterEach(async () => {
  await hub.close();
  rmSync(access.cacheFolder, { recursive: true });
});

async function download(
  target = 'org/name',
  paths: readonly string[] = PATHS,
  onProgress?: (progress: DownloadProgress) => void,
): Promise<Repo> {
  const repo = await openRepo(target, { hub: access });
  if (repo.download === undefined) throw new Error('It cannot be downloaded.');
  return repo.download(paths, onProgress === undefined ? {} : { onProgress });
}
const model = () => join(access.cacheFolder, 'models--org--name');
const blob = () => join(model(), 'blobs', SHA256);
const commit = () => hub.repo('models/org/name').revisions.get('main')?.oid ?? '';
const fromCdn = () => hub.requests.filter(({ host }) => host === 'cdn');

/** Leaves the beginning of a download behind. */
function leave(bytes: Uint8Array): void {
  mkdirSync(dirname(blob()), { recursive: true });
  writeFileSync(`${blob()}.incomplete`, bytes);
}

describe('a download', () => {
  it('fills the cache as the other clients of the Hub do', async () => {
    const repo = await download();
    const readme = createHash('sha1').update('blob 7\0# Card\n').digest('hex');
    expect(readdirSync(join(model(), 'blobs')).sort()).toEqual([readme, SHA256].sort());
    expect(readFileSync(join(model(), 'refs', 'main'), 'utf8')).toBe(commit());
    const snapshot = join(model(), 'snapshots', commit());
    expect(repo.root).toBe(snapshot);
    expect(readlinkSync(join(snapshot, 'README.md'))).toBe(join('..', '..', 'blobs', readme));
    expect(readlinkSync(join(snapshot, 'onnx', 'model.onnx'))).toBe(join('..', '..', '..', 'blobs', SHA256));
    expect(await repo.list()).toEqual([
      { path: 'README.md', size: 7 },
      { path: 'onnx/model.onnx', size: WEIGHTS.length },
    ]);
    expect(repo.target).toEqual({ kind: 'hub', id: 'org/name', revision: 'main' });
    expect(Buffer.from((await repo.read('onnx/model.onnx')) ?? []).equals(WEIGHTS)).toBe(true);
    expect(await allowedRoots(snapshot)).toHaveLength(2);
    // The Hub's own client finds its way in it (it looks at the root of a snapshot alone).
    const { repos, warnings } = await scanCacheDir(access.cacheFolder);
    expect(warnings).toEqual([]);
    const [first] = repos[0]?.revisions[0]?.files ?? [];
    expect(repos).toMatchObject([
      { id: { name: 'org/name', type: 'model' }, revisions: [{ commitOid: commit(), refs: ['main'] }] },
    ]);
    expect(first?.blob.size).toBe(7);
  });

  it('says first how much it will be, and then how far it is', async () => {
    const seen: DownloadProgress[] = [];
    await download('org/name', PATHS, (progress) => {
      if (seen.length === 0) expect(notes).toHaveLength(1);
      seen.push(progress);
    });
    expect(notes[0]).toMatch(/^Downloading 300 kB of org\/name \(2 files\) into .*models--org--name\.$/);
    expect(notes[1]).toMatch(/^Downloaded 300 kB in/);
    expect(seen.at(-1)).toEqual({ path: 'onnx/model.onnx', done: 300_007, total: 300_007 });
    const done = seen.map((progress) => progress.done);
    expect(done).toEqual([...done].sort((a, b) => a - b));
  });

  it('is not repeated, nor for another revision with the same files', async () => {
    await download();
    const before = fromCdn().length;
    await download();
    const other = await download('org/name@refs/pr/1', ['README.md']);
    expect(fromCdn()).toHaveLength(before);
    expect(notes.filter((note) => note.startsWith('Downloading'))).toHaveLength(1);
    expect(Buffer.from((await other.read('README.md')) ?? []).toString()).toBe('# Card\n');
    expect(readdirSync(join(model(), 'refs', 'refs', 'pr'))).toEqual(['1']);
  });

  it('serves later reads, without another request for the file', async () => {
    await download();
    const before = hub.requests.filter(({ path }) => path.includes('/resolve')).length;
    const repo = await openRepo('org/name', { hub: access });
    expect(repo.root).toBeNull();
    expect(await repo.readRange('onnx/model.onnx', 250, 2)).toEqual(new Uint8Array([250, 0]));
    expect(hub.requests.filter(({ path }) => path.includes('/resolve'))).toHaveLength(before);
  });

  it('goes on where the last one ended', async () => {
    leave(WEIGHTS.subarray(0, 100_000));
    await download();
    expect(fromCdn().map(({ headers }) => headers.range)).toEqual(['bytes=100000-']);
    expect(readFileSync(blob()).equals(WEIGHTS)).toBe(true);
    expect(notes[0]).toContain('100 kB were there already');
  });

  it.each(['cut', 'stall'] as const)('goes on after a connection that is %s', async (answer) => {
    access = { ...access, timeoutMs: 1000 };
    hub.fault({ path: '/repos/', host: 'cdn', answer });
    await download();
    const ranges = fromCdn().map(({ headers }) => headers.range);
    expect(ranges[0]).toBe('bytes=0-');
    expect(ranges[1]).toMatch(/^bytes=[1-9]\d+-$/);
    expect(readFileSync(blob()).equals(WEIGHTS)).toBe(true);
  });

  it.each([
    ['other bytes', Buffer.alloc(1000, 'x')],
    ['more than the file', Buffer.alloc(400_000)],
    ['all of it, but wrong', Buffer.alloc(300_000)],
    ['all of it', WEIGHTS],
  ])('begins anew where it must: %s lay there', async (_, bytes) => {
    leave(bytes);
    await download();
    expect(readFileSync(blob()).equals(WEIGHTS)).toBe(true);
    expect(readdirSync(dirname(blob())).some((name) => name.endsWith('.incomplete'))).toBe(false);
  });

  it('takes everything from a server that knows no ranges', async () => {
    leave(WEIGHTS.subarray(0, 100_000));
    hub.fault({ path: '/repos/', host: 'cdn', answer: { status: 200, body: WEIGHTS } });
    await download();
    expect(readFileSync(blob()).equals(WEIGHTS)).toBe(true);
  });

  it('may happen many times at the same time', async () => {
    await Promise.all(Array.from({ length: 12 }, () => download()));
    expect(readFileSync(blob()).equals(WEIGHTS)).toBe(true);
    expect(readdirSync(dirname(blob())).filter((name) => name.includes('.'))).toEqual([]);
  });

  it('is not cut short by another one whose server sends something else', async () => {
    const liar: typeof fetch = (input, init) =>
      String(input).startsWith(hub.cdn)
        ? Promise.resolve(new Response(new Uint8Array(WEIGHTS.length)))
        : fetch(input, init);
    let other: Promise<unknown> | undefined;
    // The first one waits so long, while the other one comes and goes.
    access = { ...access, timeoutMs: 2000 };
    hub.fault({ path: '/repos/', host: 'cdn', answer: 'stall' });
    await download('org/name', PATHS, ({ done }) => {
      if (done < 100_000) return;
      other ??= openRepo('org/name', { hub: { ...access, fetch: liar } })
        .then((repo) => repo.download?.(PATHS))
        .catch((error: { code: string }) => error.code);
    });
    expect(await other).toBe('hub-answer');
    expect(readFileSync(blob()).equals(WEIGHTS)).toBe(true);
  });

  it('goes on with what a process that is gone left behind', async () => {
    leave(WEIGHTS.subarray(0, 100_000));
    // No process has such a number.
    writeFileSync(`${blob()}.incomplete.lock`, String(2 ** 31 - 1));
    await download();
    expect(fromCdn().map(({ headers }) => headers.range)).toEqual(['bytes=100000-']);
  });

  it('leaves alone what a process that is there writes', async () => {
    leave(WEIGHTS.subarray(0, 100_000));
    writeFileSync(`${blob()}.incomplete.lock`, String(process.ppid));
    await download();
    expect(fromCdn().map(({ headers }) => headers.range)).toEqual(['bytes=0-']);
    expect(lstatSync(`${blob()}.incomplete`).size).toBe(100_000);
    expect(readFileSync(blob()).equals(WEIGHTS)).toBe(true);
  });

  it('stops when it is told to, and can be gone on with', async () => {
    const repo = await openRepo('org/name', { hub: access });
    const interrupt = new AbortController();
    hub.fault({ path: '/repos/', host: 'cdn', answer: 'stall' });
    const downloading = repo.download?.(PATHS, {
      signal: interrupt.signal,
      onProgress: ({ done }) => {
        if (done > 100_000) interrupt.abort(new Error('enough'));
      },
    });
    await expect(downloading).rejects.toThrow('enough');
    expect(lstatSync(`${blob()}.incomplete`).size).toBeGreaterThan(0);
    await download();
    expect(readFileSync(blob()).equals(WEIGHTS)).toBe(true);
  });
});

describe('a download that goes wrong', () => {
  const wrong = (status: number, body: Buffer, headers: Record<string, string> = {}) =>
    hub.fault({ path: '/repos/', host: 'cdn', answer: { status, body, headers }, times: 10 });
  function* endless() {
    for (;;) yield new Uint8Array(65536);
  }

  it.each<[string, () => void, string]>([
    ['other content', () => wrong(200, Buffer.alloc(300_000)), 'hub-answer'],
    ['less than the listing says', () => wrong(200, WEIGHTS.subarray(0, 10)), 'hub-answer'],
    ['more than the listing says', () => wrong(200, Buffer.alloc(300_001)), 'hub-answer'],
    ['another range', () => wrong(206, WEIGHTS, { 'content-range': 'bytes 5-300004/300000' }), 'hub-answer'],
    ['another size', () => wrong(206, WEIGHTS, { 'content-range': 'bytes 0-299999/7' }), 'hub-answer'],
    ['a range that is none', () => wrong(206, WEIGHTS), 'hub-answer'],
    ['no access to the store', () => wrong(403, Buffer.alloc(0)), 'hub-unreachable'],
    [
      'a body without end',
      () => hub.fault({ path: '/repos/', host: 'cdn', answer: { status: 200, body: endless() } }),
      'hub-answer',
    ],
  ])('%s is no file', async (_, fault, code) => {
    fault();
    await expect(download()).rejects.toMatchObject({ code });
    expect(readdirSync(join(model(), 'blobs'))).not.toContain(SHA256);
  });

  it('says where the cache cannot be written', async () => {
    writeFileSync(model(), '');
    await expect(download()).rejects.toMatchObject({
      code: 'hub-cache',
      message: expect.stringContaining('cannot be written'),
      hint: expect.stringContaining('HF_HUB_CACHE'),
    });
  });
});

describe('without the Hub', () => {
  it('what was downloaded is checked when there is no network, and when none may be used', async () => {
    await download();
    const before = hub.requests.length;
    for (const options of [{ offline: true, hub: access }, { hub: { ...access, offline: true } }]) {
      const repo = await openRepo('org/name', options);
      expect(Buffer.from((await repo.read('README.md')) ?? []).toString()).toBe('# Card\n');
      expect(notes.at(-1)).toMatch(/^Offline: 2 files of org\/name at commit [0-9a-f]{7} from the cache/);
    }
    expect(hub.requests).toHaveLength(before);
    await hub.close();
    const repo = await openRepo('org/name', { hub: access });
    expect(repo.root).toContain('snapshots');
    expect(notes.at(-1)).toMatch(/could not be reached.*What the cache holds is checked instead/);
  });

  it('says so when the cache holds nothing of it', async () => {
    const opening = openRepo('org/name@v9', { offline: true, hub: access });
    await expect(opening).rejects.toMatchObject({
      code: 'target-offline',
      hint: expect.stringContaining('hf download org/name'),
    });
    expect(hub.requests).toEqual([]);
  });
});
