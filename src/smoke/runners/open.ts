import type { Way } from '../../tasks/task.js';
import type { InferenceJob } from '../protocol.js';
import { openLlama } from './llama.js';
import { openOnnx } from './onnx.js';
import type { OpenedModel } from './opened.js';
import { openTransformers } from './transformers.js';

/**
 * Prepares the runner of a way. Resolves when its runtime is imported, to a function that loads the model; both throw what
 * the runtime throws, and `RuntimeMissingError` when it is not installed.
 */
export function openModel(job: InferenceJob, way: Way): Promise<() => Promise<OpenedModel>> {
  switch (way.runner) {
    case 'transformers':
      return openTransformers(job, way);
    case 'onnx':
      return openOnnx(job, way);
    case 'llama':
      return openLlama(job, way);
  }
}
