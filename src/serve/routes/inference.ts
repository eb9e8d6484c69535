import type { FastifyInstance, FastifyReply } from 'fastify';
import { type InferenceAnswer, inferenceOf } from '../inference.js';
import type { WorkerAnswer } from '../model-worker.js';
import { namedModel } from '../path.js';
import { bytesOf, pathBehind } from '../request-bytes.js';
import { note } from '../request-facts.js';
import { resultCache } from '../result-cache.js';
import type { ServerParts } from '../server-parts.js';

/** Bytes of answers that are kept. */
const CACHE_BYTES = 64 * 1024 * 1024;

/** `POST /models/{id}`, `/models/{id}/pipeline/{task}`, `/pipeline/{task}/{id}`: an inference. */
export function addInference(app: FastifyInstance, parts: ServerParts): void {
  const infer = inferenceOf({ ...parts, cache: resultCache<WorkerAnswer>(CACHE_BYTES) });
  for (const route of ['models', 'pipeline'] as const) {
    app.post<{ Params: { '*': string } }>(`/${route}/*`, async (request, reply) => {
      const named = namedModel(route, pathBehind(request.url, route));
      const wanted = () => !reply.raw.destroyed;
      return send(
        reply,
        await infer({
          named,
          body: bytesOf(request.body),
          headers: request.headers,
          wanted,
          note: (facts) => note(request, facts),
        }),
      );
    });
  }
}

function send(
  reply: FastifyReply,
  { shaped, computeType, computeMs, amount, apiOff }: InferenceAnswer,
): FastifyReply {
  reply.headers({
    'x-compute-type': computeType,
    'x-compute-time': (computeMs / 1000).toFixed(3),
    [amount.header]: amount.value,
    ...(apiOff === null ? {} : { 'x-model-api': `off; reason=${apiOff}` }),
  });
  return shaped.kind === 'json'
    ? reply.type('application/json; charset=utf-8').send(JSON.stringify(shaped.value))
    : reply.type(shaped.mediaType).send(shaped.bytes);
}
