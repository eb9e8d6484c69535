import { readJsonFile } from './json-file.js';
import type { Repo } from './repo.js';

/**
 * A parsed config.json, for the verdict. Undefined when it is missing, too large, nested too deep or no JSON; the smoke
 * plan says so to the author. Throws `RepoError`.
 */
export async function readModelConfig(repo: Repo, path: string): Promise<unknown> {
  const reading = await readJsonFile(repo, path);
  return reading?.kind === 'value' ? reading.value : undefined;
}
