import { basename, dirname } from 'node:path';
import type { Repo } from './repo.js';

/** A longer .git/config is none. */
const MAX_GIT_CONFIG = 1024 * 1024;

/**
 * The address in .git/config that a clone of a repository of the Hub was made from. It may hold a token; only the id behind
 * the host is taken.
 */
const REMOTE =
  /^[ \t]*url[ \t]*=[ \t]*(?:https:\/\/(?:[^\s/@]*@)?|(?:ssh:\/\/)?git@)(?:huggingface\.co|hf\.co)[/:]([\w.-]+\/[\w.-]+?)(?:\.git)?\/?[ \t]*$/m;

/**
 * The id of a repository on the Hub: of one opened there, of a clone, or of a folder in the cache of the Hub’s clients; null
 * when nothing tells it.
 */
export async function hubIdOf(repo: Repo): Promise<string | null> {
  const { target, root } = repo;
  if (target.kind === 'hub') return target.id;
  if (root === null) return null;
  const cached = /^models--(.+?)--(.+)$/.exec(basename(dirname(dirname(root))));
  if (cached !== null && basename(dirname(root)) === 'snapshots') return validId(`${cached[1]}/${cached[2]}`);
  // A link that leads elsewhere is refused; then there is no id, and nothing else is wrong.
  const bytes = await repo.read('.git/config', MAX_GIT_CONFIG).catch(() => null);
  return bytes === null ? null : validId(REMOTE.exec(new TextDecoder().decode(bytes))?.[1]);
}

function validId(id: string | undefined): string | null {
  return id !== undefined && /^[A-Za-z0-9_][\w.-]{0,99}\/[A-Za-z0-9_][\w.-]{0,99}$/.test(id) ? id : null;
}
