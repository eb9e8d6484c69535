import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ServerEvent } from '../../src/serve/events.js';
import type { ServedModels } from '../../src/serve/server-options.js';
import { post, serve } from './served.js';
import { holdStarts } from './workers.js';

const SLOW = 'text-generation';
const BUSY = 'text-classification';
const MB = 1024 ** 2;

const events: ServerEvent[] = [];
let server: ServedModels;
beforeAll(async () => {
  server = await serve([SLOW, BUSY], { bodiesBytes: MB, onEvent: (event) => events.push(event) });
  expect((await post(`${server.url}/models/${BUSY}`, 'good')).status).toBe(200);
});
afterAll(() => server.close());

const ended = () => events.filter((event) => event.event === 'request' && event.status === 499).length;

/** A request as it stands on the wire. */
const wire = (id: string, body: string) =>
  [
    `POST /models/${id} HTTP/1.1`,
    'host: localhost',
    'x-wait-for-model: true',
    `content-length: ${body.length}`,
    '',
    body,
  ].join('\r\n');

it('requests behind another one on a connection that closes leave nothing behind', async () => {
  // The first one waits until its model is loaded; what is answered to the others has to wait for it.
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  const starts = holdStarts();
  socket.write(wire(SLOW, 'Once'));
  await expect.poll(starts.count).toBe(1);
  for (let times = 0; times < 20; times++) socket.write(wire(BUSY, 'a'));
  socket.write(wire(BUSY, 'b'.repeat(0.7 * MB)));
  await expect
    .poll(async () => (await post(`${server.url}/models/${BUSY}`, 'c'.repeat(0.7 * MB))).status)
    .toBe(429);
  socket.destroy();
  await expect.poll(ended).toBe(22);
  starts.goOn();
  expect((await post(`${server.url}/models/${BUSY}`, 'd'.repeat(0.7 * MB))).status).not.toBe(429);
});
