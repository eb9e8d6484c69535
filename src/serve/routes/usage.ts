import type { FastifyInstance } from 'fastify';
import { modelOf } from '../asked-model.js';
import { ownPageOnly } from '../own-page.js';
import type { ServerParts } from '../server-parts.js';

/** `GET /api/usage[?model=ID]`: what was asked in the last hour and day, for the page at `/usage`. */
export function addUsage(app: FastifyInstance, { catalog, usage, settings }: ServerParts): void {
  app.get('/api/usage', (request, reply) => {
    const model = new URL(request.url, 'http://local').searchParams.get('model');
    if (model !== null) modelOf(catalog, model);
    return ownPageOnly(request, reply, settings.serveToken)
      .header('cache-control', 'no-store')
      .send(usage.report(model));
  });
}
