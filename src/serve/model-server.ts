import Fastify from 'fastify';
import { SmokeSetupError, UsageError } from '../errors.js';
import { didYouMean, nearest } from '../hub/nearest.js';
import { preview } from '../preview.js';
import { chooseDevice } from '../smoke/devices.js';
import { checkHost } from './access.js';
import { modelOf } from './asked-model.js';
import { type CatalogModel, openCatalog, taskOf } from './catalog.js';
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
import type { ServedModels, ServerOptions } from './server-options.js';
import { settingsOf } from './settings.js';
import { MAX_CONNECTIONS, patienceOptions } from './slow-clients.js';
import { requestId, tellRequest } from './tell-requests.js';
import { openUsage } from './usage/usage.js';

/** How long the load of a model may take, in milliseconds. */
const LOAD_MS = 120_000;

/**
 * Serves models by the Inference API of Hugging Face. Throws `UsageError` for targets that cannot be served, for numbers that cannot be, and for an
 * address that others can reach without a token, `RepoError` for a repository that cannot be read.
 */
export async function createServer(options: ServerOptions = {}): Promise<ServedModels> {
  const settings = settingsOf(options);
  const { cwd, host, pin: pinned } = settings;
  checkHost(host, settings.serveToken);
  const catalog = await openCatalog(settings.targets, { ...options, cwd });
  for (const id of pinned) {
    if (catalog.has(id)) continue;
    throw new UsageError('serve-pin', `There is no model ${preview(id)} to pin.`, {
      hint: `${didYouMean(nearest(id, catalog.keys()))}Served are ${[...catalog.keys()].slice(0, 20).map(preview).join(', ')}.`,
    });
  }
  const { device } = await chooseDevice(settings.device);
  const tell = (event: ServerEvent) => {
    metrics.hear(event);
    if (event.event !== 'usage-file') usage.hear(event);
    options.onEvent?.(event);
  };
  const metrics = metricsOf(new Set(catalog.keys()), () => pool.models());
  const usage = await openUsage({
    catalog,
    pooled: () => pool.models(),
    file: settings.usageFile,
    tell: (message) => tell({ event: 'usage-file', message }),
  });
  const optimize = settings.optimize && device === 'cpu';
  const compute = device !== 'cpu' ? 'gpu' : optimize ? 'cpu+optimized' : 'cpu';
  const pool = modelPool({
    device,
    memoryBytes: settings.maxMemory,
    queue: settings.queue,
    workers: settings.workers,
    optimize,
    loadMs: LOAD_MS,
    inferenceMs: settings.inferenceMs,
    idleMs: settings.idleMs,
    pinned,
    onEvent: tell,
  });
  const ended = new AbortController();
  const app = Fastify({
    genReqId: requestId,
    ...patienceOptions(settings.requestMs),
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
    if (settings.watch) {
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
    addCommonHooks(app, settings, tell);
    addRoutes(app, { catalog, pool, pinned, compute, metrics, usage, changes, settings });
    const url = await listen(app, host, settings.port);
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
        }, settings.drainMs);
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
