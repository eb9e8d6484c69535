import type { FastifyInstance } from 'fastify';
import type { WorkerAnswer } from '../model-worker.js';
import { resultCache } from '../result-cache.js';
import type { ServerParts } from '../server-parts.js';
import { sharedRuns } from '../shared-runs.js';
import { addEvents } from './events.js';
import { addHealth } from './health.js';
import { addInference } from './inference.js';
import { addMetrics } from './metrics.js';
import { addModels } from './models.js';
import { addOpenAi } from './openai.js';
import { addPage } from './page.js';
import { addUsage } from './usage.js';
import { addValidateYaml } from './validate-yaml.js';

/** Bytes of answers that are kept. */
const CACHE_BYTES = 64 * 1024 * 1024;

/** Adds all addresses that the server answers at. */
export function addRoutes(app: FastifyInstance, parts: ServerParts): void {
  const runs = sharedRuns(parts.pool, resultCache<WorkerAnswer>(CACHE_BYTES));
  addInference(app, parts, runs);
  addOpenAi(app, parts, runs);
  addModels(app, parts);
  addHealth(app);
  addMetrics(app, parts);
  addUsage(app, parts);
  addValidateYaml(app);
  addEvents(app, parts);
  addPage(app, parts);
}
