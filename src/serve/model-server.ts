import { resolve } from 'node:path';
import Fastify from 'fastify';
import { SmokeSetupError, UsageError } from '../errors.js';
import { didYouMean, nearest } from '../hub/nearest.js';
import { preview } from '../preview.js';
import { chooseDevice } from '../smoke/devices.js';
import { mostMemory } from '../smoke/limits.js';
import { checkHost } from './access.js';
import { modelOf } from './asked-model.js';
import { type CatalogModel, openCatalog, taskOf } from './catalog.js';
import { checkNumbers } from './check-options.js';
import { addCommonHooks } from './common-hooks.js';
import { allowPages } from './cors.js';
import type { ServerEvent } from './events.js';
import { listen } from './listen.js';
import { keepCatalogLive } from './live-catalog.js';
import { metricsOf } from './metrics.js';
import { modelChanges } from './model-changes.js';
import { type ModelPool, modelPool } from './model-pool.js';
import { isHidden } from './own-addresses.js';
import { addRoutes } from './routes/routes.js';
import { sendError } from './send-error.js';
import { ServeError } from './serve-error.js';
import { INFERENCE_MS, type ServedModels, type ServerOptions } from './server-options.js';
import { MAX_CONNECTIONS, patienceOptions } from './slow-clients.js';
import { requestId, tellRequest } from './tell-requests.js';
import { openUsage } from './usage/usage.js';

const LOAD_MS = 120_000;
const QUEUE = 256;
/** How long requests that are under way have when the server closes, in milliseconds. */
const DRAIN_MS = 10_000;

/**
 * Serves models by the Inference API of Hugging Face. Throws `UsageError` for targets that cannot be served, for numbers that cannot be, and for an
 * address that others can reach without a token, `RepoError` for a repository that cannot be read.
 */
export async function createServer(options: ServerOptions = {}): Promise<ServedModels> {
  checkNumbers(options);
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
  const tell = (event: ServerEvent) => {
    metrics.hear(event);
    if (event.event !== 'usage-file') usage.hear(event);
    options.onEvent?.(event);
  };
  const metrics = metricsOf(new Set(catalog.keys()), () => pool.models());
  const usage = await openUsage({
    catalog,
    pooled: () => pool.models(),
    file: options.usageFile === undefined ? undefined : resolve(cwd, options.usageFile),
    tell: (message) => tell({ event: 'usage-file', message }),
  });
  const optimize = options.optimize === true && device === 'cpu';
  const compute = device !== 'cpu' ? 'gpu' : optimize ? 'cpu+optimized' : 'cpu';
  const pool = modelPool({
    device,
    memoryBytes: options.maxMemory ?? mostMemory() / 2,
    queue: options.queue ?? QUEUE,
    workers: options.workers ?? 1,
    optimize,
    loadMs: LOAD_MS,
    inferenceMs: options.inferenceMs ?? INFERENCE_MS,
    idleMs: options.idleMs ?? Number.POSITIVE_INFINITY,
    pinned,
    onEvent: tell,
  });
  const ended = new AbortController();
  const app = Fastify({
    genReqId: requestId,
    ...patienceOptions(options.requestMs),
    // What follows a path is decoded by the routes, which know what a name may hold.
    rewriteUrl: (request) => request.url ?? '/',
    forceCloseConnections: 'idle',
    // An address that cannot be decoded never comes to a route.
    frameworkErrors: (_error, request, reply) => {
      tellRequest(request, reply, tell);
      if (request.method === 'OPTIONS') allowPages(reply);
      else sendError(new ServeError(404, 'There is no such address here.'), reply);
    },
  });
  app.server.maxConnections = MAX_CONNECTIONS;
  try {
    const changes = modelChanges();
    if (options.watch) {
      await keepCatalogLive(catalog, ended.signal, {
        onChange: async (model) => {
          const gone = pool.renew(model);
          changes.tell(model.id);
          await gone;
          const task = taskOf(model);
          // One that stays is there again before somebody asks.
          if (task !== null && pinned.has(model.id) && pool.state(model, task).state === 'cold') {
            await pool.warm(model, task);
          }
        },
        onFault: (error) =>
          tell({ event: 'fault', message: error instanceof Error ? error.message : String(error) }),
      });
    }
    for (const id of pinned) {
      const model = modelOf(catalog, id);
      const task = taskOf(model);
      if (task !== null) await warm(pool, model, task);
    }
    addCommonHooks(app, options, tell);
    addRoutes(app, { catalog, pool, pinned, compute, metrics, usage, changes, options });
    const url = await listen(app, host, options.port ?? 0);
    return {
      url,
      models: [...catalog.keys()],
      withoutPage: [...catalog.keys()].filter(isHidden),
      async close() {
        ended.abort();
        // A client may take for ever to send its request, or many wait in line.
        const late = setTimeout(() => {
          void pool.close();
          app.server.closeAllConnections();
        }, options.drainMs ?? DRAIN_MS);
        await app.close();
        clearTimeout(late);
        await pool.close();
        await usage.close();
      },
    };
  } catch (error) {
    ended.abort();
    await pool.close();
    await usage.close();
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
