import { homedir } from 'node:os';
import { join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** The folder of Hugging Face's own files: `HF_HOME`, else `huggingface` in the cache folder of the user. */
function hubHome(env: Environment, home = homedir()): string {
  const named = env.HF_HOME?.trim();
  if (named) return expanded(named, home);
  const cache = env.XDG_CACHE_HOME?.trim();
  return join(cache ? expanded(cache, home) : join(home, '.cache'), 'huggingface');
}

/** The folder of the shared cache: `HF_HUB_CACHE`, else `hub` in `HF_HOME`. */
export function hubCacheFolder(env: Environment, home = homedir()): string {
  const named = env.HF_HUB_CACHE?.trim() || env.HUGGINGFACE_HUB_CACHE?.trim();
  return named ? expanded(named, home) : join(hubHome(env, home), 'hub');
}

/** The file that `hf auth login` writes the token to: `HF_TOKEN_PATH`, else `token` in `HF_HOME`. */
export function hubTokenFile(env: Environment, home = homedir()): string {
  const named = env.HF_TOKEN_PATH?.trim();
  return named ? expanded(named, home) : join(hubHome(env, home), 'token');
}

/** A path whose `~` is the home folder, as in Python's clients. */
function expanded(path: string, home: string): string {
  return /^~(?=$|[\\/])/.test(path) ? join(home, path.slice(1)) : path;
}
