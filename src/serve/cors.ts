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
