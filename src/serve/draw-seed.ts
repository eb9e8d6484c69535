import { randomInt } from 'node:crypto';
import { type GenerationParameters, samples } from '../tasks/generation/generation-parameters.js';
import type { Inference } from '../tasks/task.js';

/** Tasks whose models write, and draw tokens where a request says so. */
const WRITES: ReadonlySet<string> = new Set([
  'conversational',
  'image-text-to-text',
  'image-to-text',
  'summarization',
  'text-generation',
  'text2text-generation',
  'translation',
]);

/** An inference with all that its answer depends on. */
export interface Drawn {
  readonly inference: Inference;
  /** Whether the same request is to have the same answer. */
  readonly repeatable: boolean;
}

/** Draws the seed of a text whose tokens are to be drawn, where the request names none: each answer is another. */
export function drawSeed(task: string, inference: Inference): Drawn {
  const parameters: GenerationParameters = inference.parameters;
  if (!WRITES.has(task) || parameters.seed !== undefined || !samples(parameters)) {
    return { inference, repeatable: true };
  }
  return {
    inference: { ...inference, parameters: { ...parameters, seed: randomInt(2 ** 32 - 16) } },
    repeatable: false,
  };
}
