import { RepoError } from '../errors.js';
import { isMapping, own } from '../mapping.js';
import { HUB, type HubAccess, hubFetch, networkCode } from '../repo/hub-fetch.js';
import { withoutSecrets } from '../secrets/mask.js';

/** Longest wait for the answer, in milliseconds: the validator needs a fraction of a second. */
const TIMEOUT_MS = 15_000;
/** Longest answer, in bytes. */
const MAX_BYTES = 1024 * 1024;
/** Most complaints of each kind that are looked at. */
const MOST = 200;
/** Longest text of a complaint; what comes behind is cut. */
const LONGEST = 2000;

/** Something the Hub's validator says of a card. */
export interface Complaint {
  readonly severity: 'error' | 'warning';
  readonly message: string;
  /** The place it names beside its words, when it does: a path such as `license` or `model-index.0.name`. */
  readonly place: string | null;
}

/**
 * Asks the Hub's own validator, which judges every push, about a card: `POST /api/validate-yaml`. It needs no token, and gets none;
 * credentials in the card are sent as stars. Throws `RepoError` (`hub-unreachable`, `hub-rate-limited`, `hub-answer`).
 */
export async function askValidator(text: string, access: HubAccess): Promise<readonly Complaint[]> {
  const { token: _, ...withoutToken } = access;
  const endpoint = access.endpoint ?? HUB;
  const { host } = new URL(endpoint);
  const send = hubFetch({ ...withoutToken, timeoutMs: access.timeoutMs ?? TIMEOUT_MS })(MAX_BYTES);
  let status: number;
  let answer: string;
  try {
    const response = await send(`${endpoint}/api/validate-yaml`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ content: withoutSecrets(text), repoType: 'model' }),
    });
    status = response.status;
    answer = await response.text();
  } catch (cause) {
    if (cause instanceof RepoError || access.signal?.aborted) throw cause;
    const code = networkCode(cause);
    throw new RepoError(
      'hub-unreachable',
      `${host} could not be reached to validate the card${code === undefined ? '' : ` (${code})`}.`,
      { hint: 'Check the network, or leave out --remote-validate.', cause },
    );
  }
  if (status === 429) {
    throw new RepoError('hub-rate-limited', 'The Hub answers that there were too many requests.', {
      hint: 'Wait a few minutes, or leave out --remote-validate.',
    });
  }
  // The validator says with 400 that a card is refused.
  const complaints = status === 200 || status === 400 ? complaintsIn(answer) : null;
  if (complaints === null) {
    throw new RepoError(
      'hub-answer',
      `The validator of ${host} answered with ${status === 200 || status === 400 ? 'something that is no verdict' : `status ${status}`}.`,
      { hint: 'Try again later, check HF_ENDPOINT, or leave out --remote-validate.' },
    );
  }
  return complaints;
}

/** `{"errors": [{"message", "path"?, …}], "warnings": […]}`; null for anything else. */
function complaintsIn(answer: string): readonly Complaint[] | null {
  let verdict: unknown;
  try {
    verdict = JSON.parse(answer);
  } catch {
    return null;
  }
  const errors = own(verdict, 'errors');
  const warnings = own(verdict, 'warnings');
  if (!Array.isArray(errors) && !Array.isArray(warnings)) return null;
  return [...listed(errors, 'error'), ...listed(warnings, 'warning')];
}

function listed(list: unknown, severity: Complaint['severity']): readonly Complaint[] {
  if (!Array.isArray(list)) return [];
  return list.slice(0, MOST).flatMap((entry: unknown) => {
    const message = typeof entry === 'string' ? entry : own(entry, 'message');
    if (typeof message !== 'string' || message.trim() === '') return [];
    const path = isMapping(entry) ? own(entry, 'path') : undefined;
    const place = Array.isArray(path) ? path.filter(isStep).join('.') : path;
    return [
      {
        severity,
        message: message.slice(0, LONGEST).trim(),
        place: typeof place === 'string' && place !== '' ? place.slice(0, LONGEST) : null,
      },
    ];
  });
}

/** A key or a number in a list; joining anything else would go as deep as it is nested. */
function isStep(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}
