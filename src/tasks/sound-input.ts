import { isMapping, own } from '../mapping.js';
import type { MediaSource } from '../smoke/media/source.js';
import { readBase64, readSource, titleAndOutput } from './example.js';
import { type Example, fault, type Inference, kindOf, type Parameters, type Read, read } from './task.js';

type ReadParameters = (parameters: unknown) => Read<Parameters>;

/** Reads a widget example whose `src` is a recording in the repository. */
export function readSoundExample(
  example: unknown,
  readParameters: ReadParameters,
): Read<Example<MediaSource>> {
  if (!isMapping(example))
    return fault([], `A widget example is a mapping with \`src\`, not ${kindOf(example)}.`);
  const source = readSource(example);
  if (!source.ok) return source;
  const parameters = readParameters(own(example, 'parameters'));
  if (!parameters.ok) return fault(['parameters', ...parameters.fault.path], parameters.fault.message);
  return read({ input: source.value, parameters: parameters.value, ...titleAndOutput(example) });
}

/** Reads a request with a recording in base64: alone, or as `inputs` (older clients: `audio`) beside `parameters`. */
export function readSoundRequest(
  body: unknown,
  readParameters: ReadParameters,
): Read<Inference<MediaSource>> {
  if (typeof body === 'string') {
    const source = readBase64(body, 'inputs');
    return source.ok ? read({ input: source.value, parameters: {} }) : fault([], source.fault.message);
  }
  if (!isMapping(body)) {
    return fault([], `Expected a recording in base64, or {"inputs": base64}, not ${kindOf(body)}.`);
  }
  const key = Object.hasOwn(body, 'inputs') || !Object.hasOwn(body, 'audio') ? 'inputs' : 'audio';
  const source = readBase64(own(body, key), key);
  if (!source.ok) return source;
  const parameters = readParameters(own(body, 'parameters'));
  if (!parameters.ok) return fault(['parameters', ...parameters.fault.path], parameters.fault.message);
  return read({ input: source.value, parameters: parameters.value });
}

/** An inference on one of the sounds of samples.ts. */
export function sampleSoundInference(name: string): Inference<MediaSource> {
  return { input: { kind: 'sample', name }, parameters: {} };
}

/** Sounds that have little in common, and none with speech. */
export const CONTRASTING_SOUNDS: readonly Inference<MediaSource>[] = [
  'tone',
  'noise',
  'chirp',
  'silence',
].map(sampleSoundInference);
