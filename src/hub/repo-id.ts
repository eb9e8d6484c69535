/** The form of a repository id on the Hub: `name` or `owner/name`. The Hub's own expression is not public. */
export const REPO_ID = /^[A-Za-z0-9_][\w.-]*(?:\/[A-Za-z0-9_][\w.-]*)?$/;

/**
 * The address of a repository on the Hub, or of a file in it: its kind (`datasets/`, `spaces/`; none for a model), and its id.
 */
export const HUB_URL =
  /^(?:https?:\/\/)?(?:www\.)?(?:huggingface\.co|hf\.co)\/(datasets\/|spaces\/)?([A-Za-z0-9_][\w.-]*\/[A-Za-z0-9_][\w.-]*)(?:\/|\/(?:tree|blob|resolve)\/[\w./-]*)?$/;

/** Whether a text names a place on someone's disk. */
export function looksLocal(text: string): boolean {
  return (
    /^(?:[.~]{0,2}[\\/]|\.{1,2}$|[A-Za-z]:[\\/]|file:)/.test(text) ||
    (!text.includes('://') && /[/\\].*[/\\]/.test(text))
  );
}

/** An id found in a path on a disk. */
export interface IdInPath {
  readonly id: string;
  /** Whether the path can mean nothing else, as in the cache of the Hub's clients. */
  readonly sure: boolean;
}

/** Longest path that is searched for an id. */
const LONGEST_PATH = 1000;

/** A folder of the Hub's cache: `models--owner--name`. */
const CACHE_FOLDER = /(?:^|[\\/])models--([^\\/]+)/;

/** Names of folders that are no owners on the Hub. */
const FOLDERS: ReadonlySet<string> = new Set(
  (
    'adapter adapters artifacts base base_model base_models cache ckpt ckpts checkpoint checkpoints content data dataset ' +
    'datasets desktop documents downloads drive exp experiments files finetuned hf hub huggingface input llm llms local ' +
    'lora merged merges mnt model models mydrive opt out output outputs parent pretrained pretrained_models results root ' +
    'run runs save saved saved_models saves scratch share shared snapshots src tmp train training transformers weights work ' +
    'workspace'
  ).split(' '),
);

/**
 * The id of a model in the path it was loaded from: `…/models--owner--name/snapshots/…`, or less surely the last two
 * steps of `/data/owner/name-7b`.
 */
export function idInPath(path: string): IdInPath | undefined {
  if (path.length > LONGEST_PATH) return undefined;
  const cached = CACHE_FOLDER.exec(path)?.[1]?.split('--');
  if (cached !== undefined) {
    const id = cached.join('/');
    return cached.length <= 2 && REPO_ID.test(id) ? { id, sure: true } : undefined;
  }
  const steps = path.split(/[\\/]/);
  if (steps.at(-1) === '') steps.pop();
  const [name = '', owner = '', home = ''] = [...steps].reverse();
  const id = `${owner}/${name}`;
  if (!REPO_ID.test(id) || isFolder(owner) || /^(?:home|Users)$/.test(home)) return undefined;
  // "org/name/" is an id but for the slash.
  if (steps.length === 2) return { id, sure: path === `${id}/` };
  return /\d/.test(name) &&
    /[a-z].*-|-.*[a-z]/i.test(name) &&
    !/^(?:checkpoint|epoch|step|run)s?\b/i.test(name)
    ? { id, sure: false }
    : undefined;
}

/** Whether a name is that of a folder on someone's disk rather than of an owner on the Hub. */
function isFolder(name: string): boolean {
  return FOLDERS.has(name.toLowerCase());
}

/**
 * The id of a model that a setting such as `base_model_name_or_path` names; undefined for a path, and for a name without
 * an owner, which may be a folder.
 */
export function modelIdIn(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > 200) return undefined;
  const [owner = '', name] = value.split('/');
  const certain =
    REPO_ID.test(value) && name !== undefined && !isFolder(owner) && !/^checkpoint\b/.test(name);
  return certain && !value.includes('..') ? value : undefined;
}
