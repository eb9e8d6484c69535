import dns from 'node:dns';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { isMapping } from '../../src/mapping.js';
import { createServer } from '../../src/serve/model-server.js';
import type { ServedModels } from '../../src/serve/server-options.js';
import { FIXTURES, read, serve } from './served.js';

/** A folder may be called like this, except on Windows. */
const STRANGE = 'nl\n\u001b[31m\\name';
const ID = 'text-classification';

let folder: string;
let server: ServedModels;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wire-'));
  await cp(`${FIXTURES}${ID}`, join(folder, STRANGE), { recursive: true });
  server = await createServer({ targets: [join(folder, STRANGE), `${FIXTURES}${ID}`] });
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

/** Sends the lines of a request as they are; gives status and body of the answer. */
function raw(...lines: readonly string[]): Promise<{ readonly status: number; readonly json: unknown }> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1', () =>
      socket.write([...lines, 'connection: close', '', ''].join('\r\n')),
    );
    socket.on('data', (chunk) => {
      answer += chunk.toString();
    });
    socket.on('error', reject);
    socket.on('end', () => {
      const [head = '', body = ''] = answer.split('\r\n\r\n');
      expect(head.toLowerCase()).toContain('\r\naccess-control-allow-origin: *');
      resolve({ status: Number(head.slice(9, 12)), json: body === '' ? null : JSON.parse(body) });
    });
  });
}

describe('a request line', () => {
  it.each([
    ['GET', `http://127.0.0.1:80/models/${ID}`],
    ['GET', `HTTPS://elsewhere/status/${ID}`],
    ['HEAD', `http://[::1]:80/models/${ID}?x=1`],
    ['GET', 'http://127.0.0.1?x'],
    ['OPTIONS', '*'],
  ])('may name the whole address, as proxies send it: %s %s', async (method, target) => {
    const { status } = await raw(`${method} ${target} HTTP/1.1`, 'host: 127.0.0.1');
    expect(status).toBe(method === 'OPTIONS' ? 204 : 200);
  });

  it('that names the whole address gets errors in the shape of that address', async () => {
    const { status, json } = await raw('GET http://127.0.0.1/v1/models/none HTTP/1.1', 'host: 127.0.0.1');
    expect([status, json]).toEqual([
      404,
      { error: expect.objectContaining({ message: 'There is no model none here.' }) },
    ]);
  });

  it('that names no address gets none', async () => {
    expect((await raw('GET * HTTP/1.1', 'host: 127.0.0.1')).status).toBe(404);
  });
});

describe('what the web framework would refuse without a word', () => {
  it('is told: a request without a host', async () => {
    const answer = await raw('GET /api/models HTTP/1.1');
    expect(answer).toEqual({
      status: 400,
      json: { error: 'The request names no host. Send the header Host.' },
    });
  });

  it('is told: an expectation that nobody knows', async () => {
    const answer = await raw(
      `POST /models/${ID} HTTP/1.1`,
      'host: 127.0.0.1',
      'expect: miracles',
      'content-length: 0',
    );
    expect(answer).toEqual({
      status: 417,
      json: { error: 'Nothing can be expected but 100-continue. Leave the header Expect out.' },
    });
  });
});

describe('a model whose folder has a strange name', () => {
  it('is found at its address', async () => {
    const { status, json } = await read(await fetch(`${server.url}/models/${encodeURIComponent(STRANGE)}`));
    expect([status, json]).toEqual([200, expect.objectContaining({ id: STRANGE })]);
    const card = await fetch(`${server.url}/${encodeURIComponent(STRANGE)}/resolve/main/README.md`);
    expect([card.status, await card.text()]).toEqual([200, expect.stringContaining('license: mit')]);
  });
});

it('localhost is one address, of which all that is promised of a server holds', async () => {
  const both = [
    { address: '127.0.0.1', family: 4 },
    { address: '::1', family: 6 },
  ];
  // The web framework asks for all addresses, and opens a server at each, which knows no limits and does not end with the first.
  const lookup = vi.spyOn(dns, 'lookup').mockImplementation(((...given: unknown[]) => {
    const found = given.at(-1) as (error: null, address: unknown, family?: number) => void;
    if (isMapping(given[1]) && given[1].all) found(null, both);
    else if (given[0] === '::1') found(null, '::1', 6);
    else found(null, '127.0.0.1', 4);
  }) as typeof dns.lookup);
  const server = await serve([], { host: 'localhost' }).finally(() => lookup.mockRestore());
  try {
    const { port } = new URL(server.url);
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200);
    await expect(fetch(`http://[::1]:${port}/`)).rejects.toThrow();
  } finally {
    await server.close();
  }
});
