import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { NODE_OPTIONS } from './spawn-child.js';

/** What the child process runs, and the options that Node needs for it. */
export interface ChildScript {
  /** Absolute path. */
  readonly script: string;
  readonly nodeOptions: readonly string[];
}

/**
 * Where the child’s code is: beside this bundle, in the package with what starts it from compiled code; in the repository it is the
 * source, run through tsx.
 */
export function childScript(): ChildScript {
  for (const name of ['smoke-child.cjs', 'smoke-run.cjs']) {
    const script = fileURLToPath(new URL(`./${name}`, import.meta.url));
    if (existsSync(script)) return { script, nodeOptions: NODE_OPTIONS };
  }
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx/esm')).href;
  return {
    script: fileURLToPath(new URL('./child.ts', import.meta.url)),
    nodeOptions: [...NODE_OPTIONS, '--import', tsx],
  };
}
