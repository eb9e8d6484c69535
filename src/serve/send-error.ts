import type { FastifyReply } from 'fastify';
import { isMapping } from '../mapping.js';
import { CORS } from './cors.js';
import { isOpenAiPath, openAiError } from './openai/openai-error.js';
import { ServeError } from './serve-error.js';

/** An error as JSON, in the shape that the address has: never a stack, a path of this machine, or HTML. */
export function sendError(error: unknown, reply: FastifyReply): FastifyReply {
  reply.headers(CORS).type('application/json; charset=utf-8');
  if (error instanceof ServeError) {
    return reply
      .code(error.status)
      .headers(error.headers)
      .send(JSON.stringify(errorBody(error.status, error.message, error.more, reply)));
  }
  const code = isMapping(error) || error instanceof Error ? Reflect.get(error, 'statusCode') : undefined;
  const [status, message] =
    typeof code === 'number' && code >= 400 && code < 500
      ? [code, 'The request cannot be read.']
      : [500, 'The server failed; it tells its owner why.'];
  return reply.code(status).send(JSON.stringify(errorBody(status, message, {}, reply)));
}

function errorBody(
  status: number,
  message: string,
  more: ServeError['more'],
  { request }: FastifyReply,
): unknown {
  return isOpenAiPath(request.url) ? openAiError(status, message, more) : { error: message, ...more };
}
