import { RepoError } from '../errors.js';
import { HUB, type HubAccess, networkCode, waitOf } from './hub-fetch.js';
import type { HubTarget } from './hub-target.js';

const LOG_IN = 'set HF_TOKEN to a token from https://huggingface.co/settings/tokens, or run `hf auth login`';

/**
 * `fetch` that throws a `RepoError` for an answer that says no. An entry that is missing in a repository that is there passes: the
 * Hub's client knows what to make of it.
 */
export function refusing(send: typeof fetch, target: HubTarget, access: HubAccess): typeof fetch {
  return async (input, init) => {
    const response = await send(input, init);
    if (response.ok || response.headers.get('x-error-code') === 'EntryNotFound') return response;
    const error = refusal(response, target, access);
    await response.body?.cancel().catch(() => undefined);
    throw error;
  };
}

/** What an answer of the Hub that says no means, and what to do. The texts of the answer are a stranger's and not repeated. */
function refusal(
  { status, headers, url }: Response,
  { id, revision }: HubTarget,
  access: HubAccess,
): RepoError {
  const hub = new URL(access.endpoint ?? HUB);
  if (url !== '' && new URL(url).origin !== hub.origin) {
    return new RepoError(
      'hub-unreachable',
      `${new URL(url).host}, where the Hub keeps files of ${id}, answered with status ${status}.`,
      { hint: 'Try again later, or clone the repository and name its folder.' },
    );
  }
  const code = headers.get('x-error-code');
  const message = headers.get('x-error-message') ?? '';
  const hasToken = access.token !== undefined;
  const page = `${access.endpoint ?? HUB}/${id}`;
  if (code === 'GatedRepo') {
    return new RepoError('hub-gated', `${id} is gated: its files are for those who accepted its terms.`, {
      hint: hasToken
        ? `Accept the terms on ${page} with the account of the token, and let the token read gated repositories.`
        : `Accept the terms on ${page}, then ${LOG_IN}.`,
    });
  }
  if (code === 'RevisionNotFound') {
    return new RepoError('hub-revision-not-found', `${id} has no revision ${revision} on the Hub.`, {
      hint: `Write org/name@revision with a branch, a tag, a commit or refs/pr/N; ${page}/tree/main shows them.`,
    });
  }
  if (/^Access to this resource is disabled/.test(message)) {
    return new RepoError('hub-disabled', `The Hub has disabled ${id}.`, { hint: `See ${page}.` });
  }
  if (status === 401 && hasToken && code !== 'RepoNotFound') {
    return new RepoError(
      'hub-token',
      `The Hub does not accept the token from ${access.tokenSource ?? 'the settings'}.`,
      { hint: 'It may be expired or revoked: make a new one on https://huggingface.co/settings/tokens.' },
    );
  }
  if (status === 401 || status === 404) {
    // To strangers the Hub gives the same answer for a private repository as for none.
    return new RepoError(
      'hub-not-found',
      hasToken
        ? `There is no folder ${id} here, and no model ${id} on the Hub that the token may see.`
        : `There is no folder ${id} here, and no public model ${id} on the Hub.`,
      {
        hint: hasToken
          ? 'Check the spelling. A private model needs a token of its owner, with the right to read it.'
          : `Check the spelling. If the model is private, ${LOG_IN}.`,
      },
    );
  }
  if (status === 403) {
    return new RepoError('hub-forbidden', `The Hub refuses access to ${id}.`, {
      hint: hasToken
        ? 'Give the token the right to read this repository on https://huggingface.co/settings/tokens.'
        : `If you may read it, ${LOG_IN}.`,
    });
  }
  if (status === 429) {
    const seconds = Math.ceil(waitOf(headers) / 1000);
    return new RepoError('hub-rate-limited', 'The Hub answers that there were too many requests.', {
      hint: `It asks to wait ${seconds} seconds.${hasToken ? '' : ' With a token limits are higher: set HF_TOKEN.'}`,
    });
  }
  return new RepoError('hub-unreachable', `The Hub answered with status ${status} for ${id}.`, {
    hint: 'Try again later; https://status.huggingface.co tells of failures. Or clone the repository and name its folder.',
  });
}

/** Words for what breaks a connection. */
const NETWORK: ReadonlyMap<string, string> = new Map([
  ['ENOTFOUND', 'its name is not known: no network?'],
  ['EAI_AGAIN', 'its name could not be looked up: no network?'],
  ['ECONNREFUSED', 'it refuses the connection'],
  ['ECONNRESET', 'it closed the connection'],
  ['UND_ERR_SOCKET', 'it closed the connection'],
  ['ETIMEDOUT', 'it does not answer'],
  ['UND_ERR_CONNECT_TIMEOUT', 'it does not answer'],
  ['ENETUNREACH', 'there is no network'],
  ['EHOSTUNREACH', 'there is no way to it'],
]);

/** What stopped a request, in a `RepoError`; those are handed on as they are. */
export function hubError({ id }: HubTarget, access: HubAccess, error: unknown): unknown {
  if (error instanceof RepoError || access.signal?.aborted) return error;
  const { host } = new URL(access.endpoint ?? HUB);
  if (error instanceof SyntaxError || (error instanceof TypeError && error.cause === undefined)) {
    return new RepoError('hub-answer', `What ${host} answers for ${id} is not what the Hub answers.`, {
      hint: 'Check HF_ENDPOINT, and whether a proxy or the login page of a network answers in its place.',
      cause: error,
    });
  }
  const code = networkCode(error);
  const why = code === undefined ? undefined : (NETWORK.get(code) ?? code);
  return new RepoError(
    'hub-unreachable',
    `${host} could not be reached for ${id}${why === undefined ? '' : ` (${why})`}.`,
    { hint: 'Check the network, or clone the repository and name its folder.', cause: error },
  );
}
