import { createHash } from 'node:crypto';
import { isMapping, own } from '../mapping.js';
import { escapeText } from '../preview.js';
import { TOOL } from '../version.js';

/** Most bytes of a comment; GitHub takes 65,536 characters. */
export const MOST_COMMENT_BYTES = 60_000;

/** Longest a request may take, in milliseconds. */
const TIMEOUT_MS = 20_000;

/** Pages of 100 comments that are looked through for the one of an earlier run. */
const MOST_PAGES = 20;

/** Where a comment goes, and what it says. */
export interface CommentRequest {
  /** Address of GitHub's API: `GITHUB_API_URL`. */
  readonly api: string;
  /** `owner/name`: `GITHUB_REPOSITORY`. */
  readonly repository: string;
  /** Number of the pull request. */
  readonly number: number;
  readonly token: string;
  /** Tells the comments of several steps apart; the same in every run of one. */
  readonly step: readonly string[];
  /** Markdown of at most `MOST_COMMENT_BYTES`. */
  readonly text: string;
  /** Whether to begin one where there is none yet. */
  readonly create: boolean;
  readonly fetch: typeof fetch;
}

/** What became of a comment: its address, or why there is none, in one sentence. */
export type CommentResult =
  | { readonly kind: 'written'; readonly url: string }
  | { readonly kind: 'note'; readonly message: string };

/** Why GitHub does not do what it was asked, in one sentence. */
class Refused extends Error {
  override readonly name = 'Refused';
}

/**
 * Writes the comment of a pull request, or brings the one of an earlier run up to date. A token that may not do that is no
 * failure: that of a fork's pull request never may. Nothing is thrown.
 */
export async function writeComment(request: CommentRequest): Promise<CommentResult> {
  try {
    return await write(request);
  } catch (error) {
    if (error instanceof Refused) return { kind: 'note', message: error.message };
    const reason = error instanceof Error ? (error.cause instanceof Error ? error.cause : error).message : '';
    return {
      kind: 'note',
      message: `No comment was written: GitHub did not answer (${escapeText(reason, 200)}).`,
    };
  }
}

async function write(request: CommentRequest): Promise<CommentResult> {
  const { repository, number, create } = request;
  if (!/^[\w.-]+\/[\w.-]+$/.test(repository))
    throw new Refused('No comment was written: the repository is not known.');
  const marker = `<!-- ${TOOL.name}:${createHash('sha256').update(request.step.join('\n')).digest('hex').slice(0, 16)} -->`;
  const body = `${marker}\n${withoutMentions(request.text)}`;
  const comments = `repos/${repository}/issues/${number}/comments`;
  const found = await findComment(request, comments, marker);
  if (found === undefined && !create)
    return { kind: 'note', message: 'No comment was written: there is nothing to say.' };
  const answer =
    found === undefined
      ? await ask(request, 'POST', comments, { body })
      : found.body === body
        ? found.comment
        : await ask(request, 'PATCH', `repos/${repository}/issues/comments/${found.id}`, { body });
  const url = own(answer, 'html_url');
  return { kind: 'written', url: typeof url === 'string' ? escapeText(url, 300) : '' };
}

/**
 * Text of a card is escaped where it stands, but a mention or a reference works from its characters all the same; a space
 * without width behind the sign ends it.
 */
function withoutMentions(markdown: string): string {
  return markdown.replace(/&#(?:64|35);/g, '$&&#8203;');
}

interface Found {
  readonly id: number;
  readonly body: string;
  readonly comment: unknown;
}

/** The comment of an earlier run: it begins with the marker, and was written by somebody who may write here. */
async function findComment(
  request: CommentRequest,
  path: string,
  marker: string,
): Promise<Found | undefined> {
  for (let page = 1; page <= MOST_PAGES; page++) {
    const comments = await ask(request, 'GET', `${path}?per_page=100&page=${page}`);
    if (!Array.isArray(comments))
      throw new Refused('No comment was written: GitHub gave no list of comments.');
    for (const comment of comments) {
      const [id, body] = [own(comment, 'id'), own(comment, 'body')];
      if (typeof id !== 'number' || !Number.isSafeInteger(id) || typeof body !== 'string') continue;
      if (body.startsWith(marker) && isOurs(comment)) return { id, body, comment };
    }
    if (comments.length < 100) return undefined;
  }
  return undefined;
}

/** A stranger may copy the marker; the token could overwrite that comment too. */
function isOurs(comment: unknown): boolean {
  const association = own(comment, 'author_association');
  return (
    own(own(comment, 'user'), 'type') === 'Bot' ||
    (typeof association === 'string' && ['OWNER', 'MEMBER', 'COLLABORATOR'].includes(association))
  );
}

async function ask(
  { api, token, fetch }: CommentRequest,
  method: 'GET' | 'POST' | 'PATCH',
  path: string,
  body?: Readonly<Record<string, string>>,
): Promise<unknown> {
  const response = await fetch(`${api.replace(/\/+$/, '')}/${path}`, {
    method,
    headers: {
      accept: 'application/vnd.github+json',
      authorization: `Bearer ${token}`,
      'user-agent': `${TOOL.name}/${TOOL.version}`,
      'x-github-api-version': '2022-11-28',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    // The token goes to this host alone.
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const answer: unknown = await response.json().catch(() => undefined);
  if (response.ok) return answer;
  const said =
    isMapping(answer) && typeof answer.message === 'string' ? `: ${escapeText(answer.message, 200)}` : '';
  throw new Refused(`No comment was written: ${inWords(response)} (${response.status}${said}).`);
}

function inWords({ status, headers }: Response): string {
  if (status === 401) return 'GitHub does not know the token';
  if (status === 429 || headers.get('x-ratelimit-remaining') === '0' || headers.has('retry-after')) {
    return 'GitHub takes no more requests from this token for now';
  }
  if (status === 403 || status === 404) {
    return 'the token may not comment here; the job needs the permission pull-requests: write, which runs for pull requests from forks never get';
  }
  return 'GitHub refused it';
}
