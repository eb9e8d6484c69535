import { createServer, type IncomingMessage, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseHubId } from '../../src/repo/hub.js';
import { openRepo } from '../../src/repo/open.js';

/** A server in the shape of the Hub's API: tree listing and `resolve` with ranges, as @huggingface/hub asks for them. */
const FILES: Record<string, string> = {
  'README.md': '---\nlicense: mit\n---\n# Card\n',
  'onnx/model.onnx': '0123456789',
};

let server: Server;
let endpoint: string;
let requests: { url: string; authorization: string | undefined }[];
let answer: { status: number } | null;

beforeEach(async () => {
  requests = [];
  answer = null;
  server = createServer((request, response) => {
    const url = request.url ?? '';
    requests.push({ url, authorization: request.headers.authorization });
    if (answer !== null) {
      response.writeHead(answer.status, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: 'no' }));
      return;
    }
    const tree = /^\/api\/models\/org\/name\/tree\/([^/?]+)/.exec(url);
    if (tree) {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify([
          { type: 'directory', path: 'onnx', size: 0, oid: 'd' },
          ...Object.entries(FILES).map(([path, text]) => ({
            type: 'file',
            path,
            size: text.length,
            oid: 'f',
          })),
        ]),
      );
      return;
    }
    const path = /^\/org\/name\/resolve\/[^/]+\/([^?]+)/.exec(url)?.[1];
    const text = path === undefined ? undefined : FILES[decodeURIComponent(path)];
    if (text === undefined) {
      response.writeHead(404, { 'x-error-code': 'EntryNotFound' });
      response.end();
      return;
    }
    sendRange(request, text, (status, headers, body) => {
      response.writeHead(status, headers);
      response.end(body);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  endpoint = `http://127.0.0.1:${address.port}`;
});
afterEach(() => new Promise((done) => server.close(done)));

function sendRange(
  request: IncomingMessage,
  text: string,
  send: (status: number, headers: Record<string, string>, body: string) => void,
): void {
  const range = /^bytes=(\d+)-(\d+)?$/.exec(request.headers.range ?? '');
  if (!range) {
    send(200, { etag: '"e"' }, text);
    return;
  }
  const start = Number(range[1]);
  const end = Math.min(range[2] === undefined ? text.length - 1 : Number(range[2]), text.length - 1);
  send(
    206,
    { etag: '"e"', 'content-range': `bytes ${start}-${end}/${text.length}` },
    text.slice(start, end + 1),
  );
}

describe('a model on the Hub', () => {
  it('is listed and read by request, with the token sent to the endpoint alone', async () => {
    const repo = await openRepo('org/name@v1', { hub: { endpoint, token: 'hf_secret' } });
    expect(repo.target).toEqual({ kind: 'hub', id: 'org/name', revision: 'v1' });
    expect(repo.root).toBeNull();
    expect(await repo.list()).toEqual([
      { path: 'README.md', size: 28 },
      { path: 'onnx/model.onnx', size: 10 },
    ]);
    expect(new TextDecoder().decode((await repo.read('README.md')) ?? undefined)).toBe(FILES['README.md']);
    expect(new TextDecoder().decode((await repo.readRange('onnx/model.onnx', 3, 4)) ?? undefined)).toBe(
      '3456',
    );
    expect(await repo.read('absent.json')).toBeNull();
    expect(requests.every((request) => request.authorization === 'Bearer hf_secret')).toBe(true);
    expect(requests[0]?.url).toContain('/tree/v1');
  });

  it.each([
    [401, 'hub-not-found'],
    [403, 'hub-forbidden'],
    [404, 'hub-not-found'],
    [429, 'hub-rate-limited'],
    [500, 'hub-unreachable'],
  ])('turns status %i into a clear error', async (status, code) => {
    answer = { status };
    const repo = await openRepo('org/name', { hub: { endpoint, token: 'hf_secret' } });
    const error = await repo.list().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code, exitCode: 3 });
    expect(JSON.stringify([(error as Error).message, (error as { hint: string }).hint])).not.toContain(
      'hf_secret',
    );
  });

  it('says so when nothing answers', async () => {
    const fetch = () => Promise.reject(new TypeError('fetch failed'));
    const repo = await openRepo('org/name', { hub: { endpoint, fetch } });
    await expect(repo.list()).rejects.toMatchObject({ code: 'hub-unreachable' });
  });
});

describe('parseHubId', () => {
  it.each([
    ['org/name', { id: 'org/name', revision: 'main' }],
    ['org/name@refs/pr/1', { id: 'org/name', revision: 'refs/pr/1' }],
    ['name', null],
    ['/etc/passwd', null],
    ['./a', null],
    ['a/b/c', null],
    ['org/na me', null],
    ['-x/name', null],
  ])('%j', (text, expected) => {
    expect(parseHubId(text)).toEqual(expected);
  });
});
