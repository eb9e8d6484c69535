import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { cp, mkdtemp, rm, truncate } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ServedModels } from '../../src/serve/server-options.js';
import { FIXTURES, serve } from './served.js';

let folder: string;
let server: ServedModels;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unread-'));
  await cp(`${FIXTURES}image-classification`, join(folder, 'model'), { recursive: true });
  // More than the system takes for a client that does not read; the rest of the picture is a hole.
  const long = join(folder, 'model', 'long.png');
  await cp(`${FIXTURES}image-classification/samples/red.png`, long);
  await truncate(long, 50 * 1024 ** 2);
  server = await serve([], { targets: [join(folder, 'model')] });
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

/** A head whose body is not read, and the connection at the server. */
async function unread(): Promise<{ readonly answer: IncomingMessage; readonly socket: Socket }> {
  const sockets: Socket[] = [];
  const began = (message: unknown) => sockets.push((message as { readonly socket: Socket }).socket);
  subscribe('http.server.request.start', began);
  try {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      get(`${server.url}/model/resolve/main/long.png`, (response) => resolve(response.pause())).on(
        'error',
        reject,
      );
    });
    const [socket] = sockets;
    if (socket === undefined) throw new Error('Nothing was asked.');
    return { answer, socket };
  } finally {
    unsubscribe('http.server.request.start', began);
  }
}

it('an answer that nobody reads is given up after two minutes', async () => {
  const { answer, socket } = await unread();
  expect(socket.timeout).toBe(120_000);
  const closed = new Promise((resolve) => answer.once('error', resolve).once('close', resolve));
  // As the system tells when the time is over.
  socket.emit('timeout');
  await expect.poll(() => socket.destroyed).toBe(true);
  answer.resume();
  await closed;
  expect(answer.complete).toBe(false);
});
