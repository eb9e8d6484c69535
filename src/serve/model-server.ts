import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { SmokeSetupError, UsageError } from '../errors.js';
import { didYouMean, nearest } from '../hub/nearest.js';
import { lintCard } from '../lint.js';
import { isMapping } from '../mapping.js';
import { preview } from '../preview.js';
import { chooseDevice } from '../smoke/devices.js';
import { mostMemory } from '../smoke/limits.js';
import type { DeviceRequest } from '../smoke/report.js';
import { TOOL } from '../version.js';
import { checkHost, checkToken } from './access.js';
import { type Catalog, type CatalogModel, type CatalogOptions, openCatalog, taskOf } from './catalog.js';
import { type InferenceAnswer, inferenceOf, modelOf } from './inference.js';
import { listen } from './listen.js';
import { type ModelPool, modelPool } from './model-pool.js';
import type { WorkerAnswer } from './model-worker.js';
import { namedModel } from './path.js';
import { resultCache } from './result-cache.js';
import { ServeError } from './serve-error.js';

/** What to serve, and how; everything has a default. */
export interface ServerOptions extends Partial<CatalogOptions> {
  /** Folders, patterns, or models on the Hub; the working directory when absent. */
  readonly targets?: readonly string[];
  /** Address to listen on; 127.0.0.1 when absent. Others need a token. */
  readonly host?: string;
  /** 0, the default, is any free one. */
  readonly port?: number;
  /** What clients must send as `Authorization: Bearer`. */
  readonly serveToken?: string;
  readonly device?: DeviceRequest;
  /** Memory that loaded models may take together, in bytes; half of the machine's when absent. */
  readonly maxMemory?: number;
  /** Ids of models that are loaded at the start and stay. */
  readonly pin?: readonly string[];
  /** How long a model that nobody asks stays loaded, in milliseconds; for ever when absent. */
  readonly idleMs?: number;
  /** Time limit of an inference, in milliseconds; a minute when absent. */
  readonly inferenceMs?: number;
  /** Most requests that wait for one model; 256 when absent. */
  readonly queue?: number;
  /** How long `close` waits for requests that are under way, in milliseconds; ten seconds when absent. */
  readonly drainMs?: number;
  /** Told of what made the server answer 500 without a reason; it may name paths of this machine. */
  readonly onFault?: (error: unknown) => void;
  /** Told of each request that was answered. */
  readonly onRequest?: (event: RequestEvent) => void;
}

/** A request that was answered; it holds nothing of what was asked. */
export interface RequestEvent {
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly ms: number;
  readonly model?: string;
  readonly computeType?: string;
}

/** A server that listens. */
export interface ServedModels {
  /** Such as `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Ids of the models. */
  readonly models: readonly string[];
  /** Answers what is under way, as far as the time for that goes, then ends all processes. */
  close(): Promise<void>;
}

/** Largest body, in bytes: a picture of 40 MB in base64. */
const MAX_BODY = 64 * 1024 * 1024;
/** Bytes of answers that are kept. */
const CACHE_BYTES = 64 * 1024 * 1024;
const LOAD_MS = 120_000;
const INFERENCE_MS = 60_000;
const QUEUE = 256;
/** How long a client may take to send a request, in milliseconds. */
const REQUEST_MS = 60_000;

/** How long requests that are under way have when the server closes, in milliseconds. */
const DRAIN_MS = 10_000;

/** Headers that a page of another origin may send and read. */
const CORS: Readonly<Record<string, string>> = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers':
    'x-compute-type, x-compute-time, x-compute-characters, x-model-api, x-request-id, retry-after',
};
const PREFLIGHT: Readonly<Record<string, string>> = {
  ...CORS,
  'access-control-allow-methods': 'GET, HEAD, POST, OPTIONS',
  'access-control-allow-headers':
    'authorization, content-type, x-use-cache, x-wait-for-model, x-load-model, x-use-gpu, accept',
  'access-control-max-age': '86400',
};

/**
 * Serves models by the Inference API of Hugging Face. Throws `UsageError` for targets that cannot be served and for an address that others can
 * reach without a token, `RepoError` for a repository that cannot be read.
 */
export async function createServer(options: ServerOptions = {}): Promise<ServedModels> {
  const host = options.host ?? '127.0.0.1';
  checkHost(host, options.serveToken);
  const cwd = options.cwd ?? process.cwd();
  const catalog = await openCatalog(options.targets ?? ['.'], { ...options, cwd });
  const pinned = new Set(options.pin ?? []);
  for (const id of pinned) {
    if (catalog.has(id)) continue;
    throw new UsageError('serve-pin', `There is no model ${preview(id)} to pin.`, {
      hint: `${didYouMean(nearest(id, catalog.keys()))}Served are ${[...catalog.keys()].slice(0, 20).map(preview).join(', ')}.`,
    });
  }
  const { device } = await chooseDevice(options.device ?? 'cpu');
  const pool = modelPool({
    device,
    memoryBytes: options.maxMemory ?? mostMemory() / 2,
    queue: options.queue ?? QUEUE,
    loadMs: LOAD_MS,
    inferenceMs: options.inferenceMs ?? INFERENCE_MS,
    idleMs: options.idleMs ?? Number.POSITIVE_INFINITY,
    pinned,
  });
  const app = Fastify({
    bodyLimit: MAX_BODY,
    requestTimeout: REQUEST_MS,
    // What follows a path is decoded by the routes, which know what a name may hold.
    rewriteUrl: (request) => request.url ?? '/',
    forceCloseConnections: 'idle',
    // An address that cannot be decoded never comes to a route.
    frameworkErrors: (_error, request, reply) => {
      if (request.method === 'OPTIONS') allowPages(reply);
      else sendError(new ServeError(404, 'There is no such address here.'), request, reply);
    },
  });
  try {
    for (const id of pinned) {
      const model = modelOf(catalog, id);
      const task = taskOf(model);
      if (task !== null) await warm(pool, model, task);
    }
    addRoutes(app, { catalog, pool, pinned, gpu: device !== 'cpu', options });
    const url = await listen(app, host, options.port ?? 0);
    return {
      url,
      models: [...catalog.keys()],
      async close() {
        // A client may take for ever to send its request, or many wait in line.
        const late = setTimeout(() => {
          void pool.close();
          app.server.closeAllConnections();
        }, options.drainMs ?? DRAIN_MS);
        await app.close();
        clearTimeout(late);
        await pool.close();
      },
    };
  } catch (error) {
    await pool.close();
    throw error;
  }
}

/** Loads a pinned model. Throws `SmokeSetupError`. */
async function warm(pool: ModelPool, model: CatalogModel, task: string): Promise<void> {
  try {
    await pool.warm(model, task);
  } catch (cause) {
    if (!(cause instanceof ServeError)) throw cause;
    throw new SmokeSetupError('serve-pin', cause.message, {
      hint: 'Check it with --smoke, or start without pinning it.',
      cause,
    });
  }
}

interface Parts {
  readonly catalog: Catalog;
  readonly pool: ModelPool;
  readonly pinned: ReadonlySet<string>;
  readonly gpu: boolean;
  readonly options: ServerOptions;
}

function addRoutes(app: FastifyInstance, { catalog, pool, pinned, gpu, options }: Parts): void {
  const infer = inferenceOf({ catalog, pool, pinned, gpu, cache: resultCache<WorkerAnswer>(CACHE_BYTES) });

  // A connection that is kept alive would keep the server from ending.
  let closing = false;
  app.addHook('preClose', async () => {
    closing = true;
  });
  app.addHook('onSend', async (_request, reply) => {
    if (closing) reply.header('connection', 'close');
  });

  // The body decides what it is, not its declared type.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_, body, done) => done(null, body));

  app.addHook('onRequest', async (request, reply) => {
    reply.headers(CORS);
    if (request.method === 'OPTIONS') return allowPages(reply);
    checkToken(request.headers.authorization, options.serveToken);
    // A declared type that is none says nothing; the framework would refuse it.
    if (!/^[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+\s*(?:;|$)/.test(request.headers['content-type'] ?? '')) {
      delete request.raw.headers['content-type'];
    }
    return undefined;
  });
  app.setErrorHandler((error, request, reply) => {
    sendError(error, request, reply);
    if (reply.statusCode === 500 && !(error instanceof ServeError)) options.onFault?.(error);
  });
  app.setNotFoundHandler((request) => {
    if (['PUT', 'PATCH', 'DELETE'].includes(request.method)) {
      throw new ServeError(405, `${request.method} is not known here.`, {
        headers: { allow: 'GET, HEAD, POST, OPTIONS' },
      });
    }
    throw new ServeError(404, 'There is no such address here; models are at /models/{id}.');
  });
  if (options.onRequest !== undefined) {
    app.addHook('onResponse', async (request, reply) => {
      const computeType = reply.getHeader('x-compute-type');
      options.onRequest?.({
        method: request.method,
        route: request.routeOptions.url ?? '',
        status: reply.statusCode,
        ms: reply.elapsedTime,
        ...(typeof computeType === 'string' ? { computeType } : {}),
      });
    });
  }

  for (const route of ['models', 'pipeline'] as const) {
    app.post<{ Params: { '*': string } }>(`/${route}/*`, async (request, reply) => {
      const named = namedModel(route, pathBehind(request.url, route));
      const wanted = () => !reply.raw.destroyed;
      return send(
        reply,
        await infer({ named, body: bytesOf(request.body), headers: request.headers, wanted }),
      );
    });
  }
  app.get('/models/*', (request) => describe(namedModel('models', pathBehind(request.url, 'models')).id));
  app.get('/api/models/*', (request) =>
    describe(namedModel('models', pathBehind(request.url, 'api/models')).id),
  );
  app.get('/', () => ({ tool: TOOL, models: [...catalog.keys()].map(describe) }));
  app.get('/v1/models', () => ({
    object: 'list',
    data: [...catalog.keys()].map((id) => ({ id, object: 'model', created: 0, owned_by: 'local' })),
  }));
  app.get('/status/*', (request) => {
    const { id } = namedModel('models', pathBehind(request.url, 'status'));
    const model = modelOf(catalog, id);
    const task = taskOf(model);
    const state = task === null ? { state: 'cold' as const } : pool.state(model, task);
    const { api, library } = model.report.support;
    const tooBig = api.reason === 'TooBig' && !pinned.has(id);
    return {
      loaded: state.state === 'loaded',
      state: state.state === 'loaded' ? 'Loaded' : tooBig ? 'TooBig' : 'Loadable',
      compute_type: gpu ? 'gpu' : 'cpu',
      framework: library.name ?? 'unknown',
    };
  });
  app.get<{ Params: { name: string } }>('/framework/:name', ({ params }) =>
    [...catalog.values()]
      .filter(({ report }) => report.support.library.name === params.name)
      .map((model) => ({ model_id: model.id, task: taskOf(model) })),
  );
  app.post('/api/validate-yaml', (request, reply) => {
    const verdict = validateYaml(bytesOf(request.body));
    return reply.code(verdict.errors.length === 0 ? 200 : 400).send(verdict);
  });

  function describe(id: string): unknown {
    const model = modelOf(catalog, id);
    const { support, diagnostics } = model.report;
    const task = taskOf(model);
    return {
      id,
      modelId: id,
      pipeline_tag: task,
      library_name: support.library.name,
      inference: support.api.enabled ? 'warm' : support.api.reason,
      support,
      findings: diagnostics.length,
      state: task === null ? { state: 'cold' } : pool.state(model, task),
    };
  }
}

function bytesOf(body: unknown): Uint8Array {
  return body instanceof Uint8Array ? body : new Uint8Array();
}

/** What stands in an address behind a route, without the query. */
function pathBehind(url: string, route: string): string {
  return url.slice(route.length + 2).replace(/[?#].*$/s, '');
}

function send(
  reply: FastifyReply,
  { shaped, computeType, computeMs, characters, apiOff }: InferenceAnswer,
): FastifyReply {
  reply.headers({
    'x-compute-type': computeType,
    'x-compute-time': (computeMs / 1000).toFixed(3),
    'x-compute-characters': String(characters),
    ...(apiOff === null ? {} : { 'x-model-api': `off; reason=${apiOff}` }),
  });
  return shaped.kind === 'json'
    ? reply.type('application/json; charset=utf-8').send(JSON.stringify(shaped.value))
    : reply.type(shaped.mediaType).send(shaped.bytes);
}

/** What the Hub's validator would say of a card, as far as it is known. */
function validateYaml(bytes: Uint8Array): { errors: Complaint[]; warnings: Complaint[] } {
  let asked: unknown;
  try {
    asked = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    throw new ServeError(
      400,
      'The body is no JSON: send {"content": the whole README.md, "repoType": "model"}.',
    );
  }
  const content = isMapping(asked) ? asked.content : undefined;
  if (typeof content !== 'string') throw new ServeError(400, '`content` must be the text of the card.');
  const found = lintCard(content);
  const complaints = (hub: 'error' | 'warning') =>
    found.filter((one) => one.hub === hub).map(({ message, path, help }) => ({ message, path, help }));
  return { errors: complaints('error'), warnings: complaints('warning') };
}

interface Complaint {
  readonly message: string;
  /** JSON pointer into the front matter. */
  readonly path: string;
  readonly help: string;
}

/** Tells a page of another origin what it may send. */
function allowPages(reply: FastifyReply): FastifyReply {
  return reply.code(204).headers(PREFLIGHT).send();
}

/** An error as JSON: never a stack, a path of this machine, or HTML. */
function sendError(error: unknown, _: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply.headers(CORS).type('application/json; charset=utf-8');
  if (error instanceof ServeError) {
    return reply
      .code(error.status)
      .headers(error.headers)
      .send(JSON.stringify({ error: error.message, ...error.more }));
  }
  const code = isMapping(error) || error instanceof Error ? Reflect.get(error, 'statusCode') : undefined;
  const [status, message] =
    code === 413
      ? [413, `The body is larger than ${MAX_BODY / 1024 ** 2} MB.`]
      : typeof code === 'number' && code >= 400 && code < 500
        ? [code, 'The request cannot be read.']
        : [500, 'The server failed; it tells its owner why.'];
  return reply.code(status).send(JSON.stringify({ error: message }));
}
