import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ServeError } from './serve-error.js';

/** Largest body, in bytes: a picture of 40 MB in base64. */
export const MAX_BODY = 64 * 1024 * 1024;

/** How much clients may send, in bytes. */
export interface BodyLimits {
  /** Of one request. */
  readonly one: number;
  /** Of all requests that are received or answered now. */
  readonly all: number;
}

/**
 * Receives the bodies of requests as bytes, whatever type they are declared as, within limits: 413 for one that is announced as too large, before
 * it is sent where the client waits for that (`Expect: 100-continue`), or grows too large; 429 where all of them together would be too many.
 */
export function receiveBodies(app: FastifyInstance, { one, all }: BodyLimits): void {
  let held = 0;
  const holding = new WeakMap<IncomingMessage, number>();

  // A client that asks before it sends is answered when its request is one that will be read.
  for (const asked of ['checkContinue', 'checkExpectation']) {
    app.server.on(asked, (request, response) => app.server.emit('request', request, response));
  }

  app.addHook('preParsing', async (request, reply, payload) => {
    if (Number(request.headers['content-length']) > one) throw tooLarge(one);
    if (!/^(?:identity)?$/i.test(request.headers['content-encoding'] ?? '')) {
      throw new ServeError(415, 'The body is compressed. Send it as it is.');
    }
    const { expect } = request.headers;
    if (expect !== undefined) {
      if (!/^100-continue$/i.test(expect)) throw unexpected();
      reply.raw.writeContinue();
    }
    // Gone, or answered.
    reply.raw.once('close', () => {
      held -= holding.get(request.raw) ?? 0;
      holding.delete(request.raw);
    });
    return payload;
  });

  // What it is, the bytes decide, not its declared type.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (request: FastifyRequest, payload: IncomingMessage, done) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const end = (error: Error | null) => {
      payload.off('data', take).off('end', finish).off('error', refuse).off('close', refuse);
      if (error === null) done(null, chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, length));
      else done(error);
    };
    const take = (chunk: Buffer) => {
      length += chunk.length;
      held += chunk.length;
      holding.set(request.raw, (holding.get(request.raw) ?? 0) + chunk.length);
      chunks.push(chunk);
      if (length > one) end(tooLarge(one));
      else if (held > all) end(tooMuch());
    };
    const finish = () => end(null);
    const refuse = () => end(new ServeError(400, 'The body was not received whole.'));
    payload.on('data', take).on('end', finish).on('error', refuse).on('close', refuse);
  });
}

function unexpected(): ServeError {
  return new ServeError(417, 'Nothing can be expected but 100-continue. Leave the header Expect out.');
}

function tooLarge(most: number): ServeError {
  return new ServeError(413, `The body is larger than ${most / 1024 ** 2} MB.`);
}

function tooMuch(): ServeError {
  return new ServeError(429, 'Too much is sent at a time. Send this again in a moment.', {
    headers: { 'retry-after': '1' },
  });
}
