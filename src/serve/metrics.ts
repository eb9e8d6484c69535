import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { TASKS } from '../tasks/index.js';
import { TOOL } from '../version.js';
import type { PoolEvent, RequestEvent, ServerEvent } from './events.js';
import type { PooledModel } from './model-pool.js';

/** Figures of a server since its start, for Prometheus. */
export interface Metrics {
  /** Counts what the server tells. */
  hear(event: ServerEvent): void;
  /** All figures in the text format of Prometheus. */
  text(): Promise<string>;
  readonly contentType: string;
}

/** Upper bounds in seconds: from an answer of the cache to the limit of an inference. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/**
 * Figures of a server. What clients send never becomes a label: models are those of `models`, routes those of the server, tasks those that are
 * known; everything else is `other`.
 */
export function metricsOf(
  models: { readonly has: (id: string) => boolean },
  pooled: () => readonly PooledModel[],
): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Counter({ name: `validate_card_${name}`, help, labelNames, registers });
  const histogram = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Histogram({ name: `validate_card_${name}`, help, labelNames, registers, buckets: SECONDS });
  const gauge = <L extends string>(
    name: string,
    help: string,
    labelNames: readonly L[],
    collect: (of: Gauge<L>) => void,
  ) =>
    new Gauge({
      name: `validate_card_${name}`,
      help,
      labelNames,
      registers,
      collect() {
        this.reset();
        collect(this);
      },
    });

  const requests = counter('requests_total', 'Requests, by the pattern of their address.', [
    'route',
    'model',
    'task',
    'status',
  ]);
  const duration = histogram(
    'request_duration_seconds',
    'From the head of a request to the end of its answer.',
    ['route', 'model'],
  );
  const queued = histogram(
    'queue_seconds',
    'How long inferences waited, for others and for the model to load.',
    ['model', 'task'],
  );
  const compute = histogram('compute_seconds', 'How long models computed.', ['model', 'task']);
  const tokens = counter('generated_tokens_total', 'Tokens that models wrote.', ['model', 'task']);
  const hits = counter('cache_hits_total', 'Inferences that were answered from the cache.', [
    'model',
    'task',
  ]);
  const shared = counter('shared_runs_total', 'Inferences that were answered by the run of an equal one.', [
    'model',
    'task',
  ]);
  const loads = counter('model_loads_total', 'Models that were loaded (ok), or could not be (failed).', [
    'model',
    'task',
    'outcome',
  ]);
  const loadTime = histogram('model_load_seconds', 'How long loads took.', ['model', 'task']);
  const evictions = counter(
    'model_evictions_total',
    'Models that were put away: for another one (memory), or because nobody asked (idle).',
    ['model', 'reason'],
  );
  const ends = counter('worker_ends_total', 'Processes of models that ended, by reason.', [
    'model',
    'reason',
  ]);
  const faults = counter('faults_total', 'Faults of the server, in requests and beside them.', []);

  gauge('queue_length', 'Inferences that wait or run.', ['model', 'task'], (of) => {
    for (const one of pooled()) of.inc(labels(one), one.waiting);
  });
  gauge('model_memory_bytes', 'Memory of the processes of loaded models.', ['model', 'task'], (of) => {
    for (const one of pooled()) if (one.memoryBytes !== null) of.inc(labels(one), one.memoryBytes);
  });
  gauge('models_loaded', 'Models that are loaded.', [], (of) => {
    of.set(pooled().filter(({ loaded }) => loaded).length);
  });
  gauge('build_info', 'Always 1; its label says the version.', ['version'], (of) => {
    of.set({ version: TOOL.version }, 1);
  });
  faults.inc(0);

  const known = (model: string | undefined) =>
    model === undefined ? '' : models.has(model) ? model : 'other';
  const labels = ({ model, task }: { readonly model?: string; readonly task?: string }) => ({
    model: known(model),
    task: task === undefined ? '' : TASKS.has(task) ? task : 'other',
  });

  function hearRequest(event: RequestEvent): void {
    const of = labels(event);
    const route = event.route === '' ? 'other' : event.route;
    requests.inc({ route, ...of, status: String(event.status) });
    duration.observe({ route, model: of.model }, event.ms / 1000);
    if (event.computeType === 'cache') hits.inc(of);
    else if (event.shared) shared.inc(of);
    else {
      if (event.tokens !== undefined) tokens.inc(of, event.tokens);
      if (event.computeMs !== undefined) compute.observe(of, event.computeMs / 1000);
    }
    if (event.queueMs !== undefined) queued.observe(of, event.queueMs / 1000);
  }

  function hearPool(event: PoolEvent): void {
    const of = labels(event);
    if (event.event === 'load') {
      loads.inc({ ...of, outcome: event.ok ? 'ok' : 'failed' });
      if (event.ok) loadTime.observe(of, event.ms / 1000);
      return;
    }
    const { reason } = event;
    ends.inc({ model: of.model, reason });
    if (reason === 'memory' || reason === 'idle') evictions.inc({ model: of.model, reason });
  }

  return {
    hear(event) {
      switch (event.event) {
        case 'request':
          return hearRequest(event);
        case 'load':
        case 'worker-end':
          return hearPool(event);
        case 'fault':
          return faults.inc();
        case 'usage-file':
          return undefined;
      }
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
