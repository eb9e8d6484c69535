import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServerEvent } from '../../src/serve/events.js';
import type { ServedModels } from '../../src/serve/server-options.js';
import { serve } from './served.js';

const TEXT = 'text-classification';
const MB = 1024 ** 2;

let server: ServedModels;
beforeAll(async () => {
  server = await serve([TEXT], { requestMs: 600, bodiesBytes: 3 * MB });
});
afterAll(() => server.close());

/** A connection that sends what it is told, and what came back when the server closed it. */
function wire(to = server) {
  let got = '';
  const socket = connect(Number(new URL(to.url).port), '127.0.0.1');
  socket.on('data', (chunk) => {
    got += chunk.toString('latin1');
  });
  const closed = new Promise<string>((resolve) => {
    socket.on('error', () => undefined).on('close', () => resolve(got));
  });
  return {
    send: (text: string | Buffer) => socket.write(text),
    closed,
    got: () => got,
    end: () => socket.destroy(),
  };
}

const head = (...headers: readonly string[]) =>
  [`POST /models/${TEXT} HTTP/1.1`, 'host: x', ...headers, '', ''].join('\r\n');

/** The whole answer to a body. */
function answerTo(to: ServedModels, body: Buffer): Promise<string> {
  const { send, closed } = wire(to);
  send(head(`content-length: ${body.length}`, 'connection: close'));
  send(body);
  return closed;
}

describe('a client that is slow', () => {
  it.each([
    ['headers', ['POST /x HTTP/1.1\r\nhost: x\r\n', 'x-a: b\r\n', 'x-b: c\r\n', 'x-c: d\r\n']],
    ['a body', [head('content-length: 100'), 'a', 'b', 'c', 'd']],
    ['a body in chunks', [head('transfer-encoding: chunked'), '1\r\na\r\n', '1\r\nb\r\n', '1\r\nc\r\n']],
  ])('with %s is turned away', async (_, parts) => {
    const began = performance.now();
    const { send, closed } = wire();
    // Each part comes before the last one is long ago: what counts is the whole.
    const sending = (async () => {
      for (const part of parts) {
        send(part);
        await pause(250);
      }
    })();
    const answer = await closed;
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(answer).toContain('access-control-allow-origin: *');
    expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toEqual({
      error: 'The request took too long to come.',
    });
    await sending;
  });

  it('is told of by what the connection was refused for', async () => {
    const events: ServerEvent[] = [];
    const told = await serve([TEXT], { requestMs: 200, onEvent: (event) => void events.push(event) });
    try {
      const { send, closed } = wire(told);
      send(head('content-length: 100'));
      expect(await closed).toMatch(/^HTTP\/1\.1 408 /);
      await expect.poll(() => events).toHaveLength(1);
      expect(events[0]).toMatchObject({ event: 'request', status: 408, error: 'slow-client' });
    } finally {
      await told.close();
    }
  });

  it.each([
    ['no HTTP', 'hello\r\n\r\n', 400],
    ['headers without end', `${head().slice(0, -2)}x-long: ${'a'.repeat(70_000)}\r\n\r\n`, 431],
    ['two lengths', head('content-length: 1', 'content-length: 2'), 400],
    ['a length and chunks', head('content-length: 1', 'transfer-encoding: chunked'), 400],
  ])('that sends %s is told so in JSON', async (_, text, status) => {
    const { send, closed } = wire();
    send(text);
    const answer = await closed;
    expect(answer.slice(0, 12)).toBe(`HTTP/1.1 ${status}`);
    expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toEqual({ error: expect.any(String) });
  });
});

describe('a body that is too large', () => {
  it('is refused by what is announced, before it is sent', async () => {
    const { send, closed } = wire();
    send(head(`content-length: ${65 * MB}`));
    expect(await closed).toMatch(/^HTTP\/1\.1 413 .*"The body is larger than 64 MB\."/s);
  });

  it('is refused to a client that waits to be told to send it', async () => {
    const { send, closed } = wire();
    send(head(`content-length: ${65 * MB}`, 'expect: 100-continue'));
    expect(await closed).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('is cut off where its length is not announced', async () => {
    const big = await serve([TEXT], { bodiesBytes: 200 * MB });
    try {
      let sent = 0;
      const endless = new ReadableStream<Uint8Array>({
        async pull(controller) {
          // The server is in the same process, and needs its turn to refuse.
          await pause(1);
          sent += MB;
          controller.enqueue(new Uint8Array(MB));
          if (sent > 300 * MB) controller.close();
        },
      });
      const request = { method: 'POST', body: endless, duplex: 'half' };
      const answer = await fetch(`${big.url}/models/${TEXT}`, request as RequestInit).then(
        (response) => response.status,
        () => 'cut off',
      );
      expect([413, 'cut off']).toContain(answer);
      expect(sent).toBeLessThan(100 * MB);
    } finally {
      await big.close();
    }
  });

  it('of all requests together is refused, and there is room again when one is gone', async () => {
    const patient = await serve([TEXT], { bodiesBytes: 3 * MB });
    try {
      // No text, so that none of it is given to a model.
      const more = () => answerTo(patient, Buffer.alloc(MB, 0xff));
      let refused = '';
      let waiting: readonly ReturnType<typeof wire>[] = [];
      // What was sent may still be on its way when the next request comes, and be refused itself: then once more.
      for (let tries = 0; tries < 20 && !refused.startsWith('HTTP/1.1 429 '); tries++) {
        for (const { end } of waiting) end();
        waiting = [wire(patient), wire(patient)];
        for (const { send } of waiting) {
          send(head(`content-length: ${2 * MB}`));
          send(Buffer.alloc(1.5 * MB, 'a'));
        }
        await pause(200);
        refused = await more();
      }
      expect(refused).toMatch(/^HTTP\/1\.1 429 /);
      expect(refused.toLowerCase()).toContain('retry-after: 1');
      for (const { end } of waiting) end();
      let taken = await more();
      for (let tries = 0; tries < 100 && !taken.startsWith('HTTP/1.1 400 '); tries++) taken = await more();
      expect(taken).toMatch(/^HTTP\/1\.1 400 .*"The body is no text in UTF-8\."/s);
    } finally {
      await patient.close();
    }
  });
});

describe('a body that is compressed', () => {
  it('is refused: what it would become is unknown', async () => {
    const { send, closed } = wire();
    send(head('content-encoding: gzip', 'content-length: 10', 'connection: close'));
    expect(await closed).toMatch(/^HTTP\/1\.1 415 .*"The body is compressed\. Send it as it is\."/s);
  });
});

describe('Expect: 100-continue', () => {
  it('is answered when the body will be read', async () => {
    // The body may take its time.
    const patient = await serve([TEXT]);
    try {
      const { send, got, end } = wire(patient);
      send(head('content-length: 1', 'expect: 100-continue'));
      await expect.poll(got).toBe('HTTP/1.1 100 Continue\r\n\r\n');
      send(Buffer.from([0xff]));
      await expect.poll(got).toContain('HTTP/1.1 400 ');
      end();
    } finally {
      await patient.close();
    }
  });
});
