import type { FastifyReply, FastifyRequest } from 'fastify';
import { checkName } from './access.js';
import { CORS } from './cors.js';

/**
 * Keeps pages of other origins from reading an answer: what is said only to the page of this server, such as the source of a card. Throws
 * `ServeError` 403 for a page elsewhere whose name leads here.
 */
export function ownPageOnly(
  request: FastifyRequest,
  reply: FastifyReply,
  token: string | undefined,
): FastifyReply {
  checkName(request.hostname, token);
  for (const name of Object.keys(CORS)) reply.removeHeader(name);
  return reply;
}
