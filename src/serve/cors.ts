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
  'access-control-max-age': '86400',
};

/** Headers of the Inference API; a star would not cover the first one. */
const HEADERS = 'authorization, content-type, x-use-cache, x-wait-for-model, x-load-model, x-use-gpu, accept';

/** Tells a page of another origin what it may send: beside the headers of the API those that it asks for, as every client has some of its own. */
export function allowPages(reply: FastifyReply): FastifyReply {
  const asked = reply.request.headers['access-control-request-headers'] ?? '';
  const more = /^[\w-]+(?: *, *[\w-]+)*$/.test(asked) && asked.length <= 2000 ? `, ${asked}` : '';
  return reply
    .code(204)
    .headers({
      ...PREFLIGHT,
      'access-control-allow-headers': `${HEADERS}${more}`,
      vary: 'access-control-request-headers',
    })
    .send();
}
