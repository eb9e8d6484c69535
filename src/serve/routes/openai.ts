import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { modelOf } from '../asked-model.js';
import { isHuggingFaceJs } from '../client-family.js';
import { leftOf } from '../client-left.js';
import { sendEvents } from '../event-stream.js';
import { readEmbeddings } from '../openai/embeddings-request.js';
import type { Asker, OpenAiParts } from '../openai/openai-ask.js';
import { type OpenAiKind, readOpenAi } from '../openai/openai-request.js';
import { serveEmbeddings } from '../openai/serve-embeddings.js';
import { type OpenAiOutcome, serveOpenAi } from '../openai/serve-openai.js';
import { namedModel, pathBehind } from '../path.js';
import { isNo } from '../request-body.js';
import { bodyBytes } from '../request-bytes.js';
import { note } from '../request-facts.js';
import { noSuchModel, ServeError } from '../serve-error.js';
import type { ServerParts } from '../server-parts.js';
import type { SharedRuns } from '../shared-runs.js';

const KINDS: Readonly<Record<string, OpenAiKind | 'embeddings'>> = {
  '/chat/completions': 'chat',
  '/completions': 'completion',
  '/embeddings': 'embeddings',
};

/** What of OpenAI's API is asked for behind the address of a model; null where it is not. */
export interface ModelAddress {
  readonly kind: OpenAiKind | 'embeddings';
  /** The address of the model. */
  readonly path: string;
}

/** Reads `{id}/v1/chat/completions`, `{id}/v1/completions` and `{id}/v1/embeddings`. */
export function openAiAddress(path: string): ModelAddress | null {
  const found = /^(.+)\/v1(\/chat\/completions|\/completions|\/embeddings)\/?$/.exec(path);
  const [, model, end] = found ?? [];
  const kind = end === undefined ? undefined : KINDS[end];
  return model === undefined || kind === undefined ? null : { kind, path: model };
}

/** `POST /v1/chat/completions`, `/v1/completions`, `/v1/embeddings`, with the id of the model in the body; `GET /v1/models`, `/v1/models/{id}`. */
export function addOpenAi(app: FastifyInstance, parts: ServerParts, runs: SharedRuns): void {
  const { catalog } = parts;
  const created = Math.floor(Date.now() / 1000);
  const described = (id: string) => ({ id, object: 'model', created, owned_by: 'local' });
  for (const [end, kind] of Object.entries(KINDS)) {
    for (const path of [`/v1${end}`, `/v1${end}/`]) {
      app.post(path, (request, reply) => answerOpenAi(request, reply, { kind, path: null }, parts, runs));
    }
  }
  app.get('/v1/models', () => ({ object: 'list', data: [...catalog.keys()].map(described) }));
  app.get('/v1/models/*', (request) =>
    described(modelOf(catalog, decoded(pathBehind(request.url, 'v1/models'))).id),
  );
}

/** Answers a request to OpenAI's API; the address wins over the model that the body names. */
export async function answerOpenAi(
  request: FastifyRequest,
  reply: FastifyReply,
  { kind, path }: { readonly kind: ModelAddress['kind']; readonly path: string | null },
  parts: ServerParts,
  runs: SharedRuns,
): Promise<FastifyReply> {
  const outcome = await outcomeOf(request, reply, { kind, path }, parts, runs);
  if (outcome.apiOff !== null) reply.header('x-model-api', `off; reason=${outcome.apiOff}`);
  if (outcome.kind === 'stream') return sendEvents(reply, outcome.events, outcome.computeType);
  return reply
    .headers({
      'x-compute-type': outcome.computeType,
      'x-compute-time': (outcome.computeMs / 1000).toFixed(3),
    })
    .type('application/json; charset=utf-8')
    .send(JSON.stringify(outcome.value));
}

function outcomeOf(
  request: FastifyRequest,
  reply: FastifyReply,
  { kind, path }: { readonly kind: ModelAddress['kind']; readonly path: string | null },
  { catalog, pinned, pool, settings }: ServerParts,
  runs: SharedRuns,
): Promise<OpenAiOutcome> {
  const parts: OpenAiParts = { runs, pinned, computeType: pool.computeType };
  const { headers } = request;
  const bytes = bodyBytes(request.body);
  const askerFor = (named: unknown): Asker => ({
    model: modelOf(catalog, path === null ? modelNamed(named) : namedModel('models', path).id),
    useCache: !isNo(headers['x-use-cache']),
    // Its clients know of no models that load.
    wait: !isNo(headers['x-wait-for-model']),
    load: !isNo(headers['x-load-model']),
    inferenceMs: settings.inferenceMs,
    left: leftOf(reply),
    note: (facts) => note(request, facts),
  });
  if (kind === 'embeddings') {
    const asked = readEmbeddings(bytes);
    return serveEmbeddings(askerFor(asked.model), asked, parts);
  }
  const asked = readOpenAi(kind, bytes);
  return serveOpenAi(
    {
      ...askerFor(asked.model),
      kind,
      request: asked,
      huggingFace: isHuggingFaceJs(headers['user-agent']),
    },
    parts,
  );
}

function modelNamed(model: unknown): string {
  if (typeof model === 'string') return model;
  throw new ServeError(400, 'model must be the id of a model; GET /v1/models lists them.', {
    more: { param: 'model' },
  });
}

/** An id in an address: its slash may be written as %2F. It is only looked up. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw noSuchModel();
  }
}
