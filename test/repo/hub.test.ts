import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HubAccess } from '../../src/repo/hub.js';
import { openRepo } from '../../src/repo/open.js';
import { type Fault, type HubServer, startHub } from '../hub-server/hub-server.js';

let hub: HubServer;
let access: HubAccess;
let notes: string[];

const LARGE = Buffer.alloc(3_000_000, 'weights ');

beforeEach(async () => {
  notes = [];
  hub = await startHub({
    pageSize: 2,
    models: {
      'org/name': {
        files: {
          'README.md': '---\nlicense: mit\n---\n# Card\n',
          'config.json': '{}',
          'a #1/100%.txt': 'odd name',
          'onnx/model.onnx': { content: LARGE, storage: 'xet' },
          'model.gguf': { content: '0123456789', storage: 'lfs' },
          empty: '',
        },
        revisions: { v1: { 'README.md': 'first' }, 'refs/pr/1': { 'README.md': 'proposed' } },
      },
      'org/old': { renamedTo: 'org/name' },
      'org/gated': { files: { 'README.md': 'x' }, gated: 'manual', readers: ['hf_reader'] },
      'org/private': { files: { 'README.md': 'secret' }, private: true, readers: ['hf_reader'] },
      'org/disabled': { disabled: true },
    },
    tokens: { hf_stranger: { name: 'someone' } },
  });
  access = {
    endpoint: hub.endpoint,
    cacheFolder: mkdtempSync(join(tmpdir(), 'hub-')),
    onNote: (note) => notes.push(note),
  };
});
afterEach(async () => {
  await hub.close();
  rmSync(access.cacheFolder ?? '', { recursive: true });
});

const text = (bytes: Uint8Array | null) => (bytes === null ? null : new TextDecoder().decode(bytes));
const thrown = (promise: Promise<unknown>): Promise<Error & { code?: string; hint?: string }> =>
  promise.then(
    () => new Error('nothing was thrown'),
    (error: Error) => error,
  );

describe('a model on the Hub', () => {
  it('is listed over several pages, and read by request at the commit of its revision', async () => {
    const repo = await openRepo('org/name', { hub: access });
    expect(repo.target).toEqual({ kind: 'hub', id: 'org/name', revision: 'main' });
    expect(repo.root).toBeNull();
    expect(await repo.list()).toEqual([
      { path: 'README.md', size: 28 },
      { path: 'a #1/100%.txt', size: 8 },
      { path: 'config.json', size: 2 },
      { path: 'empty', size: 0 },
      { path: 'model.gguf', size: 10 },
      { path: 'onnx/model.onnx', size: LARGE.length },
    ]);
    expect(text(await repo.read('README.md'))).toContain('# Card');
    expect(text(await repo.read('a #1/100%.txt'))).toBe('odd name');
    expect(text(await repo.read('empty'))).toBe('');
    expect(text(await repo.readRange('model.gguf', 3, 4))).toBe('3456');
    expect(await repo.read('absent.json')).toBeNull();
    const { oid } = hub.repo('models/org/name').revisions.get('main') ?? {};
    expect(
      hub.requests
        .filter(({ path }) => path.includes('/resolve/'))
        .every(({ path }) => path.includes(`${oid}`)),
    ).toBe(true);
  });

  it('is read in parts where a file is large', async () => {
    const repo = await openRepo('org/name', { hub: access });
    const part = await repo.readRange('onnx/model.onnx', 1_000_000, 16);
    expect(text(part)).toBe(LARGE.subarray(1_000_000, 1_000_016).toString());
    const sent = hub.requests.filter(({ host }) => host === 'cdn');
    expect(sent.map(({ headers }) => headers.range)).toEqual(['bytes=1000000-1000015']);
    expect(await repo.readRange('onnx/model.onnx', LARGE.length - 2, 100)).toHaveLength(2);
  });

  it('is asked where it was found for the next part, and the Hub again when that is over', async () => {
    const repo = await openRepo('org/name', { hub: access });
    const count = (host: string) =>
      hub.requests.filter((request) => request.host === host && /\/(?:resolve|repos)\//.test(request.path))
        .length;
    await repo.readRange('onnx/model.onnx', 0, 8);
    await repo.readRange('onnx/model.onnx', 8, 8);
    expect([count('hub'), count('cdn')]).toEqual([1, 2]);
    hub.fault({ path: '/repos/', host: 'cdn', answer: { status: 403 } });
    expect(text(await repo.readRange('onnx/model.onnx', 16, 7))).toBe('weights');
    expect([count('hub'), count('cdn')]).toEqual([2, 4]);
  });

  it('is read once where a file is small, whatever parts are asked for', async () => {
    const repo = await openRepo('org/name', { hub: access });
    await repo.read('README.md');
    const before = hub.requests.length;
    expect(text(await repo.readRange('README.md', 4, 7))).toBe('license');
    expect(hub.requests).toHaveLength(before);
  });

  it.each([
    ['org/name@v1', 'first'],
    ['org/name@refs/pr/1', 'proposed'],
    ['HUB/org/name', '---\nlicense: mit\n---\n# Card\n'],
    ['HUB/org/name/tree/refs%2Fpr%2F1', 'proposed'],
    ['HUB/org/name/blob/v1/README.md', 'first'],
  ])('is found as %s', async (target, card) => {
    const repo = await openRepo(target.replace('HUB', hub.endpoint), { hub: access });
    expect(text(await repo.read('README.md'))).toBe(card);
  });

  it('is found under its new name, and says so', async () => {
    const repo = await openRepo('org/old', { hub: access });
    expect(repo.target).toMatchObject({ id: 'org/name' });
    expect(text(await repo.read('config.json'))).toBe('{}');
    expect(notes).toEqual(['org/old is called org/name on the Hub today.']);
  });
});

describe('the token', () => {
  it('goes to the Hub, and never to the host that large files are redirected to', async () => {
    const repo = await openRepo('org/name', { hub: { ...access, token: 'hf_stranger' } });
    await repo.read('README.md');
    await repo.read('model.gguf');
    const sent = (host: string) =>
      hub.requests.filter((request) => request.host === host).map(({ headers }) => headers.authorization);
    expect(new Set(sent('hub'))).toEqual(new Set(['Bearer hf_stranger']));
    expect(sent('cdn')).toEqual([undefined]);
  });

  it('goes to no host that a page of the listing names', async () => {
    hub.fault({
      path: '/tree/',
      answer: { status: 200, headers: { link: `<${hub.cdn}/next>; rel="next"` }, body: '[]' },
    });
    const repo = await openRepo('org/name', { hub: { ...access, token: 'hf_stranger' } });
    expect(await thrown(repo.list())).toMatchObject({ code: 'hub-answer' });
    expect(hub.requests.filter(({ host }) => host === 'cdn')).toEqual([]);
  });

  it('opens what is private or gated', async () => {
    for (const id of ['org/private', 'org/gated']) {
      const repo = await openRepo(id, { hub: { ...access, token: 'hf_reader' } });
      expect(await repo.read('README.md')).not.toBeNull();
    }
  });
});

const TRY_LATER = { status: 429, headers: { 'retry-after': '3600' } };

describe('what goes wrong is an error that says what to do', () => {
  it.each<[string, string, string | undefined, Fault['answer'] | undefined, RegExp]>([
    ['org/none', 'hub-not-found', undefined, undefined, /no public model org\/none .*spelling.*HF_TOKEN/s],
    ['org/private', 'hub-not-found', 'hf_stranger', undefined, /that the token may see.*owner/s],
    ['org/gated', 'hub-gated', undefined, undefined, /Accept the terms.*hf auth login/s],
    ['org/gated', 'hub-gated', 'hf_stranger', undefined, /Accept the terms.*account of the token/s],
    ['org/name@none', 'hub-revision-not-found', undefined, undefined, /no revision none/],
    ['org/disabled', 'hub-disabled', undefined, undefined, /disabled/],
    ['org/name', 'hub-token', 'hf_expired', undefined, /not accept the token from HF_TOKEN.*expired/s],
    ['org/name', 'hub-rate-limited', undefined, TRY_LATER, /wait 3600 seconds.*HF_TOKEN/s],
    ['org/name', 'hub-unreachable', undefined, { status: 503 }, /status 503/],
    ['org/name', 'hub-unreachable', undefined, 'hang', /did not answer for 0.2 seconds/],
    ['org/name', 'hub-unreachable', undefined, 'stall', /did not answer for 0.2 seconds/],
    ['org/name', 'hub-unreachable', undefined, 'close', /closed the connection/],
    ['org/name', 'hub-answer', undefined, { status: 200, body: '<html>Log in</html>' }, /login page/],
    ['org/name', 'hub-answer', undefined, { status: 200, body: '{"sha":"../../etc"}' }, /not what the Hub/],
    [
      'org/name',
      'hub-answer',
      undefined,
      { status: 302, headers: { location: 'file:///etc/passwd' } },
      /redirects/,
    ],
    ['org/name', 'hub-answer', undefined, { status: 302, headers: { location: '' } }, /redirects/],
  ])('%s: %s (%s)', async (target, code, token, answer, words) => {
    if (answer !== undefined) hub.fault({ path: '/', answer, times: 10 });
    const error = await thrown(
      openRepo(target, {
        hub: {
          ...access,
          // Short only for what never comes.
          ...(answer === 'hang' || answer === 'stall' ? { timeoutMs: 200 } : {}),
          ...(token === undefined ? {} : { token, tokenSource: 'HF_TOKEN' }),
        },
      }).then((repo) => repo.list()),
    );
    expect(error).toMatchObject({ code, exitCode: 3 });
    expect(`${error.message}\n${error.hint}`).toMatch(words);
    if (token !== undefined) expect(`${error.stack}${error.message}${error.hint}`).not.toContain(token);
  });

  it('a hiccup is tried again, and a wait the Hub asks for is waited for', async () => {
    hub.fault({ path: '/revision/', answer: { status: 502 } });
    hub.fault({ path: '/tree/', answer: 'close' });
    hub.fault({ path: '/README.md', answer: { status: 429, headers: { 'retry-after': '1' } } });
    const repo = await openRepo('org/name', { hub: access });
    expect(text(await repo.read('README.md'))).toContain('# Card');
    expect(notes).toEqual(['The Hub answers that there were too many requests; waiting 1 s as it asks.']);
  });

  it.each(['0.4', '0', '-7', 'yesterday', 'Thu, 01 Jan 1970 00:00:00 GMT'])(
    'is not waited for without end: %s',
    async (wait) => {
      hub.fault({ path: '/', answer: { status: 429, headers: { 'retry-after': wait } }, times: 100 });
      const error = await thrown(openRepo('org/name', { hub: { ...access, patienceMs: 1000 } }));
      expect(error).toMatchObject({ code: 'hub-rate-limited' });
      expect(hub.requests.length).toBeLessThanOrEqual(3);
    },
  );

  it('no network', async () => {
    const fetch = () =>
      Promise.reject(Object.assign(new TypeError('fetch failed'), { cause: { code: 'ENOTFOUND' } }));
    const error = await thrown(openRepo('org/name', { hub: { ...access, fetch } }));
    expect(error).toMatchObject({ code: 'hub-unreachable' });
    expect(error.message).toMatch(
      /could not be reached for org\/name \(its name is not known: no network\?\)/,
    );
  });

  it('an interrupt', async () => {
    const interrupt = new AbortController();
    hub.fault({ path: '/', answer: 'hang' });
    const opening = openRepo('org/name', { hub: { ...access, signal: interrupt.signal } });
    setTimeout(() => interrupt.abort(new Error('enough')), 50);
    expect((await thrown(opening)).message).toBe('enough');
  });
});

describe('a hostile Hub', () => {
  const listing = (entries: unknown, headers: Record<string, string> = {}) =>
    hub.fault({
      path: '/tree/',
      answer: { status: 200, headers, body: JSON.stringify(entries) },
      times: 1000,
    });
  const opened = () => openRepo('org/name', { hub: access });
  const file = { type: 'file', size: 1, oid: '0'.repeat(40) };

  it.each([
    '../../etc/passwd',
    '/etc/passwd',
    'a/../../b',
    'a//b',
    '.git/config',
    'a/.GIT/x',
    'nul\0',
    'half \ud800.gguf',
    '',
    7,
    null,
  ])('names a file %j', async (path) => {
    listing([{ ...file, path }]);
    const error = await thrown((await opened()).list());
    expect(error).toMatchObject({ code: 'hub-answer' });
    expect(error.message).not.toMatch(/\0/);
  });

  it.each([-1, 1.5, 1e300, '5', null])('tells a size of %j', async (size) => {
    listing([{ ...file, path: 'a', size }]);
    expect(await thrown((await opened()).list())).toMatchObject({ code: 'hub-answer' });
  });

  it.each([{}, { entries: [] }, 'text', null, [null, 7, {}]])('lists %j', async (entries) => {
    listing(entries);
    const repo = await opened();
    const found = await repo.list().catch((error: { code: string }) => error.code);
    expect([[], 'hub-answer']).toContainEqual(found);
  });

  it('lists more entries than there can be', async () => {
    const many = Array.from({ length: 2000 }, (_, index) => ({ ...file, path: `f${index}` }));
    listing(many, { link: `<${hub.endpoint}/api/models/org/name/tree/main?cursor=1>; rel="next"` });
    expect(await thrown((await opened()).list())).toMatchObject({ code: 'too-many-files' });
  });

  it('lists page after page without a file', async () => {
    listing([], { link: `<${hub.endpoint}/api/models/org/name/tree/main?cursor=1>; rel="next"` });
    expect(await thrown((await opened()).list())).toMatchObject({ code: 'hub-answer' });
    expect(hub.requests.length).toBeLessThan(400);
  });

  it('never ends an answer', async () => {
    function* endless() {
      for (;;) yield new Uint8Array(65536).fill(32);
    }
    hub.fault({ path: '/tree/', answer: { status: 200, body: endless() } });
    expect(await thrown((await opened()).list())).toMatchObject({ code: 'hub-answer' });
    hub.fault({ path: '/README.md', answer: { status: 200, body: endless() } });
    const repo = await opened();
    expect(text(await repo.read('README.md'))).toBe(' '.repeat(28));
  });

  it('tells hashes that are paths', async () => {
    listing([{ ...file, path: 'README.md', size: 3, oid: '../../../../../../etc/hostname' }]);
    const repo = await opened();
    const error = await thrown(repo.download?.(['README.md']) ?? Promise.resolve());
    expect(error).toMatchObject({ code: 'hub-answer' });
  });

  it('calls a model what only looks like a name', async () => {
    hub.fault({
      path: '/revision/',
      answer: { status: 200, body: JSON.stringify({ id: 'org/name@x/y', sha: 'a'.repeat(40) }) },
    });
    expect((await opened()).target).toEqual({ kind: 'hub', id: 'org/name', revision: 'main' });
    expect(notes).toEqual([]);
  });

  it('calls a model by the token it was shown', async () => {
    const body = JSON.stringify({ id: 'org/hf_reader', sha: 'a'.repeat(40) });
    hub.fault({ path: '/revision/', answer: { status: 200, body } });
    const repo = await openRepo('org/name', { hub: { ...access, token: 'hf_reader' } });
    expect(repo.target).toMatchObject({ id: 'org/name' });
    expect(notes).toEqual([]);
  });

  it('sends less of a file than it lists', async () => {
    hub.fault({ path: '/README.md', answer: { status: 200, body: '---\n' } });
    const repo = await opened();
    expect(await thrown(repo.read('README.md'))).toMatchObject({ code: 'hub-answer' });
  });

  it('sends all of a huge file where the end was asked for', async () => {
    let sent = 0;
    function* endless() {
      for (;;) {
        sent += 65536;
        yield new Uint8Array(65536);
      }
    }
    listing([{ ...file, path: 'model.gguf', size: 2 ** 50 }]);
    hub.fault({ path: '/model.gguf', answer: { status: 200, body: endless() } });
    const repo = await opened();
    expect(await thrown(repo.readRange('model.gguf', 2 ** 45, 10))).toMatchObject({ code: 'hub-answer' });
    expect(sent).toBeLessThan(64 * 1024 * 1024);
  });

  it('sends an answer drop by drop', async () => {
    const drops: typeof fetch = async () =>
      new Response(
        new ReadableStream({
          async pull(controller) {
            await new Promise((done) => setTimeout(done, 10));
            controller.enqueue(new Uint8Array([32]));
          },
        }),
      );
    const opening = openRepo('org/name', { hub: { ...access, fetch: drops, timeoutMs: 200 } });
    const error = await thrown(opening);
    expect(error).toMatchObject({ code: 'hub-unreachable' });
    expect(error.message).toContain('did not end its answer within 2 seconds');
  });

  it('redirects in a circle', async () => {
    hub.fault({ path: '/', answer: { status: 302, headers: { location: '/again' } }, times: 100 });
    expect(await thrown(opened())).toMatchObject({ code: 'hub-answer' });
  });
});
