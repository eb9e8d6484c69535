import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Sandbox, startSandbox } from './sandbox.js';

/** Starts the child process of a smoke inference; it loads its code while the parent still plans. */
export function startChild(): Sandbox {
  const { script, nodeOptions } = childScript();
  return startSandbox(script, nodeOptions);
}

/**
 * Where the child’s code is. In the package it is the bundle beside this one, or above it when this code was bundled into
 * `chunks/`; in the repository it is the source, run through tsx.
 */
function childScript(): { readonly script: string; readonly nodeOptions: readonly string[] } {
  // Warnings of Node about its own features would only clutter what the child writes.
  const common = ['--no-warnings'];
  for (const place of ['./smoke-child.js', '../smoke-child.js']) {
    const script = fileURLToPath(new URL(place, import.meta.url));
    if (existsSync(script)) return { script, nodeOptions: common };
  }
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx/esm')).href;
  return {
    script: fileURLToPath(new URL('./child.ts', import.meta.url)),
    nodeOptions: [...common, '--import', tsx],
  };
}
