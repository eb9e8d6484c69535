import { isMapping, own } from '../mapping.js';
import type { MediaSource } from '../smoke/media/source.js';
import { readBase64, readSource, titleAndOutput } from './example.js';
import { type Example, fault, type Inference, kindOf, type Parameters, type Read, read } from './task.js';

type ReadParameters = (parameters: unknown) => Read<Parameters>;

/** Reads a widget example whose `src` is a picture (or video) in the repository. */
export function readPictureExample(
  example: unknown,
  readParameters: ReadParameters,
): Read<Example<MediaSource>> {
  if (!isMapping(example)) {
    return fault([], `A widget example is a mapping with \`src\`, not ${kindOf(example)}.`);
  }
  const source = readSource(example);
  if (!source.ok) return source;
  const parameters = readParameters(own(example, 'parameters'));
  if (!parameters.ok) return fault(['parameters', ...parameters.fault.path], parameters.fault.message);
  return read({ input: source.value, parameters: parameters.value, ...titleAndOutput(example) });
}

/** Reads a request with a picture (or video) in base64: alone, or as `inputs` beside `parameters`. */
export function readPictureRequest(
  body: unknown,
  readParameters: ReadParameters,
): Read<Inference<MediaSource>> {
  const source = readPictureOf(body);
  if (!source.ok) return source;
  const parameters = readParameters(isMapping(body) ? own(body, 'parameters') : undefined);
  if (!parameters.ok) return fault(['parameters', ...parameters.fault.path], parameters.fault.message);
  return read({ input: source.value, parameters: parameters.value });
}

/** The picture of a request, wherever clients put it: the body itself, `inputs`, `inputs.image` or `image`. */
export function readPictureOf(body: unknown): Read<MediaSource> {
  if (typeof body === 'string') {
    const source = readBase64(body, 'inputs');
    return source.ok ? source : fault([], source.fault.message);
  }
  if (!isMapping(body)) {
    return fault([], `Expected a picture in base64, or {"inputs": base64}, not ${kindOf(body)}.`);
  }
  const inputs = own(body, 'inputs');
  if (isMapping(inputs)) {
    const source = readBase64(own(inputs, 'image'), 'image');
    return source.ok ? source : fault(['inputs', ...source.fault.path], source.fault.message);
  }
  const key = inputs === undefined && Object.hasOwn(body, 'image') ? 'image' : 'inputs';
  return readBase64(own(body, key), key);
}

/** An inference on one of the pictures of samples.ts. */
export function samplePictureInference(name: string): Inference<MediaSource> {
  return { input: { kind: 'sample', name }, parameters: {} };
}

/** What a model of pictures is shown when the card has none: forms and colours, and what looks like a photo. */
export const SAMPLE_INFERENCES: readonly Inference<MediaSource>[] = ['photo-like', 'shapes'].map(
  samplePictureInference,
);

/** Pictures that have little in common with each other, and with a photo. */
export const CONTRASTING_PICTURES: readonly Inference<MediaSource>[] = [
  'shapes',
  'noise',
  'black',
  'gradient',
].map(samplePictureInference);
