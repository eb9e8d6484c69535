import { errorCode } from '../error-code.js';
import { runtimeRequire } from './runtime-place.js';
import type { RunnerName } from './session.js';

/** The packages that runners load. */
const PACKAGES: Readonly<Record<RunnerName, readonly string[]>> = {
  transformers: ['@huggingface/transformers', 'onnxruntime-node'],
  onnx: ['onnxruntime-node'],
  safetensors: ['@huggingface/transformers', 'onnxruntime-node'],
  llama: ['node-llama-cpp'],
};

/** Those packages of some runners that are not installed. Nothing is loaded: one that is there may be broken. */
export function missingRuntimes(runners: Iterable<RunnerName>): readonly string[] {
  const packages = new Set([...runners].flatMap((runner) => PACKAGES[runner]));
  return [...packages].filter((name) => !isInstalled(name));
}

function isInstalled(name: string): boolean {
  try {
    runtimeRequire().resolve(name);
    return true;
  } catch (error) {
    return errorCode(error) !== 'MODULE_NOT_FOUND';
  }
}
