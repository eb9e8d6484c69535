import { isMapping, own } from '../mapping.js';
import { label } from '../preview.js';
import type { Task } from '../tasks/task.js';
import { type Amount, amountOf, checkAmount } from './amount.js';
import { type Shaped, shapeAnswer } from './answer-shape.js';
import { checkVerdict, modelOf, planFor, taskFor } from './asked-model.js';
import type { Catalog } from './catalog.js';
import { familyOf } from './client-family.js';
import type { ComputeType } from './compute-type.js';
import { drawSeed } from './draw-seed.js';
import { fileTypeFor } from './file-type.js';
import type { ModelPool } from './model-pool.js';
import { nativeEvents } from './native-stream.js';
import { noted, notedStream } from './noted-runs.js';
import type { NamedModel } from './path.js';
import { readBody } from './request-body.js';
import type { RequestFacts } from './request-facts.js';
import { ServeError } from './serve-error.js';
import type { SharedRuns, Wanted } from './shared-runs.js';
import { siblingTask } from './sibling-task.js';
import type { StreamPart } from './token-stream.js';
import { UNSUPPORTED, unsupportedIn } from './unsupported-parameters.js';

/** A request for an inference, as it came over the wire. */
export interface InferenceRequest {
  readonly named: NamedModel;
  readonly body: Uint8Array;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Aborted when the client went away. */
  readonly left: AbortSignal;
  /** Told what is found out about it. */
  readonly note: (facts: RequestFacts) => void;
}

/** Its answer. */
export interface InferenceAnswer {
  readonly kind: 'whole';
  readonly shaped: Shaped;
  /** What computed it. */
  readonly computeType: ComputeType | 'cache';
  /** In milliseconds. */
  readonly computeMs: number;
  readonly amount: Amount;
  /** What the model page would say of the API; null where it is on. */
  readonly apiOff: string | null;
}

/** Its answer, token by token. */
export interface InferenceStream {
  readonly kind: 'stream';
  /** Throws `ServeError` before the first one. */
  readonly events: AsyncGenerator<string, void, undefined>;
  /** Known when the first one is there. */
  readonly computeType: () => ComputeType;
  readonly apiOff: string | null;
}

/** Answers inferences. Throws `ServeError`. */
export type Infer = (request: InferenceRequest) => Promise<InferenceAnswer | InferenceStream>;

/** What inferences need. */
export interface InferenceParts {
  readonly catalog: Catalog;
  readonly runs: SharedRuns;
  readonly pinned: ReadonlySet<string>;
  /** What computes the answers of a model. */
  readonly computeType: ModelPool['computeType'];
}

/** Tasks that can be answered token by token. */
export const STREAMED: ReadonlySet<string> = new Set([
  'text-generation',
  'text2text-generation',
  'image-text-to-text',
]);

/** Makes the function that answers inferences of the models of a catalog. */
export function inferenceOf({ catalog, runs, pinned, computeType: computes }: InferenceParts): Infer {
  return async ({ named, body, headers, left, note }) => {
    const model = modelOf(catalog, named.id);
    note({ model: model.id });
    const apiOff = checkVerdict(model, pinned);
    const own = taskFor(model, named.task);
    note({ task: own });
    const request = readBody(own, body, headers);
    const task = named.task === null ? siblingTask(own, request.value) : own;
    note({ task });
    const client = familyOf(String(headers['user-agent'] ?? ''), request.value);
    const plan = await planFor(model, task);
    checkSupported(plan.task, request.value);
    const read = plan.task.readRequest(request.value, plan.model);
    if (!read.ok) {
      const { path, message } = read.fault;
      throw new ServeError(400, path.length === 0 ? message : `${label(path)}: ${message}`);
    }
    checkAmount(read.value.input);
    const asked = { task, client, request: request.value, classes: plan.model.graph?.classes ?? [] };
    const fileType = fileTypeFor(task, String(headers.accept ?? ''));
    const typed = fileType === undefined ? read.value : { ...read.value, fileType };
    const { inference, repeatable } = drawSeed(task, typed);
    const { useCache, waitForModel, loadModel } = request.options;
    const wanted: Wanted = {
      model,
      task,
      inference,
      key: repeatable ? [fileType ?? '', body] : null,
      useCache,
      wait: waitForModel,
      load: loadModel,
      left,
    };
    const compute = () => computes(model, task);
    if (request.stream) {
      const events = nativeEvents(streamed(wanted, compute, note));
      return { kind: 'stream', events, computeType: compute, apiOff };
    }
    const { answer, computeType, computeMs } = await noted(runs.run(wanted), compute, note);
    const shaped = shapeAnswer(answer, asked);
    const amount = amountOf(inference.input, answer.heardSeconds);
    return { kind: 'whole', shaped, computeType, computeMs, amount, apiOff };
  };

  function streamed(
    wanted: Wanted,
    compute: () => ComputeType,
    note: InferenceRequest['note'],
  ): AsyncIterable<StreamPart> {
    const { inference, task, model } = wanted;
    if (!STREAMED.has(task))
      throw new ServeError(400, `${model.id} is a model for ${task}, which is not answered in a stream.`);
    if (Array.isArray(inference.input) || Number(inference.parameters.num_return_sequences ?? 1) > 1) {
      throw new ServeError(
        400,
        'Only one text can be streamed: send one input, without num_return_sequences.',
      );
    }
    const parameters = { ...inference.parameters, details: true };
    return notedStream(runs.stream({ ...wanted, inference: { ...inference, parameters } }), compute, note);
  }
}

/** Throws `ServeError` 400 for a parameter of a text that nothing here heeds. */
function checkSupported({ writes }: Task, request: unknown): void {
  const parameters = own(request, 'parameters');
  const name = writes === true && isMapping(parameters) ? unsupportedIn(parameters) : null;
  if (name !== null) throw new ServeError(400, `parameters.${name} ${UNSUPPORTED[name]}`);
}
