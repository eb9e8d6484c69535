import { resolve } from 'node:path';
import { isMissing } from '../error-code.js';
import { UsageError } from '../errors.js';
import { stat } from './fs.js';
import type { HubAccess } from './hub.js';
import { openCardFile, openFolder, readError } from './local.js';
import type { Repo } from './repo.js';

export interface OpenOptions {
  /** Folder that relative targets are relative to; the process's working directory when absent. */
  readonly cwd?: string;
  /** Use nothing that needs the network: of a model on the Hub only what the cache holds. */
  readonly offline?: boolean;
  readonly hub?: HubAccess;
}

/**
 * Opens what the user named: a folder, a card file, or (when nothing of that name is here) a model id on the Hub,
 * `org/name[@revision]`, or the address of its page. Throws `UsageError` (`target-not-found`,
 * `target-not-a-card`, `target-not-a-model`) or `RepoError`.
 */
export async function openRepo(target: string, options: OpenOptions = {}): Promise<Repo> {
  // An empty text resolves to the working directory; more likely a variable that should have held a name is not set.
  if (target === '') throw notFound('The target is empty.');
  const cwd = options.cwd ?? process.cwd();
  const path = resolve(cwd, target);
  const info = await describe(path);
  if (info === 'folder') return openFolder(path, { kind: 'folder', path: target });
  if (info === 'file' && NO_CARD.test(path)) throw noCard(target);
  if (info === 'file') return openCardFile(path, { kind: 'card', path: target });

  // Only what looks like an id or an address is worth loading more.
  const found = target.includes('/') ? await onHub(target, cwd, options) : null;
  if (found === null) throw notFound(`There is no file or folder ${target}.`);
  return found;
}

/** Opens a model on the Hub; null when the target names none. */
async function onHub(target: string, cwd: string, options: OpenOptions): Promise<Repo | null> {
  const { parseHubTarget } = await import('./hub-target.js');
  // `models/bert` with a folder `models` beside us is a slip of the pen, not a model of the organisation "models".
  const owner = target.split('/')[0] ?? '';
  if (owner === '' || (await describe(resolve(cwd, owner))) !== 'missing') return null;
  const access = options.hub ?? {};
  const hubTarget = parseHubTarget(target, access.endpoint);
  if (hubTarget === null) return null;
  const { openHub } = await import('./hub.js');
  return openHub(hubTarget, options.offline ? { ...access, offline: true } : access);
}

function notFound(message: string): UsageError {
  return new UsageError('target-not-found', message, {
    hint: 'Name the folder of a model repository, its README.md, or a model on the Hub as org/name.',
  });
}

/** Files beside a card: of a model, of settings, or programs. */
const NO_CARD = /\.(?:json|safetensors|onnx|gguf|bin|pth?|ckpt|h5|msgpack|pkl|joblib|keras|py|ipynb)$/i;

function noCard(target: string): UsageError {
  return new UsageError('target-not-a-card', `${target} is no model card.`, {
    hint: 'Name the folder that it lies in, or the README.md there.',
  });
}

async function describe(path: string): Promise<'folder' | 'file' | 'missing'> {
  try {
    const info = await stat(path);
    if (info.isDirectory()) return 'folder';
    if (info.isFile()) return 'file';
  } catch (error) {
    if (isMissing(error)) return 'missing';
    throw readError(path, error);
  }
  throw new UsageError('target-not-a-model', `${path} is neither a folder nor a file.`);
}
