import { isMapping, own } from '../../mapping.js';
import type { MediaSource } from '../../smoke/media/source.js';
import {
  type Example,
  fault,
  type Inference,
  kindOf,
  type Parameters,
  type Read,
  read,
  within,
} from '../task.js';

/** Reads the parameters of a widget example or request. */
export type ReadParameters = (parameters: unknown) => Read<Parameters>;

/** An inference without parameters. */
export function inferenceOf<Input>(input: Input): Inference<Input> {
  return { input, parameters: {} };
}

/**
 * Reads a widget example; `keys` says which keys it has, and `readInput` makes an input of it. Without `readParameters` its
 * parameters are left out.
 */
export function readExample<Input>(
  example: unknown,
  keys: string,
  readInput: (example: Readonly<Record<string, unknown>>) => Read<Input>,
  readParameters?: ReadParameters,
): Read<Example<Input>> {
  if (!isMapping(example)) {
    return fault([], `A widget example is a mapping with ${keys}, not ${kindOf(example)}.`);
  }
  const inference = withParameters(readInput(example), example, readParameters);
  return inference.ok ? read({ ...inference.value, ...titleAndOutput(example) }) : inference;
}

/** An input with the `parameters` that stand beside it in a widget example or request. */
export function withParameters<Input>(
  input: Read<Input>,
  beside: unknown,
  readParameters: ReadParameters = () => read({}),
): Read<Inference<Input>> {
  if (!input.ok) return input;
  const parameters = within('parameters', readParameters(own(beside, 'parameters')));
  return parameters.ok ? read({ input: input.value, parameters: parameters.value }) : parameters;
}

/** The title and the answer that a widget example shows, where it has them. */
function titleAndOutput(example: unknown): { readonly title?: string; readonly output?: unknown } {
  const title = own(example, 'example_title');
  const output = own(example, 'output');
  return {
    ...(typeof title === 'string' ? { title } : {}),
    ...(output === undefined || output === null ? {} : { output }),
  };
}

/** A text of a widget example or request that must not be empty. */
export function readText(value: unknown, key: string): Read<string> {
  if (value === undefined) return fault([], `There is no \`${key}\`.`);
  if (typeof value !== 'string') return fault([key], `\`${key}\` must be a text, not ${kindOf(value)}.`);
  return value.trim() === '' ? fault([key], `\`${key}\` is empty.`) : read(value);
}

/** The file that `src` of a widget example names; by now the path of one in the repository. */
export function readSource(example: unknown): Read<MediaSource> {
  const path = readText(own(example, 'src'), 'src');
  return path.ok ? read({ kind: 'file', path: path.value }) : path;
}

/** Reads a widget example whose `src` is a picture, video or recording in the repository. */
export function readMediaExample(
  example: unknown,
  readParameters: ReadParameters,
): Read<Example<MediaSource>> {
  return readExample(example, '`src`', readSource, readParameters);
}

/** The file in the repository that shows the output of a widget example; null when it shows none, or one that is not here. */
export function shownFile(expected: unknown): MediaSource | null {
  const path = own(own(expected, 'file'), 'path');
  return typeof path === 'string' ? { kind: 'file', path } : null;
}

/** Most characters of a request’s base64: 64 MiB of content. */
const MAX_BASE64 = 90_000_000;
const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/;

/**
 * A picture or sound of a request: base64, alone or as a `data:` URL. An address is refused: whoever asks a server must not
 * make it fetch.
 */
export function readBase64(value: unknown, key: string): Read<MediaSource> {
  const text = readText(value, key);
  if (!text.ok) return text;
  if (/^(?:https?|ftp|file):/i.test(text.value)) {
    return fault([key], `\`${key}\` is an address; send the content itself, in base64.`);
  }
  const base64 = text.value
    .replace(/^data:[^,]{0,200};base64,/, '')
    .replace(/[\r\n]+/g, '')
    .trim();
  if (base64.length > MAX_BASE64) return fault([key], `\`${key}\` is longer than 64 MiB.`);
  // One character more than whole groups of four is none of any bytes.
  if (base64.replace(/=+$/, '').length % 4 === 1 || !BASE64.test(base64)) {
    return fault([key], `\`${key}\` is not the base64 of a picture or sound.`);
  }
  return read({ kind: 'data', base64 });
}

/** Reads a request with a picture (or video) or a recording in base64: alone, or as `inputs` beside `parameters`. */
export function readMediaRequest(
  body: unknown,
  kind: 'image' | 'audio',
  readParameters: ReadParameters,
): Read<Inference<MediaSource>> {
  return withParameters(readMediaOf(body, kind), body, readParameters);
}

/** The file of a request, wherever clients put it: the body itself, `inputs`, or under the name of its kind in `inputs` or beside it. */
export function readMediaOf(body: unknown, kind: 'image' | 'audio'): Read<MediaSource> {
  if (typeof body === 'string') {
    const source = readBase64(body, 'inputs');
    return source.ok ? source : fault([], source.fault.message);
  }
  if (!isMapping(body)) {
    const what = kind === 'image' ? 'a picture' : 'a recording';
    return fault([], `Expected ${what} in base64, or {"inputs": base64}, not ${kindOf(body)}.`);
  }
  const inputs = own(body, 'inputs') ?? undefined;
  if (isMapping(inputs)) return within('inputs', readBase64(own(inputs, kind), kind));
  const key = inputs === undefined && Object.hasOwn(body, kind) ? kind : 'inputs';
  return readBase64(own(body, key), key);
}

/** An inference on one of the made-up pictures, videos and sounds of smoke/media/samples.ts. */
export function sampleInference(name: string): Inference<MediaSource> {
  return inferenceOf({ kind: 'sample', name });
}
