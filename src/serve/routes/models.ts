import type { FastifyInstance } from 'fastify';
import { modelOf } from '../asked-model.js';
import { type CatalogModel, taskOf } from '../catalog.js';
import { modelInfo, modelSummary } from '../model-details.js';
import type { ModelSummary } from '../model-info.js';
import type { ModelPool } from '../model-pool.js';
import type { ModelState } from '../model-state.js';
import { modelStatus } from '../model-status.js';
import { ownPageOnly } from '../own-page.js';
import { OWN_PAGE_ONLY } from '../page-headers.js';
import { namedModel, pathBehind } from '../path.js';
import type { ServerParts } from '../server-parts.js';

/** What is served: `/models/{id}`, `/api/models`, `/api/models/{id}`, `/status/{id}`, `/framework/{name}`. */
export function addModels(app: FastifyInstance, parts: ServerParts): void {
  const { catalog, pool, pinned, compute } = parts;
  app.get('/models/*', (request) => {
    const model = modelOf(catalog, namedModel('models', pathBehind(request.url, 'models')).id);
    return modelSummary(model, stateOf(pool, model));
  });
  app.get('/api/models', () => summaries(parts));
  app.get('/api/models/*', async (request, reply) => {
    const model = modelOf(catalog, namedModel('models', pathBehind(request.url, 'api/models')).id);
    ownPageOnly(request, reply, parts.settings.serveToken).headers(OWN_PAGE_ONLY);
    return modelInfo(model, stateOf(pool, model));
  });
  app.get('/status/*', (request) => {
    const { id } = namedModel('models', pathBehind(request.url, 'status'));
    const model = modelOf(catalog, id);
    return modelStatus(model, stateOf(pool, model), { pinned: pinned.has(id), compute });
  });
  app.get<{ Params: { name: string } }>('/framework/:name', ({ params }) =>
    [...catalog.values()]
      .filter(({ report }) => report.support.library.name === params.name)
      .flatMap((model) => {
        const task = taskOf(model);
        return task === null ? [] : [{ model_id: model.id, task }];
      }),
  );
}

/** What lists say of all models. */
export function summaries({ catalog, pool }: ServerParts): readonly ModelSummary[] {
  return [...catalog.values()].map((model) => modelSummary(model, stateOf(pool, model)));
}

function stateOf(pool: ModelPool, model: CatalogModel): ModelState {
  const task = taskOf(model);
  return task === null ? { state: 'cold' } : pool.state(model, task);
}
