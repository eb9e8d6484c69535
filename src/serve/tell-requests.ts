import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { errorKind, type FaultEvent, type RequestEvent } from './events.js';
import { bodyBytes } from './request-bytes.js';
import { factsNoted } from './request-facts.js';
import { refusedWith } from './slow-clients.js';

/** What may stand in a log, and is long enough for any id that is in use. */
const ID = /^[\w.:/+=-]{1,128}$/;

/** The id of a request: the one that its client gave in `x-request-id`, where it has the shape of an id, else a new one. */
export function requestId({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && ID.test(given) ? given : randomUUID();
}

/** Tells of a request, and of what made the server fail it, once its answer is written, or its client is gone; to be called when it comes. */
export function tellRequest(
  request: FastifyRequest,
  reply: FastifyReply,
  tell: (event: RequestEvent | FaultEvent) => void,
): void {
  const began = performance.now();
  // The response lets go of it when it ends.
  const { socket } = request.raw;
  const writtenBefore = socket.bytesWritten;
  reply.header('x-request-id', request.id);
  reply.raw.once('close', () => {
    const status = reply.raw.writableFinished ? reply.raw.statusCode : (refusedWith(socket) ?? 499);
    const { fault, ...facts } = factsNoted(request);
    if (fault !== undefined) tell({ event: 'fault', id: request.id, message: fault });
    const error = facts.error ?? errorKind(status);
    tell({
      event: 'request',
      id: request.id,
      method: request.method,
      route: request.routeOptions.url ?? '',
      status,
      ms: performance.now() - began,
      bytesIn: bodyBytes(request.body).byteLength,
      bytesOut: socket.bytesWritten - writtenBefore,
      ...facts,
      ...(error === undefined ? {} : { error }),
    });
  });
}
