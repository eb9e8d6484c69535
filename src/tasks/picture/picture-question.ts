import { isMapping, own } from '../../mapping.js';
import type { MediaSource } from '../../smoke/media/source.js';
import {
  inferenceOf,
  type ReadParameters,
  readExample,
  readMediaOf,
  readSource,
  readText,
  withParameters,
} from '../reading/example.js';
import { type Example, fault, type Inference, kindOf, type Read, read, within } from '../task.js';

/** A question about a picture. */
export interface PictureQuestion {
  readonly image: MediaSource;
  readonly question: string;
}

/** Reads a widget example with `src` and `text`. */
export function readQuestionExample(
  example: unknown,
  readParameters: ReadParameters,
): Read<Example<PictureQuestion>> {
  return readExample(
    example,
    '`src` and `text`',
    (given) => {
      const image = readSource(given);
      return image.ok ? questionAbout(image.value, readText(own(given, 'text'), 'text')) : image;
    },
    readParameters,
  );
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
  const image = readMediaOf(
    nested || !Object.hasOwn(body, 'image') ? body : { image: own(body, 'image') },
    'image',
  );
  if (!image.ok) return image;
  const question = readText(own(nested ? inputs : body, 'question'), 'question');
  const input = questionAbout(image.value, nested ? within('inputs', question) : question);
  return withParameters(input, body, readParameters);
}

function questionAbout(image: MediaSource, question: Read<string>): Read<PictureQuestion> {
  return question.ok ? read({ image, question: question.value }) : question;
}

/** A question about one of the made-up pictures of smoke/media/samples.ts. */
export function askAbout(name: string, question: string): Inference<PictureQuestion> {
  return inferenceOf({ image: { kind: 'sample', name }, question });
}
