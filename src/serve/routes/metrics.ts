import type { FastifyInstance } from 'fastify';
import { ownPageOnly } from '../own-page.js';
import type { ServerParts } from '../server-parts.js';

/** `GET /metrics`: the figures of the server since its start, for Prometheus. */
export function addMetrics(app: FastifyInstance, { metrics, settings }: ServerParts): void {
  app.get('/metrics', async (request, reply) =>
    ownPageOnly(request, reply, settings.serveToken)
      .type(metrics.contentType)
      .header('cache-control', 'no-store')
      .send(await metrics.text()),
  );
}
