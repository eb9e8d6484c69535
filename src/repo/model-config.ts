import type { Repo } from './repo.js';

/**
 * Largest config.json or tokenizer_config.json that is read, in bytes; one with 20,000 labels has less than 2 MB. Larger
 * ones could be made to take minutes and gigabytes to parse.
 */
export const MAX_CONFIG_BYTES = 4 * 1024 * 1024;

/**
 * A parsed config.json or tokenizer_config.json, for the verdict. Undefined when it is missing, too large or no JSON; the
 * smoke plan says so to the author. Throws `RepoError`.
 */
export async function readModelConfig(repo: Repo, path: string): Promise<unknown> {
  const bytes = await repo.read(path, MAX_CONFIG_BYTES + 1);
  if (bytes === null || bytes.byteLength > MAX_CONFIG_BYTES) return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
