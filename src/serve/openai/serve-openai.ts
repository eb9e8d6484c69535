import { createHash } from 'node:crypto';
import { own } from '../../mapping.js';
import { label } from '../../preview.js';
import type { Inference, Task } from '../../tasks/task.js';
import { TOOL } from '../../version.js';
import { checkAmount } from '../amount.js';
import { checkVerdict, planFor } from '../asked-model.js';
import { type CatalogModel, taskOf } from '../catalog.js';
import type { ComputeType } from '../compute-type.js';
import { drawSeed } from '../draw-seed.js';
import { noted, notedStream } from '../noted-runs.js';
import type { RequestFacts } from '../request-facts.js';
import { ServeError } from '../serve-error.js';
import type { SharedRuns, Wanted } from '../shared-runs.js';
import { answerHead, openAiAnswer } from './openai-answer.js';
import type { OpenAiKind, OpenAiRequest } from './openai-request.js';
import { openAiEvents } from './openai-stream.js';

/** A request to OpenAI's API, and who sends it. */
export interface OpenAiAsk {
  readonly kind: OpenAiKind;
  readonly model: CatalogModel;
  readonly request: OpenAiRequest;
  /** Whether it may be answered with what was answered before. */
  readonly useCache: boolean;
  /** Whether it waits until the model is loaded. */
  readonly wait: boolean;
  /** Whether the model is to be loaded for it. */
  readonly load: boolean;
  /** How long a text may take to be written where the request does not say, in seconds. */
  readonly seconds: number;
  /** Whether it is @huggingface/inference that asks. */
  readonly huggingFace: boolean;
  /** Aborted when the client went away. */
  readonly left: AbortSignal;
  /** Told what is found out about the request. */
  readonly note: (facts: RequestFacts) => void;
}

/** Its answer. */
export type OpenAiOutcome =
  | {
      readonly kind: 'whole';
      readonly value: unknown;
      readonly computeType: ComputeType | 'cache';
      readonly computeMs: number;
      readonly apiOff: string | null;
    }
  | {
      readonly kind: 'stream';
      /** Throws `ServeError` before the first one. */
      readonly events: AsyncGenerator<string, void, undefined>;
      readonly computeType: ComputeType;
      readonly apiOff: string | null;
    };

/** The tasks by which models chat and write, by the task that they are published for. */
const TASK_FOR: Readonly<Record<OpenAiKind, Readonly<Record<string, string>>>> = {
  chat: {
    'text-generation': 'text-generation',
    conversational: 'text-generation',
    'image-text-to-text': 'image-text-to-text',
  },
  completion: {
    'text-generation': 'text-generation',
    conversational: 'text-generation',
    'text2text-generation': 'text2text-generation',
  },
};

/** Answers a request to OpenAI's API. Throws `ServeError`. */
export async function serveOpenAi(
  ask: OpenAiAsk,
  {
    runs,
    pinned,
    compute,
  }: { readonly runs: SharedRuns; readonly pinned: ReadonlySet<string>; readonly compute: ComputeType },
): Promise<OpenAiOutcome> {
  const { kind, model, request, note } = ask;
  note({ model: model.id });
  const apiOff = checkVerdict(model, pinned);
  const task = openAiTask(kind, model);
  note({ task });
  const plan = await planFor(model, task);
  const wanted = request.asked.map((body) => wantedFor(ask, task, readAsked(plan.task, body, plan.model)));
  const head = answerHead(kind, model.id, fingerprint(model));
  if (request.stream) {
    const native = ask.huggingFace && kind === 'completion';
    const streams = wanted.map((one) =>
      notedStream(runs.stream(native ? withDetails(one) : one), compute, note),
    );
    const events = openAiEvents(head, request, streams, native);
    return { kind: 'stream', events, computeType: compute, apiOff };
  }
  const answers = [];
  for (const one of wanted) answers.push(await noted(runs.run(one), compute, note));
  const value = openAiAnswer(
    head,
    request,
    answers.map(({ answer }) => answer.written),
  );
  return {
    kind: 'whole',
    value,
    computeType: answers.every(({ computeType }) => computeType === 'cache') ? 'cache' : compute,
    computeMs: answers.reduce((sum, { computeMs }) => sum + computeMs, 0),
    apiOff,
  };
}

function openAiTask(kind: OpenAiKind, model: CatalogModel): string {
  const published = taskOf(model);
  const task = own(TASK_FOR[kind], published ?? '');
  if (typeof task === 'string') return task;
  const what = published === null ? 'no task is known of it' : `it is a model for ${published}`;
  throw new ServeError(
    400,
    `${model.id} ${kind === 'chat' ? 'cannot chat' : 'goes on from no text'}: ${what}.`,
  );
}

function readAsked(task: Task, body: unknown, model: Parameters<Task['readRequest']>[1]): Inference {
  const read = task.readRequest(body, model);
  if (read.ok) return read.value;
  const { message } = read.fault;
  const path = read.fault.path[0] === 'parameters' ? read.fault.path.slice(1) : read.fault.path;
  // What the task calls inputs, its client calls a prompt.
  const named = path[0] === 'inputs' ? ['prompt', ...path.slice(1)] : path;
  const more = named.length === 0 ? {} : { param: named.join('.') };
  throw new ServeError(400, named.length === 0 ? message : `${label(named)}: ${message}`, { more });
}

function wantedFor(ask: OpenAiAsk, task: string, read: Inference): Wanted {
  const { model, useCache, wait, load, left, seconds } = ask;
  checkAmount(read.input);
  // A text that is cut says so; one that takes too long is none.
  const parameters = { ...read.parameters, max_time: read.parameters.max_time ?? seconds };
  const { inference, repeatable } = drawSeed(task, { ...read, parameters });
  const key = repeatable ? ['written', JSON.stringify(inference)] : null;
  return { model, task, inference, key, useCache, wait, load, left };
}

function withDetails(wanted: Wanted): Wanted {
  const { inference } = wanted;
  return { ...wanted, inference: { ...inference, parameters: { ...inference.parameters, details: true } } };
}

/** Changes with what could change an answer to the same request: the model and this program. */
function fingerprint({ id }: CatalogModel): string {
  const hash = createHash('sha256').update(`${TOOL.name} ${TOOL.version} ${id}`).digest('hex');
  return `fp_${hash.slice(0, 10)}`;
}
