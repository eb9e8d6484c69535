import { type Dirent, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { RunnerName } from './session.js';

/** The runner that a repository with these files is likely to need; null when it has no graph. */
export function likelyRunner(paths: readonly string[]): RunnerName | null {
  const some = (pattern: RegExp) => paths.some((path) => pattern.test(path));
  if (some(/\.onnx$/))
    return some(/(?:^|\/)(?:tokenizer|preprocessor_config)\.json$/) ? 'transformers' : 'onnx';
  if (
    some(
      /^(?:model(?:-\d+-of-\d+)?\.safetensors|pytorch_model(?:-\d+-of-\d+)?\.bin|adapter_model\.(?:safetensors|bin))$/,
    ) &&
    some(/^(?:tokenizer|preprocessor_config)\.json$/)
  )
    return 'safetensors';
  return some(/\.gguf$/) ? 'llama' : null;
}

/** Most folders of a repository that are looked into before it is listed. */
const MAX_FOLDERS = 20;

/** The runner that a folder, or the folder of a card, seems to need, before anything of it is read; null when it holds no model. */
export function likelyRunnerIn(target: string): RunnerName | null {
  const root = target.endsWith('.md') ? dirname(target) : target;
  const entries = list(root);
  const folders = entries.filter((entry) => entry.isDirectory()).slice(0, MAX_FOLDERS);
  return likelyRunner([
    ...entries.map(({ name }) => name),
    ...folders.flatMap(({ name }) => list(join(root, name)).map((inner) => `${name}/${inner.name}`)),
  ]);
}

function list(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
