import type { FastifyInstance } from 'fastify';
import { modelOf } from '../asked-model.js';
import { type CatalogModel, taskOf } from '../catalog.js';
import type { ComputeType } from '../compute-type.js';
import { modelInfo, modelSummary } from '../model-details.js';
import type { ModelSummary } from '../model-info.js';
import type { ModelPool } from '../model-pool.js';
import { modelStatus } from '../model-status.js';
import { ownPageOnly } from '../own-page.js';
import { OWN_PAGE_ONLY } from '../page-headers.js';
import { namedModel, pathBehind } from '../path.js';
import { publishedState } from '../published-state.js';
import type { ServerParts } from '../server-parts.js';

/** What stands behind the address of a model where its health is asked for. */
const HEALTH = /^(.+)\/health\/?$/;

/** What is served: `/models/{id}`, `/models/{id}/health`, `/api/models`, `/api/models/{id}`, `/status/{id}`, `/framework/{name}`. */
export function addModels(app: FastifyInstance, parts: ServerParts): void {
  const { catalog, pool, pinned } = parts;
  const statusOf = (id: string) => {
    const model = modelOf(catalog, id);
    return modelStatus(model, publishedState(pool, model), {
      pinned: pinned.has(id),
      computeType: computeTypeOf(pool, model),
    });
  };
  app.get('/models/*', async (request, reply) => {
    const path = pathBehind(request.url, 'models');
    const asked = HEALTH.exec(path)?.[1];
    if (asked !== undefined && !catalog.has(path)) {
      // As huggingface_hub asks an endpoint, `InferenceClient.health_check`.
      const status = await statusOf(namedModel('models', asked).id);
      return reply.code(status.loaded || status.state === 'Loadable' ? 200 : 503).send(status);
    }
    const model = modelOf(catalog, namedModel('models', path).id);
    return modelSummary(model, publishedState(pool, model));
  });
  app.get('/api/models', () => summaries(parts));
  app.get('/api/models/*', async (request, reply) => {
    const model = modelOf(catalog, namedModel('models', pathBehind(request.url, 'api/models')).id);
    const { serveToken } = parts.settings;
    ownPageOnly(request, reply, serveToken).headers(OWN_PAGE_ONLY);
    if (serveToken !== undefined) reply.header('set-cookie', parts.passes.cookieFor(request, model.id));
    return modelInfo(model, publishedState(pool, model));
  });
  app.get('/status/*', (request) => statusOf(namedModel('models', pathBehind(request.url, 'status')).id));
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
  return [...catalog.values()].map((model) => modelSummary(model, publishedState(pool, model)));
}

function computeTypeOf(pool: ModelPool, model: CatalogModel): ComputeType {
  return pool.computeType(model, taskOf(model) ?? '');
}
