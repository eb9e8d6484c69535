import Fastify from 'fastify';
import { SmokeSetupError, UsageError } from '../errors.js';
import { didYouMean, nearest } from '../hub/nearest.js';
import { preview } from '../preview.js';
import { realName } from '../repo/fs.js';
import { chooseDevice, deviceError, probeDevice } from '../smoke/devices.js';
import { likelyRunner } from '../smoke/likely-runner.js';
import { missingRuntimes } from '../smoke/missing-runtimes.js';
import type { Device } from '../smoke/report.js';
import type { RunnerName } from '../smoke/session.js';
import { checkHost } from './access.js';
import { modelOf } from './asked-model.js';
import { type CatalogModel, openCatalog, taskOf } from './catalog.js';
import { addCommonHooks } from './common-hooks.js';
import { allowPages } from './cors.js';
import type { ServerEvent } from './events.js';
import { filePasses } from './file-passes.js';
import { listen } from './listen.js';
import { keepCatalogLive } from './live-catalog.js';
import { metricsOf } from './metrics.js';
import { modelChanges } from './model-changes.js';
import { type ModelPool, modelPool } from './model-pool.js';
import { isHidden } from './own-addresses.js';
import { targetOf } from './path.js';
import { addRoutes } from './routes/routes.js';
import { sendError } from './send-error.js';
import { ServeError } from './serve-error.js';
import type { ServedModels, ServerOptions } from './server-options.js';
import { settingsOf } from './settings.js';
import { MAX_CONNECTIONS, patienceOptions } from './slow-clients.js';
import { requestId, tellRequest } from './tell-requests.js';
import { openUsage } from './usage/usage.js';
import { filesOf } from './usage/usage-file.js';

/** How long the load of a model may take, in milliseconds. */
const LOAD_MS = 120_000;

/**
 * Serves models by the Inference API of Hugging Face. Throws `UsageError` for targets that cannot be served, for numbers that cannot be, and for an
 * address that others can reach without a token, `RepoError` for a repository that cannot be read, `SmokeSetupError` for a device that does not work.
 * Where `signal` aborts while pinned models are loaded, they are given up and its reason is thrown; afterwards it means nothing.
 */
export async function createServer(options: ServerOptions = {}, signal?: AbortSignal): Promise<ServedModels> {
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
  const runners = likelyRunners(catalog.values());
  if (settings.device !== 'auto') await checkDevice(device, runners);
  const tell = (event: ServerEvent) => {
    metrics.hear(event);
    if (event.event !== 'usage-file') usage.hear(event);
    try {
      options.onEvent?.(event);
    } catch (error) {
      // The program is told as of any error that nobody catches; what the server was about to do goes on.
      process.nextTick(() => {
        throw error;
      });
    }
  };
  const metrics = metricsOf(catalog, () => pool.models());
  // Where a link leads to a file, that is the one which is written.
  const usageFile = settings.usageFile === undefined ? undefined : await realName(settings.usageFile);
  const usage = await openUsage({
    catalog,
    pooled: () => pool.models(),
    file: usageFile,
    tell: (message) => tell({ event: 'usage-file', message }),
  });
  const pool = modelPool({
    device,
    guessed: settings.device === 'auto',
    memoryBytes: settings.maxMemory,
    queue: settings.queue,
    workers: settings.workers,
    quantized: settings.quantized && device === 'cpu',
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
    rewriteUrl: (request) => targetOf(request.url ?? '/'),
    forceCloseConnections: 'idle',
    // Its own answer is none that clients read; common-hooks.ts refuses what comes while the server ends.
    return503OnClosing: false,
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
      const written = new Set(usageFile === undefined ? [] : filesOf(usageFile));
      await keepCatalogLive(catalog, settings.targets, { ...options, cwd, written }, ended.signal, {
        onGone: async (id) => {
          const gone = pool.drop(id);
          changes.tell(id);
          await gone;
        },
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
        onFault: (error) => {
          // What was under way as the server ends is no fault.
          if (ended.signal.aborted) return;
          tell({ event: 'fault', message: error instanceof Error ? error.message : String(error) });
        },
      });
    }
    await warmAll(
      pool,
      [...pinned].map((id) => modelOf(catalog, id)),
      signal,
    );
    addCommonHooks(app, settings, tell);
    addRoutes(app, { catalog, pool, pinned, metrics, usage, changes, passes: filePasses(), settings });
    const url = await listen(app, host, settings.port);
    return {
      url,
      models: [...catalog.keys()],
      withoutPage: [...catalog.keys()].filter(isHidden),
      missingRuntimes: missingRuntimes(runners),
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

/** The runners that models are likely to need. */
function likelyRunners(models: Iterable<CatalogModel>): ReadonlySet<RunnerName> {
  const runners = [...models].map(({ files }) => likelyRunner((files ?? []).map(({ path }) => path)));
  return new Set(runners.filter((runner) => runner !== null));
}

/**
 * A device that does not work is said at the start, not to the first who asks. GGUF files run on llama.cpp, which has devices of its own. Throws
 * `SmokeSetupError`.
 */
async function checkDevice(device: Device, runners: ReadonlySet<RunnerName>): Promise<void> {
  if (device === 'cpu' || ![...runners].some((runner) => runner !== 'llama')) return;
  const why = await probeDevice(device);
  if (why !== null) throw deviceError(device, why);
}

/** Loads the pinned models, unless `signal` gives it up: then its reason is thrown. Throws `SmokeSetupError`. */
async function warmAll(
  pool: ModelPool,
  models: readonly CatalogModel[],
  signal: AbortSignal | undefined,
): Promise<void> {
  // Loading may take minutes.
  const giveUp = () => void pool.close();
  signal?.addEventListener('abort', giveUp, { once: true });
  try {
    for (const model of models) {
      signal?.throwIfAborted();
      const task = taskOf(model);
      if (task !== null) await warm(pool, model, task);
      signal?.throwIfAborted();
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', giveUp);
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
