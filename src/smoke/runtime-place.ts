import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { RUNTIME_FOLDER } from './child-environment.js';

/** Loads and resolves the packages that run models. */
export function runtimeRequire(env: NodeJS.ProcessEnv = process.env): NodeJS.Require {
  const folder = env[RUNTIME_FOLDER];
  return createRequire(folder ? resolve(folder, 'package.json') : import.meta.url);
}
