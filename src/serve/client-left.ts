import type { FastifyReply } from 'fastify';

/** Aborted when the connection of a client closes before it was answered. */
export function leftOf(reply: FastifyReply): AbortSignal {
  const left = new AbortController();
  if (reply.raw.destroyed) left.abort();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) left.abort();
  });
  return left.signal;
}
