import { MAX_TEXTS } from '../../tasks/reading/text-input.js';
import { readRecipe } from '../../tasks/text/sentence-embedding.js';
import { checkAmount } from '../amount.js';
import { checkVerdict, planFor, taskFor } from '../asked-model.js';
import { noted } from '../noted-runs.js';
import { ServeError } from '../serve-error.js';
import type { EmbeddingsRequest } from './embeddings-request.js';
import type { Asker, OpenAiParts, OpenAiWhole } from './openai-ask.js';
import { readAsked, wrong } from './openai-body.js';
import { requestTime } from './request-time.js';

const TASK = 'feature-extraction';

/** Answers a request for the vectors of texts (OpenAI, `CreateEmbeddingResponse`): one of length one for each. Throws `ServeError`. */
export async function serveEmbeddings(
  { model, note, inferenceMs, ...asker }: Asker,
  request: EmbeddingsRequest,
  { runs, pinned, computeType }: OpenAiParts,
): Promise<OpenAiWhole> {
  note({ model: model.id });
  const apiOff = checkVerdict(model, pinned);
  const task = taskFor(model, TASK);
  note({ task });
  const plan = await planFor(model, task);
  checkAmount(request.texts);
  const parameters = {
    normalize: true,
    // Without modules.json sentence-transformers takes the mean of the tokens.
    ...(readRecipe(plan.model.json).stated ? {} : { pooling: 'mean' }),
    ...(request.promptName === null ? {} : { prompt_name: request.promptName }),
  };
  const inferences = partsOf(request.texts).map((inputs) =>
    readAsked(plan.task, { inputs, parameters }, plan.model, 'input'),
  );
  const compute = () => computeType(model, task);
  const time = requestTime(inferences.length, inferenceMs);
  const vectors: (readonly number[])[] = [];
  const answers = [];
  for (const inference of inferences) {
    const key = ['embeddings', JSON.stringify(inference)];
    const wanted = { model, task, inference, key, ...asker, limitMs: time.leftMs() };
    const computed = await noted(runs.run(wanted), compute, note);
    time.spend(computed.computeMs);
    const found = vectorsOf(computed.answer.output);
    const other = found.find(({ length }) => length !== (request.dimensions ?? length));
    if (other !== undefined) {
      throw wrong('dimensions', `must be ${other.length}: vectors of ${model.id} are not cut.`);
    }
    vectors.push(...found);
    answers.push(computed);
  }
  const tokens = answers.reduce((sum, { answer }) => sum + answer.tokensRead, 0);
  return {
    kind: 'whole',
    value: {
      object: 'list',
      data: vectors.map((vector, index) => ({
        object: 'embedding',
        index,
        embedding: request.base64 ? base64Of(vector) : vector,
      })),
      model: model.id,
      usage: { prompt_tokens: tokens, total_tokens: tokens },
    },
    computeType: answers.every(({ computeType }) => computeType === 'cache') ? 'cache' : compute(),
    computeMs: answers.reduce((sum, { computeMs }) => sum + computeMs, 0),
    apiOff,
  };
}

/** Texts by as many as an inference takes. */
function partsOf(texts: readonly string[]): readonly (readonly string[])[] {
  const count = Math.ceil(texts.length / MAX_TEXTS);
  return Array.from({ length: count }, (_, part) => texts.slice(part * MAX_TEXTS, (part + 1) * MAX_TEXTS));
}

/** Throws `ServeError` 500 where the model gave no vectors, or numbers that are none. */
function vectorsOf(output: unknown): readonly (readonly number[])[] {
  if (Array.isArray(output) && output.every(isVector)) return output;
  throw new ServeError(
    500,
    'The model gave no vectors of numbers. validate-card --smoke looks for the reason.',
  );
}

function isVector(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.length > 0 && value.every(Number.isFinite);
}

function base64Of(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * 4);
  for (const [index, number] of vector.entries()) bytes.writeFloatLE(number, index * 4);
  return bytes.toString('base64');
}
