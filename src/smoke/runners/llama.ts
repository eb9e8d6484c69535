import type { LlamaWay } from '../../tasks/task.js';
import type { InferenceJob } from '../protocol.js';
import type { OpenedModel } from './opened.js';
import { RuntimeMissingError } from './runtime.js';

/** Prepares a GGUF model on node-llama-cpp. */
export async function openLlama(
  _job: InferenceJob,
  _way: LlamaWay<unknown, unknown>,
): Promise<() => Promise<OpenedModel>> {
  throw new RuntimeMissingError('not-installed', 'node-llama-cpp', undefined);
}
