import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { serve } from './served.js';

/** Whether a new client finds the server. */
const listens = (url: string) =>
  fetch(url).then(
    async (response) => {
      await response.arrayBuffer();
      return true;
    },
    () => false,
  );

it.each([
  ['/models/text-classification', { error: 'The server stops.' }],
  [
    '/v1/completions',
    { error: expect.objectContaining({ message: 'The server stops.', type: 'server_error' }) },
  ],
])('what comes to %s while the server ends is refused, as clients and pages read it', async (path, json) => {
  const server = await serve(['text-classification']);
  let answer = '';
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  const ended = new Promise((resolve) => socket.on('close', resolve));
  socket.on('data', (chunk) => {
    answer += chunk.toString();
  });
  // The server waits for the rest of its headers.
  socket.write(`POST ${path} HTTP/1.1\r\nhost: localhost\r\n`);
  await listens(server.url);
  const closed = server.close();
  await expect.poll(() => listens(server.url)).toBe(false);
  socket.write('content-length: 2\r\n\r\n{}');
  await ended;
  await closed;
  expect(answer).toMatch(/^HTTP\/1\.1 503 /);
  expect(answer.toLowerCase()).toContain('\r\naccess-control-allow-origin: *\r\n');
  expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toEqual(json);
});
