import { createHash } from 'node:crypto';
import { own } from '../../mapping.js';
import type { Inference } from '../../tasks/task.js';
import { TOOL } from '../../version.js';
import { checkAmount } from '../amount.js';
import { checkVerdict, planFor } from '../asked-model.js';
import { type CatalogModel, taskOf } from '../catalog.js';
import type { ComputeType } from '../compute-type.js';
import { drawSeed } from '../draw-seed.js';
import { noted, notedStream } from '../noted-runs.js';
import { ServeError } from '../serve-error.js';
import type { Wanted } from '../shared-runs.js';
import { answerHead, openAiAnswer } from './openai-answer.js';
import type { Asker, OpenAiParts, OpenAiWhole } from './openai-ask.js';
import { readAsked } from './openai-body.js';
import type { OpenAiKind, OpenAiRequest } from './openai-request.js';
import { openAiEvents } from './openai-stream.js';
import { requestTime } from './request-time.js';

/** A request for a chat or a text, and who sends it. */
export interface OpenAiAsk extends Asker {
  readonly kind: OpenAiKind;
  readonly request: OpenAiRequest;
  /** Whether it is @huggingface/inference that asks. */
  readonly huggingFace: boolean;
}

/** Its answer. */
export type OpenAiOutcome =
  | OpenAiWhole
  | {
      readonly kind: 'stream';
      /** Throws `ServeError` before the first one. */
      readonly events: AsyncGenerator<string, void, undefined>;
      readonly computeType: () => ComputeType;
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
  { runs, pinned, computeType }: OpenAiParts,
): Promise<OpenAiOutcome> {
  const { kind, model, request, note } = ask;
  note({ model: model.id });
  const apiOff = checkVerdict(model, pinned);
  const task = openAiTask(kind, model);
  note({ task });
  const plan = await planFor(model, task);
  const compute = () => computeType(model, task);
  const prompts = request.asked.map((body) =>
    promptOf(task, readAsked(plan.task, body, plan.model, 'prompt'), ask),
  );
  const time = requestTime(prompts.length, ask.inferenceMs);
  const wantedFor = ({ inference, key, seconds }: AskedPrompt): Wanted => {
    const { useCache, wait, load, left } = ask;
    // A text that is cut says so; one that takes too long is none.
    const parameters = { ...inference.parameters, max_time: time.share(seconds) };
    const timed = { ...inference, parameters };
    return { model, task, inference: timed, key, useCache, wait, load, left, limitMs: time.leftMs() };
  };
  const head = answerHead(kind, model.id, fingerprint(model));
  if (request.stream) {
    const native = ask.huggingFace && kind === 'completion';
    const streams = prompts.map(async function* (prompt) {
      const wanted = wantedFor(prompt);
      for await (const part of notedStream(
        runs.stream(native ? withDetails(wanted) : wanted),
        compute,
        note,
      )) {
        if (part.kind === 'answer') time.spend(part.answer.latencyMs);
        yield part;
      }
    });
    const events = openAiEvents(head, request, streams, native);
    return { kind: 'stream', events, computeType: compute, apiOff };
  }
  const answers = [];
  for (const prompt of prompts) {
    const computed = await noted(runs.run(wantedFor(prompt)), compute, note);
    time.spend(computed.computeMs);
    answers.push(computed);
  }
  const value = openAiAnswer(
    head,
    request,
    answers.map(({ answer }) => answer.written),
  );
  return {
    kind: 'whole',
    value,
    computeType: answers.every(({ computeType }) => computeType === 'cache') ? 'cache' : compute(),
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

/** One of the prompts of a request. */
interface AskedPrompt {
  readonly inference: Inference;
  readonly key: Wanted['key'];
  /** How long the texts of all prompts may take to be written. */
  readonly seconds: number;
}

/** How much of the time of a request may go by while texts are written. */
const TEXT_SHARE = 0.75;

function promptOf(task: string, read: Inference, { inferenceMs }: OpenAiAsk): AskedPrompt {
  checkAmount(read.input);
  const { max_time, ...parameters } = read.parameters;
  const { inference, repeatable } = drawSeed(task, { ...read, parameters });
  return {
    inference,
    // What was not cut is the same however long it might have taken.
    key: repeatable ? ['written', JSON.stringify(inference)] : null,
    seconds: typeof max_time === 'number' ? max_time : (TEXT_SHARE * inferenceMs) / 1000,
  };
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
