import { isAbsolute, join } from 'node:path';
import type { Host } from './host.js';

/**
 * The folder of this tool for what it counted: below `XDG_STATE_HOME`, on Windows below `LOCALAPPDATA`, else below `.local/state` in the home
 * folder. Undefined where the environment names none.
 */
export function stateFolder({ env, platform }: Pick<Host, 'env' | 'platform'>): string | undefined {
  const { XDG_STATE_HOME, LOCALAPPDATA, HOME } = env;
  const home = HOME ? join(HOME, '.local', 'state') : undefined;
  const system = platform === 'win32' ? LOCALAPPDATA : home;
  const found = [XDG_STATE_HOME, system].find((folder) => folder !== undefined && isAbsolute(folder));
  return found === undefined ? undefined : join(found, 'validate-model-card');
}
