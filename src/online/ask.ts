import { RepoError } from '../errors.js';
import type { Gap } from '../hub/facts.js';
import { isMapping, own } from '../mapping.js';
import { HUB, type HubAccess, hubFetchOnce } from '../repo/hub-fetch.js';
import type { AnswerCache } from './cache.js';

/** Requests a run may make unless it is told otherwise. */
export const DEFAULT_BUDGET = 20;
/** Longest wait for one answer, in milliseconds. */
export const DEFAULT_TIMEOUT = 5000;
/** Longest answer that is read, in bytes. */
const LONGEST = 1024 * 1024;
/** Requests under way at the same time. */
const AT_ONCE = 4;
/** Redirects that are followed: a rename leads to the new name. */
const MOST_HOPS = 3;

/** How to ask. */
export interface Asking {
  readonly access: HubAccess;
  /** Most requests. */
  readonly budget: number;
  /** Longest wait for one answer, in milliseconds. */
  readonly timeoutMs: number;
  readonly cache: AnswerCache;
  readonly signal?: AbortSignal;
}

/**
 * An answer of the Hub. `hidden`: it does not say whether there is something (401 and 403); `none`: it was not asked, or what it
 * said makes no sense.
 */
export type Answer =
  | { readonly kind: 'body'; readonly body: Readonly<Record<string, unknown>> }
  | { readonly kind: 'missing' }
  | { readonly kind: 'hidden' }
  | { readonly kind: 'none' };

/** Asks within a budget of requests and time; the first failure ends it, since the next would only cost more time. */
export interface HubQuestions {
  /** The answer at a path of the API, such as `/api/models/gpt2`; asked once, however often it is wanted. Never throws. */
  readonly ask: (path: string) => Promise<Answer>;
  /** Why answers are `none`; null when none is. */
  readonly gap: () => Gap | null;
}

/** Thrown through `fetch` when no request may be made any more; it never leaves this file. */
class BudgetSpent extends Error {}

type Stopped = Omit<Gap, 'unanswered'>;

const ELSEWHERE = 'The Hub redirects to a place that is not asked.';

const NONE: Answer = { kind: 'none' };

/** Begins to ask; nothing is sent before the first question. */
export function hubQuestions({ access, budget, timeoutMs, cache, signal }: Asking): HubQuestions {
  const endpoint = access.endpoint ?? HUB;
  const { origin } = new URL(endpoint);
  const send = access.fetch ?? fetch;
  const asked = new Map<string, Promise<Answer>>();
  const enter = gate(AT_ONCE);
  let lookup: Promise<unknown> = Promise.resolve();
  let left = budget;
  let stopped: Stopped | null = null;
  let unanswered = 0;

  const stop = (reason: Stopped['reason'], detail: string): Answer => {
    stopped ??= { reason, detail };
    return NONE;
  };

  async function answerAt(path: string): Promise<Answer> {
    const address = endpoint + path;
    // One after the other, so that what a small budget goes to does not depend on the disk.
    const looked = lookup.then(() => cache.get(address));
    lookup = looked;
    const kept = await looked;
    if (isMapping(kept)) return { kind: 'body', body: kept };
    return enter(async () => {
      const answer = await request(address);
      // What anybody may know; the rest belongs to the holder of the token.
      if (answer.kind === 'body' && own(answer.body, 'private') === false)
        await cache.put(address, answer.body);
      return answer;
    });
  }

  /** One `fetch` for one question: each request and redirect costs a part of the budget, and none leaves the Hub. */
  function withinBudget(): typeof fetch {
    let asked = 0;
    return async (input, init) => {
      const url = new URL(input instanceof Request ? input.url : String(input));
      if (url.origin !== origin || asked > MOST_HOPS) throw new RepoError('hub-answer', ELSEWHERE);
      if (left === 0) throw new BudgetSpent();
      left -= 1;
      asked += 1;
      return send(input, init);
    };
  }

  async function request(address: string): Promise<Answer> {
    if (stopped !== null) return NONE;
    const ask = hubFetchOnce({ ...access, timeoutMs, fetch: withinBudget() })(LONGEST, timeoutMs);
    try {
      const response = await ask(address, {
        headers: { accept: 'application/json' },
        ...(signal === undefined ? {} : { signal }),
      });
      const { status } = response;
      if (status === 200) return bodyOf(await response.text());
      await response.body?.cancel().catch(() => undefined);
      if (status === 401 && access.token !== undefined && !aboutRepo(response.headers)) {
        return stop(
          'token',
          `The Hub does not accept the token from ${access.tokenSource ?? 'the settings'}.`,
        );
      }
      if (status === 404) return { kind: 'missing' };
      if (status === 401 || status === 403 || status === 451) return { kind: 'hidden' };
      if (status === 429) return stop('rate-limited', tooMany(response.headers.get('retry-after')));
      if (status >= 300 && status < 400) return stop('odd-answer', ELSEWHERE);
      return stop('odd-answer', `The Hub answered with status ${status}.`);
    } catch (error) {
      signal?.throwIfAborted();
      access.signal?.throwIfAborted();
      if (error instanceof BudgetSpent) {
        return stop('budget', `The budget of ${budget} request${budget === 1 ? '' : 's'} is spent.`);
      }
      if (!(error instanceof RepoError)) return stop('unreachable', 'The Hub could not be reached.');
      if (error.code === 'hub-answer') return stop('odd-answer', error.message);
      return stop('unreachable', `The Hub did not answer within ${timeoutMs / 1000} seconds.`);
    }
  }

  function bodyOf(text: string): Answer {
    try {
      const body: unknown = JSON.parse(text);
      if (isMapping(body)) return { kind: 'body', body };
    } catch {
      // Not JSON: a page of a proxy, say.
    }
    return stop('odd-answer', 'The Hub answered with something that is no JSON object.');
  }

  return {
    ask(path) {
      const known = asked.get(path);
      if (known !== undefined) return known;
      const answer = answerAt(path).then((one) => {
        if (one.kind === 'none') unanswered += 1;
        return one;
      });
      asked.set(path, answer);
      return answer;
    },
    gap: () => (stopped === null || unanswered === 0 ? null : { ...stopped, unanswered }),
  };
}

/** Whether a refusal is about the repository that was asked for, and not about who asks. */
function aboutRepo(headers: Headers): boolean {
  return /^(?:RepoNotFound|GatedRepo)$/.test(headers.get('x-error-code') ?? '');
}

function tooMany(retryAfter: string | null): string {
  const seconds = /^\d{1,6}$/.test(retryAfter ?? '') ? `; it asks to wait ${retryAfter} seconds` : '';
  return `The Hub answers that there were too many requests${seconds}.`;
}

/** Lets `most` of the given tasks run at the same time; the others wait in order. */
function gate(most: number): <T>(task: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (task) => {
    if (running === most) await new Promise<void>((go) => waiting.push(go));
    else running += 1;
    try {
      return await task();
    } finally {
      // The place goes straight to the next in line.
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
