import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The child process of the smoke inference as it is shipped; null where that is missing, or older than a source. */
    readonly builtChild: string | null;
  }
}

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Once for all tests: finds the child process that `npm test` built. To compile its source anew for each of some hundred children
 * takes more than all else that they do.
 */
export default function findBuiltChild(project: TestProject): void {
  const script = join(root, 'dist', 'smoke-child.cjs');
  project.provide('builtChild', changed(script) > newest(join(root, 'src')) ? script : null);
}

function newest(folder: string): number {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  return Math.max(
    ...entries
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => changed(join(parentPath, name))),
  );
}

function changed(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
