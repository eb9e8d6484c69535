import type { FastifyInstance } from 'fastify';
import type { ServerParts } from '../server-parts.js';

/** `GET /metrics`: the figures of the server since its start, for Prometheus. */
export function addMetrics(app: FastifyInstance, { metrics }: ServerParts): void {
  app.get('/metrics', async (_request, reply) =>
    reply
      .type(metrics.contentType)
      .header('cache-control', 'no-store')
      .send(await metrics.text()),
  );
}
