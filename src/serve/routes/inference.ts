import type { FastifyInstance, FastifyReply } from 'fastify';
import { leftOf } from '../client-left.js';
import { sendEvents } from '../event-stream.js';
import { type InferenceAnswer, type InferenceStream, inferenceOf } from '../inference.js';
import { namedModel, pathBehind } from '../path.js';
import { bodyBytes } from '../request-bytes.js';
import { note } from '../request-facts.js';
import type { ServerParts } from '../server-parts.js';
import type { SharedRuns } from '../shared-runs.js';
import { answerOpenAi, openAiAddress } from './openai.js';

/** `POST /models/{id}`, `/models/{id}/pipeline/{task}`, `/pipeline/{task}/{id}`: an inference; `/models/{id}/v1/…`: OpenAI's API. */
export function addInference(app: FastifyInstance, parts: ServerParts, runs: SharedRuns): void {
  const infer = inferenceOf({ ...parts, runs, computeType: parts.pool.computeType });
  for (const route of ['models', 'pipeline'] as const) {
    app.post<{ Params: { '*': string } }>(`/${route}/*`, async (request, reply) => {
      const path = pathBehind(request.url, route);
      const openAi = route === 'models' ? openAiAddress(path) : null;
      if (openAi !== null) return answerOpenAi(request, reply, openAi, parts, runs);
      const named = namedModel(route, path);
      return send(
        reply,
        await infer({
          named,
          body: bodyBytes(request.body),
          headers: request.headers,
          left: leftOf(reply),
          note: (facts) => note(request, facts),
        }),
      );
    });
  }
}

function send(
  reply: FastifyReply,
  answer: InferenceAnswer | InferenceStream,
): FastifyReply | Promise<FastifyReply> {
  if (answer.apiOff !== null) reply.header('x-model-api', `off; reason=${answer.apiOff}`);
  if (answer.kind === 'stream') return sendEvents(reply, answer.events, answer.computeType);
  const { shaped, computeType, computeMs, amount } = answer;
  reply.headers({
    'x-compute-type': computeType,
    'x-compute-time': (computeMs / 1000).toFixed(3),
    [amount.header]: amount.value,
  });
  return shaped.kind === 'json'
    ? reply.type('application/json; charset=utf-8').send(JSON.stringify(shaped.value))
    : reply.type(shaped.mediaType).send(shaped.bytes);
}
