import type { FastifyReply } from 'fastify';
import { isMapping } from '../mapping.js';
import { isHuggingFaceJs } from './client-family.js';
import { CORS } from './cors.js';
import { isOpenAiPath, openAiError } from './openai/openai-error.js';
import { forClient, ServeError } from './serve-error.js';

/** An error as JSON, in the shape that the address has: never a stack, a path of this machine, or HTML. */
export function sendError(error: unknown, reply: FastifyReply): FastifyReply {
  const { status, message, more, headers } = unreadable(error) ?? forClient(error);
  return reply
    .headers(CORS)
    .type('application/json; charset=utf-8')
    .code(status)
    .headers(headers)
    .send(JSON.stringify(errorBody(status, message, more, reply)));
}

/** What the web framework says of a request that it refuses; null for any other error. */
function unreadable(error: unknown): ServeError | null {
  const code = isMapping(error) || error instanceof Error ? Reflect.get(error, 'statusCode') : undefined;
  const refused = typeof code === 'number' && code >= 400 && code < 500;
  return refused
    ? new ServeError(
        code,
        'The request cannot be read. Check its address and headers, and that its body is as long as they say.',
      )
    : null;
}

function errorBody(
  status: number,
  message: string,
  more: ServeError['more'],
  { request }: FastifyReply,
): unknown {
  const { url, headers } = request;
  // @huggingface/inference shows of an error of a completion nothing but a text.
  const asText = /\/v1\/completions\b/.test(url) && isHuggingFaceJs(headers['user-agent']);
  return isOpenAiPath(url) && !asText
    ? openAiError(status, message, more, !request.is404)
    : { error: message, ...more };
}
