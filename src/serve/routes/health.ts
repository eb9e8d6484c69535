import type { FastifyInstance } from 'fastify';

/**
 * `GET /health`: that the server answers, for what starts and watches it. It listens only when all pinned models are loaded. It needs no token, which
 * few that watch can send, as it says nothing of the models.
 */
export function addHealth(app: FastifyInstance): void {
  app.get('/health', { config: { openTo: () => true } }, (_request, reply) =>
    reply.header('cache-control', 'no-store').send({ status: 'ok' }),
  );
}
