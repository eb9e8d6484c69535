import { RepoError } from '../errors.js';
import type { Repo, RepoFile } from './repo.js';

/** How to reach the Hub. */
export interface HubAccess {
  /** Address of the Hub, `https://huggingface.co` when absent (`HF_ENDPOINT`). */
  readonly endpoint?: string;
  /** Access token; sent to the endpoint's host alone and never printed. */
  readonly token?: string;
  readonly fetch?: typeof fetch;
}

/** `org/name` or `org/name@revision`, as the Hub writes model ids. */
const HUB_ID = /^([A-Za-z0-9][\w.-]{0,95}\/[A-Za-z0-9_][\w.-]{0,95})(?:@([\w./-]{1,200}))?$/;

/** Splits `org/name[@revision]`; null when the text is no model id. */
export function parseHubId(target: string): { id: string; revision: string } | null {
  const match = HUB_ID.exec(target);
  // Git allows two dots in no name of a branch or tag; in an address they would lead elsewhere.
  if (match === null || match[1] === undefined || target.includes('..')) return null;
  return { id: match[1], revision: match[2] ?? 'main' };
}

/**
 * Opens a model repository on the Hub: listing, card and small files by request, nothing cached. Weights are never
 * fetched. Throws `RepoError` with codes `hub-not-found`, `hub-forbidden`, `hub-rate-limited`, `hub-unreachable`.
 */
export async function openHub(id: string, revision: string, access: HubAccess = {}): Promise<Repo> {
  const { downloadFile, listFiles } = await import('./hub-client.js');
  const common = {
    repo: { type: 'model' as const, name: id },
    revision,
    ...(access.endpoint === undefined ? {} : { hubUrl: access.endpoint }),
    ...(access.token === undefined ? {} : { accessToken: access.token }),
    ...(access.fetch === undefined ? {} : { fetch: access.fetch }),
  };
  let listing: Promise<readonly RepoFile[]> | undefined;

  async function fetchListing(): Promise<readonly RepoFile[]> {
    const files: RepoFile[] = [];
    try {
      for await (const entry of listFiles({ ...common, recursive: true })) {
        if (entry.type === 'file') files.push({ path: entry.path, size: entry.size });
      }
    } catch (error) {
      throw hubError(id, revision, error);
    }
    return files.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  }

  function list(): Promise<readonly RepoFile[]> {
    listing ??= fetchListing();
    return listing;
  }

  async function readRange(path: string, start: number, length: number): Promise<Uint8Array | null> {
    if (!(await list()).some((file) => file.path === path)) return null;
    try {
      const blob = await downloadFile({ ...common, path, xet: false });
      return blob === null ? null : new Uint8Array(await blob.slice(start, start + length).arrayBuffer());
    } catch (error) {
      throw hubError(id, revision, error);
    }
  }

  return {
    target: { kind: 'hub', id, revision },
    root: null,
    cardPath: 'README.md',
    list,
    read: (path, limit = Number.MAX_SAFE_INTEGER) => readRange(path, 0, limit),
    readRange,
  };
}

function hubError(id: string, revision: string, error: unknown): RepoError {
  const status =
    typeof error === 'object' &&
    error !== null &&
    'statusCode' in error &&
    typeof error.statusCode === 'number'
      ? error.statusCode
      : undefined;
  if (status === 401 || status === 403 || status === 404) {
    // The Hub answers 401 for a repository that does not exist as well as for a private one.
    return status === 403
      ? new RepoError('hub-forbidden', `The Hub refuses access to ${id}: the token may not read it.`, {
          hint: 'If the model is gated, accept its terms on its page; then set HF_TOKEN to a token that may read it.',
          cause: error,
        })
      : new RepoError(
          'hub-not-found',
          `There is no folder ${id} here, and no model ${id} (revision ${revision}) that may be read on the Hub.`,
          {
            hint: 'Check the spelling. For a private or gated model set HF_TOKEN to a token that may read it.',
            cause: error,
          },
        );
  }
  if (status === 429) {
    return new RepoError('hub-rate-limited', `The Hub answers that there were too many requests.`, {
      hint: 'Wait a few minutes, or set HF_TOKEN: limits are higher with a token.',
      cause: error,
    });
  }
  return new RepoError(
    'hub-unreachable',
    status === undefined
      ? `The Hub could not be reached for ${id}.`
      : `The Hub answered ${status} for ${id}.`,
    { hint: 'Check the network, or clone the repository and name its folder.', cause: error },
  );
}
