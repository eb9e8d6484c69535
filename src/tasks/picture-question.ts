import { isMapping, own } from '../mapping.js';
import type { MediaSource } from '../smoke/media/source.js';
import { readSource, readText, titleAndOutput } from './example.js';
import { readPictureOf } from './picture-input.js';
import { type Example, fault, type Inference, kindOf, type Parameters, type Read, read } from './task.js';

/** A question about a picture. */
export interface PictureQuestion {
  readonly image: MediaSource;
  readonly question: string;
}

type ReadParameters = (parameters: unknown) => Read<Parameters>;

/** Reads a widget example with `src` and `text`. */
export function readQuestionExample(
  example: unknown,
  readParameters: ReadParameters,
): Read<Example<PictureQuestion>> {
  if (!isMapping(example)) {
    return fault([], `A widget example is a mapping with \`src\` and \`text\`, not ${kindOf(example)}.`);
  }
  const image = readSource(example);
  if (!image.ok) return image;
  const question = readText(own(example, 'text'), 'text');
  if (!question.ok) return question;
  const parameters = readParameters(own(example, 'parameters'));
  if (!parameters.ok) return fault(['parameters', ...parameters.fault.path], parameters.fault.message);
  return read({
    input: { image: image.value, question: question.value },
    parameters: parameters.value,
    ...titleAndOutput(example),
  });
}

/** Reads a request: `image` and `question` under `inputs`, or at the root, where `inputs` may hold the picture too. */
export function readQuestionRequest(
  body: unknown,
  readParameters: ReadParameters,
): Read<Inference<PictureQuestion>> {
  if (!isMapping(body)) {
    return fault([], `Expected {"inputs": {"image": base64, "question": text}}, not ${kindOf(body)}.`);
  }
  const inputs = own(body, 'inputs');
  const nested = isMapping(inputs);
  const image = readPictureOf(nested || !Object.hasOwn(body, 'image') ? body : { image: own(body, 'image') });
  if (!image.ok) return image;
  const question = readText(own(nested ? inputs : body, 'question'), 'question');
  if (!question.ok)
    return nested ? fault(['inputs', ...question.fault.path], question.fault.message) : question;
  const parameters = readParameters(own(body, 'parameters'));
  if (!parameters.ok) return fault(['parameters', ...parameters.fault.path], parameters.fault.message);
  return read({ input: { image: image.value, question: question.value }, parameters: parameters.value });
}

/** The first answer in the `output` of a card’s example; null when there is none. */
export function statedAnswer(
  expected: unknown,
): { readonly answer: string; readonly score: number | null } | null {
  const first: unknown = Array.isArray(expected) ? expected[0] : expected;
  const answer = own(first, 'answer');
  const score = own(first, 'score');
  return typeof answer === 'string' ? { answer, score: typeof score === 'number' ? score : null } : null;
}
