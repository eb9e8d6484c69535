import { randomInt } from 'node:crypto';
import { type GenerationParameters, samples } from '../tasks/generation/generation-parameters.js';
import { findTask } from '../tasks/index.js';
import type { Inference } from '../tasks/task.js';

/** An inference with all that its answer depends on. */
export interface Drawn {
  readonly inference: Inference;
  /** Whether the same request is to have the same answer. */
  readonly repeatable: boolean;
}

/** Draws the seed of a text whose tokens are to be drawn, where the request names none: each answer is another. */
export function drawSeed(task: string, inference: Inference): Drawn {
  const parameters: GenerationParameters = inference.parameters;
  if (findTask(task)?.writes !== true || parameters.seed !== undefined || !samples(parameters)) {
    return { inference, repeatable: true };
  }
  return {
    inference: { ...inference, parameters: { ...parameters, seed: randomInt(2 ** 32 - 16) } },
    repeatable: false,
  };
}
