import { label } from '../preview.js';
import { findTask, TASKS } from '../tasks/index.js';
import { type Amount, amountOf } from './amount.js';
import { type Shaped, shapeAnswer } from './answer-shape.js';
import { type Catalog, type CatalogModel, taskOf } from './catalog.js';
import { familyOf } from './client-family.js';
import { fileTypeFor } from './file-type.js';
import type { RequestFacts } from './events.js';
import type { ModelPool } from './model-pool.js';
import type { WorkerAnswer } from './model-worker.js';
import type { NamedModel } from './path.js';
import { readBody } from './request-body.js';
import { cacheKey, type ResultCache } from './result-cache.js';
import { ServeError } from './serve-error.js';

/** A request for an inference, as it came over the wire. */
export interface InferenceRequest {
  readonly named: NamedModel;
  readonly body: Uint8Array;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Whether the client is still there. */
  readonly wanted: () => boolean;
  /** Told what is found out about it. */
  readonly note: (facts: RequestFacts) => void;
}

/** An inference that waits or runs, for those who asked the same. */
interface Shared {
  readonly answer: Promise<WorkerAnswer>;
  readonly askers: (() => boolean)[];
}

/** Its answer. */
export interface InferenceAnswer {
  readonly shaped: Shaped;
  /** What computed it. */
  readonly computeType: 'cpu' | 'gpu' | 'cache';
  /** In milliseconds. */
  readonly computeMs: number;
  readonly amount: Amount;
  /** What the model page would say of the API; null where it is on. */
  readonly apiOff: string | null;
}

/** Answers inferences. Throws `ServeError`. */
export type Infer = (request: InferenceRequest) => Promise<InferenceAnswer>;

/** What inferences need. */
export interface InferenceParts {
  readonly catalog: Catalog;
  readonly pool: ModelPool;
  readonly cache: ResultCache<WorkerAnswer>;
  readonly pinned: ReadonlySet<string>;
  /** Whether the device is a GPU. */
  readonly gpu: boolean;
}

/** Tasks that a model of the other one can do. */
const SERVE_EACH_OTHER: Readonly<Record<string, readonly string[]>> = {
  'feature-extraction': ['sentence-similarity'],
  'sentence-similarity': ['feature-extraction'],
  conversational: ['text-generation'],
};

/** Makes the function that answers inferences of the models of a catalog. */
export function inferenceOf({ catalog, pool, cache, pinned, gpu }: InferenceParts): Infer {
  /** Inferences that are under way, by what they depend on: who asks the same waits for the same. */
  const underWay = new Map<string, Shared>();

  return async ({ named, body, headers, wanted, note }) => {
    const model = modelOf(catalog, named.id);
    note({ model: model.id });
    const apiOff = checkVerdict(model, pinned);
    const task = taskFor(model, named.task);
    note({ task });
    const request = readBody(task, body, headers);
    if (request.stream) throw new ServeError(400, `${model.id} does not write in a stream here.`);
    const client = familyOf(String(headers['user-agent'] ?? ''), request.value);
    const plan = await model.plan(task);
    if (plan.kind !== 'run') throw new ServeError(plan.kind === 'skip' ? 400 : 500, plan.reason);
    const read = plan.task.readRequest(request.value, plan.model);
    if (!read.ok) {
      const { path, message } = read.fault;
      throw new ServeError(400, path.length === 0 ? message : `${label(path)}: ${message}`);
    }
    const asked = { task, client, request: request.value, classes: plan.model.graph?.classes ?? [] };
    const fileType = fileTypeFor(task, String(headers.accept ?? ''));
    const inference = fileType === undefined ? read.value : { ...read.value, fileType };
    const { useCache, waitForModel, loadModel } = request.options;
    const key = cacheKey([model.id, task, fileType ?? '', body]);
    const known = useCache ? cache.get(key) : undefined;
    if (known !== undefined) {
      note({ computeType: 'cache' });
      const shaped = shapeAnswer(known, asked);
      const amount = amountOf(inference.input, known.heardSeconds);
      return { shaped, computeType: 'cache', computeMs: 0, amount, apiOff };
    }
    if (!loadModel && pool.state(model, task).state === 'cold') {
      throw new ServeError(503, `Model ${model.id} is not loaded, and the request says not to.`);
    }
    // Who does not wait is told that the model loads; who waits is not.
    const sharedKey = `${waitForModel} ${key}`;
    const began = performance.now();
    let shared = useCache ? underWay.get(sharedKey) : undefined;
    // One that everybody left is not run.
    if (shared?.askers.some((asker) => asker())) {
      note({ shared: true });
      shared.askers.push(wanted);
    } else {
      const askers = [wanted];
      const answer = pool.run(model, task, inference, {
        wait: waitForModel,
        wanted: () => askers.some((asker) => asker()),
      });
      const mine: Shared = { answer, askers };
      shared = mine;
      if (useCache) {
        underWay.set(sharedKey, mine);
        const done = () => {
          if (underWay.get(sharedKey) === mine) underWay.delete(sharedKey);
        };
        answer.then(done, done);
      }
    }
    const answer = await shared.answer;
    const computeMs = answer.latencyMs;
    const queueMs = Math.max(0, performance.now() - began - computeMs);
    note({ computeType: gpu ? 'gpu' : 'cpu', computeMs, queueMs });
    if (useCache) cache.set(key, answer, bytesOf(answer));
    const shaped = shapeAnswer(answer, asked);
    const amount = amountOf(inference.input, answer.heardSeconds);
    return { shaped, computeType: gpu ? 'gpu' : 'cpu', computeMs: answer.latencyMs, amount, apiOff };
  };
}

/** Throws `ServeError` 404. */
export function modelOf(catalog: Catalog, id: string): CatalogModel {
  const model = catalog.get(id);
  if (model === undefined) throw new ServeError(404, `There is no model ${id} here.`);
  return model;
}

/**
 * The verdict rules the server: what the author has turned off is refused, and so is what is too big for the Hub unless it is pinned. What the Hub
 * would not serve for another reason is served here; returns that reason.
 */
function checkVerdict({ id, report }: CatalogModel, pinned: ReadonlySet<string>): string | null {
  const { api } = report.support;
  if (api.enabled) return null;
  if (api.reason === 'ExplicitOptOut') {
    throw new ServeError(403, `The card of ${id} says inference: false. ${api.explanation}`);
  }
  if (api.reason === 'TooBig' && !pinned.has(id)) {
    throw new ServeError(
      403,
      `${id} is too big to be loaded on request. ${api.explanation} Pin it to load it here.`,
    );
  }
  return api.reason;
}

/** The task that is asked for, else the one the model is published for. Throws `ServeError` 400. */
export function taskFor(model: CatalogModel, asked: string | null): string {
  const own = taskOf(model);
  const task = asked ?? own;
  if (task === null)
    throw new ServeError(400, `No task is known of ${model.id}. ${model.report.support.task.detail}`);
  if (findTask(task) === undefined) {
    throw new ServeError(400, `There is no task ${task}; there are ${[...TASKS.keys()].join(', ')}.`);
  }
  if (own !== null && task !== own && !(SERVE_EACH_OTHER[task] ?? []).includes(own)) {
    throw new ServeError(400, `${model.id} is a model for ${own}, not for ${task}.`);
  }
  return task;
}

/** About what an answer takes in memory, in bytes. */
function bytesOf({ output, files }: WorkerAnswer): number {
  return JSON.stringify(output).length * 4 + files.reduce((sum, { base64 }) => sum + base64.length, 0) + 500;
}
