import type { FastifyReply } from 'fastify';

/** Headers that a page of another origin may send and read. */
export const CORS: Readonly<Record<string, string>> = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers':
    'x-compute-type, x-compute-time, x-compute-characters, x-compute-images, x-compute-audio-length, x-model-api, x-request-id, retry-after',
};
const PREFLIGHT: Readonly<Record<string, string>> = {
  ...CORS,
  'access-control-allow-methods': 'GET, HEAD, POST, OPTIONS',
  'access-control-allow-headers':
    'authorization, content-type, x-use-cache, x-wait-for-model, x-load-model, x-use-gpu, accept',
  'access-control-max-age': '86400',
};

/** Tells a page of another origin what it may send. */
export function allowPages(reply: FastifyReply): FastifyReply {
  return reply.code(204).headers(PREFLIGHT).send();
}

/** Keeps pages of other origins from reading an answer: what is said only to the page of this server. */
export function foreignPagesOut(reply: FastifyReply): FastifyReply {
  for (const name of Object.keys(CORS)) reply.removeHeader(name);
  return reply;
}
