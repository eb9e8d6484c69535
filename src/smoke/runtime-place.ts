import { createRequire } from 'node:module';
import { resolve } from 'node:path';

/**
 * Names a folder below which the packages that run models are installed (in its `node_modules`), when that is not where this
 * package is. Only the environment can say so, never a repository: what is loaded from there is executed.
 */
export const RUNTIME_FOLDER = 'VALIDATE_CARD_RUNTIMES';

/** Loads and resolves the packages that run models. */
export function runtimeRequire(env: NodeJS.ProcessEnv = process.env): NodeJS.Require {
  const folder = env[RUNTIME_FOLDER];
  return createRequire(folder ? resolve(folder, 'package.json') : import.meta.url);
}
