import { isMapping, own } from '../mapping.js';
import { HUB, type HubAccess } from '../repo/hub-fetch.js';
import { TOOL } from '../version.js';
import type { AnswerCache } from './cache.js';
import type { Gap } from './facts.js';

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

type Stopped = Omit<Gap, 'unanswered'>;

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
      const answer = await request(address, 0);
      // What anybody may know; the rest belongs to the holder of the token.
      if (answer.kind === 'body' && own(answer.body, 'private') === false)
        await cache.put(address, answer.body);
      return answer;
    });
  }

  async function request(address: string, hops: number): Promise<Answer> {
    if (stopped !== null) return NONE;
    if (left === 0) {
      return stop('budget', `The budget of ${budget} request${budget === 1 ? '' : 's'} is spent.`);
    }
    left -= 1;
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      const response = await send(address, {
        headers: {
          accept: 'application/json',
          'user-agent': `${TOOL.name}/${TOOL.version}`,
          ...(access.token === undefined ? {} : { authorization: `Bearer ${access.token}` }),
        },
        // A redirect to another host must not take the token along.
        redirect: 'manual',
        signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
      });
      const { status } = response;
      if (status === 200) return await bodyOf(response);
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
      if (status >= 300 && status < 400) {
        const next = sameHost(response.headers.get('location'), address, origin);
        if (next !== null && hops < MOST_HOPS) return await request(next, hops + 1);
        return stop('odd-answer', 'The Hub redirects to a place that is not asked.');
      }
      return stop('odd-answer', `The Hub answered with status ${status}.`);
    } catch {
      signal?.throwIfAborted();
      return timeout.aborted
        ? stop('unreachable', `The Hub did not answer within ${timeoutMs / 1000} seconds.`)
        : stop('unreachable', 'The Hub could not be reached.');
    }
  }

  async function bodyOf(response: Response): Promise<Answer> {
    const text = await limitedText(response);
    if (text === null) return stop('odd-answer', 'The Hub answered with more than one megabyte.');
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

/** The address a redirect leads to; null when it leaves the Hub. */
function sameHost(location: string | null, from: string, origin: string): string | null {
  if (location === null || !URL.canParse(location, from)) return null;
  const next = new URL(location, from);
  return next.origin === origin ? next.href : null;
}

function tooMany(retryAfter: string | null): string {
  const seconds = /^\d{1,6}$/.test(retryAfter ?? '') ? `; it asks to wait ${retryAfter} seconds` : '';
  return `The Hub answers that there were too many requests${seconds}.`;
}

/** The text of an answer; null when it is too long, of which no more is read. */
async function limitedText(response: Response, longest = LONGEST): Promise<string | null> {
  if (response.body === null) return '';
  const decoder = new TextDecoder();
  const reader = response.body.getReader();
  let text = '';
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    size += value.byteLength;
    if (size > longest) {
      await reader.cancel();
      return null;
    }
    text += decoder.decode(value, { stream: true });
  }
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
