import type { FastifyInstance } from 'fastify';
import { TOOL } from '../../version.js';
import { taskOf } from '../catalog.js';
import { modelOf } from '../inference.js';
import { namedModel } from '../path.js';
import { pathBehind } from '../request-bytes.js';
import type { ServerParts } from '../server-parts.js';

/** What is served: `/`, `/models/{id}`, `/api/models/{id}`, `/v1/models`, `/status/{id}`, `/framework/{name}`. */
export function addModels(app: FastifyInstance, { catalog, pool, pinned, gpu }: ServerParts): void {
  app.get('/models/*', (request) => describe(namedModel('models', pathBehind(request.url, 'models')).id));
  app.get('/api/models/*', (request) =>
    describe(namedModel('models', pathBehind(request.url, 'api/models')).id),
  );
  app.get('/', () => ({ tool: TOOL, models: [...catalog.keys()].map(describe) }));
  app.get('/v1/models', () => ({
    object: 'list',
    data: [...catalog.keys()].map((id) => ({ id, object: 'model', created: 0, owned_by: 'local' })),
  }));
  app.get('/status/*', (request) => {
    const { id } = namedModel('models', pathBehind(request.url, 'status'));
    const model = modelOf(catalog, id);
    const task = taskOf(model);
    const state = task === null ? { state: 'cold' as const } : pool.state(model, task);
    const { api, library } = model.report.support;
    const tooBig = api.reason === 'TooBig' && !pinned.has(id);
    return {
      loaded: state.state === 'loaded',
      state: state.state === 'loaded' ? 'Loaded' : tooBig ? 'TooBig' : 'Loadable',
      compute_type: gpu ? 'gpu' : 'cpu',
      framework: library.name ?? 'unknown',
    };
  });
  app.get<{ Params: { name: string } }>('/framework/:name', ({ params }) =>
    [...catalog.values()]
      .filter(({ report }) => report.support.library.name === params.name)
      .map((model) => ({ model_id: model.id, task: taskOf(model) })),
  );

  function describe(id: string): unknown {
    const model = modelOf(catalog, id);
    const { support, diagnostics } = model.report;
    const task = taskOf(model);
    return {
      id,
      modelId: id,
      pipeline_tag: task,
      library_name: support.library.name,
      inference: support.api.enabled ? 'warm' : support.api.reason,
      support,
      findings: diagnostics.length,
      state: task === null ? { state: 'cold' } : pool.state(model, task),
    };
  }
}
