import type { FastifyInstance } from 'fastify';
import type { ServerParts } from '../server-parts.js';
import { addEvents } from './events.js';
import { addInference } from './inference.js';
import { addMetrics } from './metrics.js';
import { addModels } from './models.js';
import { addPage } from './page.js';
import { addValidateYaml } from './validate-yaml.js';

/** Adds all addresses that the server answers at. */
export function addRoutes(app: FastifyInstance, parts: ServerParts): void {
  addInference(app, parts);
  addModels(app, parts);
  addMetrics(app, parts);
  addValidateYaml(app);
  addEvents(app, parts);
  addPage(app, parts);
}
