import { type Dirent, existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Sandbox, startSandbox } from './sandbox.js';
import type { RunnerName } from './session.js';

/**
 * Starts the child process of a smoke inference; it loads its code, and the runtime of `runner` where one is likely to be
 * needed, while the parent still plans.
 */
export function startChild(runner: RunnerName | null = null): Sandbox {
  const { script, nodeOptions } = childScript();
  return startSandbox(script, nodeOptions, runner === null ? [] : [runner]);
}

/** The runner that a repository with these files is likely to need; null when it has no graph. */
export function likelyRunner(paths: readonly string[]): RunnerName | null {
  const some = (pattern: RegExp) => paths.some((path) => pattern.test(path));
  if (some(/\.onnx$/))
    return some(/(?:^|\/)(?:tokenizer|preprocessor_config)\.json$/) ? 'transformers' : 'onnx';
  if (some(/^model(?:\.safetensors|-\d+-of-\d+\.safetensors)$/) && some(/^tokenizer\.json$/))
    return 'safetensors';
  return some(/\.gguf$/) ? 'llama' : null;
}

/** Most folders of a repository that are looked into before it is listed. */
const MAX_FOLDERS = 20;

/**
 * Starts the child for a folder, or the folder of a card, that seems to hold a model, before anything of it is read; null when it
 * does not seem so.
 */
export function startEarly(target: string): Sandbox | null {
  const list = (folder: string): readonly Dirent[] => {
    try {
      return readdirSync(folder, { withFileTypes: true });
    } catch {
      return [];
    }
  };
  const root = target.endsWith('.md') ? dirname(target) : target;
  const entries = list(root);
  const folders = entries.filter((entry) => entry.isDirectory()).slice(0, MAX_FOLDERS);
  const runner = likelyRunner([
    ...entries.map(({ name }) => name),
    ...folders.flatMap(({ name }) => list(join(root, name)).map((inner) => `${name}/${inner.name}`)),
  ]);
  return runner === null ? null : startChild(runner);
}

/**
 * Where the child’s code is: beside this bundle, in the package with what starts it from compiled code; in the repository it is the
 * source, run through tsx.
 */
function childScript(): { readonly script: string; readonly nodeOptions: readonly string[] } {
  // Warnings of Node about its own features would only clutter what the child writes.
  const common = ['--no-warnings'];
  for (const name of ['smoke-child.cjs', 'smoke-run.cjs']) {
    const script = fileURLToPath(new URL(`./${name}`, import.meta.url));
    if (existsSync(script)) return { script, nodeOptions: common };
  }
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx/esm')).href;
  return {
    script: fileURLToPath(new URL('./child.ts', import.meta.url)),
    nodeOptions: [...common, '--import', tsx],
  };
}
