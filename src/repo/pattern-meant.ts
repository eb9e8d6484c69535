import { findRepositories } from './find-repositories.js';

/**
 * The pattern for the model repositories that lie in a folder, where it was named by itself; null when none do.
 * @param folder Absolute.
 * @param target The folder as it was named.
 */
export async function patternMeant(folder: string, target: string): Promise<string | null> {
  // That nothing matches is thrown.
  const inside = await findRepositories(['*'], { cwd: folder }).catch(() => []);
  if (inside.length === 0) return null;
  return target === '.' ? '*' : `${target.replace(/\/+$/, '')}/*`;
}
