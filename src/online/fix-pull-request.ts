import { createHash } from 'node:crypto';
import { RepoError } from '../errors.js';
import { isMapping, own } from '../mapping.js';
import { hubError, refusing } from '../repo/hub-error.js';
import { HUB, type HubAccess, hubFetch } from '../repo/hub-fetch.js';
import type { HubTarget } from '../repo/hub-target.js';
import { apiPath } from './hub-path.js';

/** Title of every pull request of this tool; with its author and what is open, it tells them apart from all others. */
export const TITLE = 'Fix the model card (validate-card)';

/** Pages of the list of pull requests that are looked through, 20 on each; the newest come first. */
const MOST_PAGES = 10;
/** Pull requests of ours that are read to compare what they change. */
const MOST_READ = 20;

/** A file as the pull request has it, whole. */
export interface ProposedFile {
  readonly path: string;
  readonly after: string;
}

/** What became of a proposal; `address` is that of the pull request. */
export type Proposal =
  | { readonly kind: 'opened'; readonly address: string }
  /** One with the very same files was opened before: it is open, or its owner closed it. */
  | { readonly kind: 'open-already' | 'closed-before'; readonly address: string }
  /** One of ours is open and changes something else. */
  | { readonly kind: 'other-open'; readonly address: string };

/** A pull request of the list. */
interface Listed {
  readonly num: number;
  readonly open: boolean;
  readonly merged: boolean;
}

/**
 * Opens a pull request with these files on the Hub, unless the holder of the token opened it before. A second one beside an open one
 * is never opened, and what an owner closed is not proposed again. Throws `RepoError`.
 * @param files What changes, at least one.
 * @param description Markdown; a line that tells what is changed is added.
 * @param parent Commit that the files were made from.
 */
export async function proposeFiles(
  target: HubTarget,
  files: readonly ProposedFile[],
  description: string,
  access: HubAccess,
  parent: string | undefined,
): Promise<Proposal> {
  try {
    const endpoint = access.endpoint ?? HUB;
    const send = forPullRequest(refusing(hubFetch(access)(), target, access), target);
    const mark = markOf(target.revision, files);
    const address = (num: number) => `${endpoint}/${target.id}/discussions/${num}`;
    const author = await accountOf(endpoint, send);
    const ours = await listOurs(target, author, endpoint, send);
    let declined: number | undefined;
    for (const { num, open, merged } of ours.slice(0, MOST_READ)) {
      // What was merged and came undone may be proposed again.
      if (merged) continue;
      const same = (await markIn(target, num, endpoint, send)) === mark;
      if (open) return { kind: same ? 'open-already' : 'other-open', address: address(num) };
      if (same) declined ??= num;
    }
    if (declined !== undefined) return { kind: 'closed-before', address: address(declined) };
    const { commit } = await import('../repo/hub-client.js');
    const pushed = await commit({
      repo: { type: 'model', name: target.id },
      branch: target.revision,
      title: TITLE,
      description: `${description}\n\n${mark}\n`,
      operations: files.map(({ path, after }) => ({
        operation: 'addOrUpdate',
        path,
        content: new Blob([after]),
      })),
      isPullRequest: true,
      hubUrl: endpoint,
      useXet: false,
      fetch: send,
      ...(access.token === undefined ? {} : { accessToken: access.token }),
      ...(parent === undefined ? {} : { parentCommit: parent }),
    });
    const opened = pushed?.pullRequestUrl;
    const onHub = opened?.startsWith(`${endpoint}/`) === true && URL.canParse(opened);
    return { kind: 'opened', address: onHub ? opened : `${endpoint}/${target.id}/discussions` };
  } catch (error) {
    throw hubError(target, access, error);
  }
}

/** `fetch` that says what it means when the Hub takes no pull request. */
function forPullRequest(send: typeof fetch, { id }: HubTarget): typeof fetch {
  return async (input, init) => {
    try {
      return await send(input, init);
    } catch (error) {
      if (!(error instanceof RepoError) || init?.method !== 'POST') throw error;
      if (error.code === 'hub-forbidden') {
        throw new RepoError('hub-pr-forbidden', `The Hub refuses a pull request for ${id}.`, {
          hint: 'Give the token the right to write (fine-grained: to open pull requests) on https://huggingface.co/settings/tokens; the owner may also have turned them off.',
          cause: error,
        });
      }
      if (/status 412\b/.test(error.message)) {
        throw new RepoError('hub-changed', `${id} was changed while its fixes were worked out.`, {
          hint: 'Run the command again.',
          cause: error,
        });
      }
      throw error;
    }
  };
}

/** The line that tells which files, and with which content, a pull request has. */
function markOf(revision: string, files: readonly ProposedFile[]): string {
  const hash = createHash('sha256').update(revision);
  for (const { path, after } of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    hash.update(`\0${path}\0${after}`);
  }
  return `<sub>validate-card fixes ${hash.digest('hex')}</sub>`;
}

/** Name of the account that the token belongs to. */
async function accountOf(endpoint: string, send: typeof fetch): Promise<string> {
  const name = own(await json(`${endpoint}/api/whoami-v2`, send), 'name');
  if (typeof name === 'string' && name !== '') return name;
  throw new SyntaxError('No account.');
}

/** Pull requests of this tool by this account, the open ones first, then the newest. */
async function listOurs(
  { id }: HubTarget,
  author: string,
  endpoint: string,
  send: typeof fetch,
): Promise<readonly Listed[]> {
  const found: Listed[] = [];
  let seen = 0;
  for (let page = 0; page < MOST_PAGES; page++) {
    const query = `p=${page}&type=pull_request&status=all&author=${encodeURIComponent(author)}`;
    const answer = await json(`${endpoint}${apiPath('models', id)}/discussions?${query}`, send);
    const list = own(answer, 'discussions');
    const count = own(answer, 'count');
    if (!Array.isArray(list)) throw new SyntaxError('No list.');
    for (const one of list) {
      const num = own(one, 'num');
      const status = own(one, 'status');
      const by = own(own(one, 'author'), 'name');
      if (own(one, 'title') !== TITLE || by !== author || own(one, 'isPullRequest') !== true) continue;
      if (typeof num !== 'number' || !Number.isSafeInteger(num) || num < 1) continue;
      found.push({ num, open: status === 'open' || status === 'draft', merged: status === 'merged' });
    }
    seen += list.length;
    if (list.length === 0 || (typeof count === 'number' && seen >= count)) break;
  }
  return found.sort((a, b) => Number(b.open) - Number(a.open) || b.num - a.num);
}

/** The line of `markOf` in the description of a pull request; null when there is none. */
async function markIn(
  { id }: HubTarget,
  num: number,
  endpoint: string,
  send: typeof fetch,
): Promise<string | null> {
  const events = own(await json(`${endpoint}${apiPath('models', id)}/discussions/${num}`, send), 'events');
  const first = Array.isArray(events)
    ? events.find((event: unknown) => own(event, 'type') === 'comment')
    : undefined;
  const raw = own(own(own(first, 'data'), 'latest'), 'raw');
  // The last one: a card may quote such a line, and the report stands before ours.
  const marks = typeof raw === 'string' ? raw.match(/<sub>validate-card fixes [0-9a-f]{64}<\/sub>/g) : null;
  return marks?.at(-1) ?? null;
}

async function json(address: string, send: typeof fetch): Promise<Readonly<Record<string, unknown>>> {
  const response = await send(address, { headers: { accept: 'application/json' } });
  const body: unknown = await response.json();
  if (isMapping(body)) return body;
  throw new SyntaxError('No object.');
}
