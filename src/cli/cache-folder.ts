import { isAbsolute, join } from 'node:path';
import type { Host } from './host.js';

/**
 * The folder of this tool for what can be asked for again: below `XDG_CACHE_HOME`, on Windows below `LOCALAPPDATA`, else below
 * `.cache` in the home folder. Undefined where the environment names none.
 */
export function cacheFolder({ env, platform }: Pick<Host, 'env' | 'platform'>): string | undefined {
  const { XDG_CACHE_HOME, LOCALAPPDATA, HOME } = env;
  const home = HOME ? join(HOME, '.cache') : undefined;
  const system = platform === 'win32' ? LOCALAPPDATA : home;
  const found = [XDG_CACHE_HOME, system].find((folder) => folder !== undefined && isAbsolute(folder));
  return found === undefined ? undefined : join(found, 'validate-model-card');
}
