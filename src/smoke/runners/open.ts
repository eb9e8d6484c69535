import type { Way } from '../../tasks/task.js';
import type { InferenceJob } from '../protocol.js';
import { importLlama, openLlama } from './llama.js';
import { openOnnx } from './onnx.js';
import type { OpenedModel } from './opened.js';
import { loadOnnxRuntime, loadTransformers } from './runtime.js';
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

/** Imports the runtime of a runner ahead of the job that is likely to need it; what does not load is left to the job. */
export async function importRuntime(runner: string | undefined): Promise<void> {
  try {
    if (runner === 'onnx') loadOnnxRuntime();
    else if (runner === 'transformers' || runner === 'safetensors') loadTransformers(false);
    else if (runner === 'llama') await importLlama();
  } catch {
    // The job meets it again, and says so.
  }
}
