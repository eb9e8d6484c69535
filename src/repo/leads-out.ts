import { dirname } from 'node:path';
import { realpath } from './fs.js';
import { isInside } from './path.js';

/**
 * Whether a path that is named as one inside of a folder lies elsewhere, as far as it is there already; both absolute. A link of a
 * repository could name any place for what is written there.
 */
export async function leadsOut(path: string, folder: string): Promise<boolean> {
  if (!isInside(path, folder)) return false;
  const realFolder = await realpath(folder);
  for (let at = path; at !== folder; at = dirname(at)) {
    const real = await realpath(at).catch(() => null);
    if (real !== null) return real !== realFolder && !isInside(real, realFolder);
  }
  return false;
}
