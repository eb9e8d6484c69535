import { RepoError } from '../errors.js';
import { TOOL } from '../version.js';

/** Address of the Hub unless `HF_ENDPOINT` names another. */
export const HUB = 'https://huggingface.co';

/** How to reach the Hub. */
export interface HubAccess {
  /** Address of the Hub, `https://huggingface.co` when absent (`HF_ENDPOINT`). */
  readonly endpoint?: string;
  /** Access token; sent to the endpoint's host alone and never printed. */
  readonly token?: string | undefined;
  /** Where the token comes from, for messages: `HF_TOKEN`, `--token`, a path. */
  readonly tokenSource?: string;
  readonly fetch?: typeof fetch;
  /** Answer from the cache alone, without any request (`HF_HUB_OFFLINE`). */
  readonly offline?: boolean;
  /** Folder of the cache that the Hub's clients share; where the environment says, when absent. */
  readonly cacheFolder?: string;
  /** Told in a sentence what a person should know: a rename, a wait, a download. */
  readonly onNote?: (note: string) => void;
  /** Longest wait for an answer to begin, and for it to go on, in milliseconds; 30 seconds when absent. */
  readonly timeoutMs?: number;
  /** How long the Hub may make a run wait in all (status 429), in milliseconds; a minute when absent. */
  readonly patienceMs?: number;
  readonly signal?: AbortSignal;
}

const TIMEOUT_MS = 30_000;
const PATIENCE_MS = 60_000;
/** Shortest wait after status 429; twice as long each time. */
const LEAST_WAIT_MS = 250;
/** Longest answer of the API, in bytes: a page of a listing has 1,000 entries of a few hundred; as objects they take ten times as much. */
const MAX_API_BYTES = 8 * 1024 * 1024;
/** How many times as long as the longest silence an answer may take in all. */
const MOST_TIMEOUTS = 10;
const MAX_HOPS = 5;
/** Times that what may be a hiccup is tried again, and the waits before, in milliseconds. */
const PAUSES: readonly number[] = [300, 1000];
const HICCUPS: ReadonlySet<number> = new Set([500, 502, 503, 504]);
/** What breaks a connection that was there; who cannot be reached at all is not asked again. */
const BROKEN: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/** Makes a `fetch` for answers of at most so many bytes, each received within so many milliseconds. */
export type BoundedFetch = (mostBytes?: number, mostMs?: number) => typeof fetch;

/**
 * `fetch` for the Hub. The token goes to the host of the endpoint and to no other, whoever asks and wherever redirects lead; no
 * redirect leaves https. Every wait has an end; 429 is waited for within the patience that all requests share, and what may be a
 * hiccup is tried again, if it only reads. Throws `RepoError`.
 */
export function hubFetch(access: HubAccess): BoundedFetch {
  const bounded = hubFetchOnce(access);
  let patience = access.patienceMs ?? PATIENCE_MS;

  /** Whether there is patience for a wait; it is gone then. */
  function mayWait(wait: number): boolean {
    if (wait > patience) return false;
    patience -= wait;
    if (wait >= 1000) {
      access.onNote?.(
        `The Hub answers that there were too many requests; waiting ${Math.ceil(wait / 1000)} s as it asks.`,
      );
    }
    return true;
  }

  return (mostBytes, mostMs) => {
    const once = bounded(mostBytes, mostMs);
    return async (input, init = {}) => {
      const again = (init.method ?? 'GET') === 'GET' || init.method === 'HEAD';
      for (let tried = 0; ; tried++) {
        const pause = again ? PAUSES[tried] : undefined;
        try {
          const response = await once(input, init);
          if (response.status === 429 && again) {
            // Who asks for no wait at all, again and again, would be asked without end.
            const wait = Math.max(waitOf(response.headers, tried), LEAST_WAIT_MS * 2 ** Math.min(tried, 10));
            if (!mayWait(wait)) return response;
            await discard(response);
            await sleep(wait, access.signal);
            continue;
          }
          if (!HICCUPS.has(response.status) || pause === undefined) return response;
          await discard(response);
        } catch (error) {
          if (pause === undefined || !BROKEN.has(networkCode(error) ?? '')) throw error;
        }
        await sleep(pause, access.signal);
      }
    };
  };
}

/** As `hubFetch`, and nothing is waited for or tried again. */
export function hubFetchOnce(access: HubAccess): BoundedFetch {
  const { origin } = new URL(access.endpoint ?? HUB);
  const send = access.fetch ?? fetch;
  const timeoutMs = access.timeoutMs ?? TIMEOUT_MS;
  return (mostBytes = MAX_API_BYTES, mostMs = MOST_TIMEOUTS * timeoutMs) =>
    async (input, init = {}) => {
      let url = new URL(input instanceof Request ? input.url : String(input));
      for (let hop = 0; ; hop++) {
        const headers = new Headers(init.headers);
        headers.delete('authorization');
        headers.set('user-agent', `${TOOL.name}/${TOOL.version}`);
        if (url.origin === origin && access.token !== undefined) {
          headers.set('authorization', `Bearer ${access.token}`);
        }
        const response = await timed(send, url, { ...init, headers, redirect: 'manual' }, access, timeoutMs);
        const location = response.headers.get('location');
        if (response.status < 300 || response.status >= 400 || location === null) {
          return bounded(response, url.href, { mostBytes, mostMs, timeoutMs });
        }
        await discard(response);
        const next = URL.canParse(location, url.href) ? new URL(location, url) : null;
        if (next === null || hop === MAX_HOPS || !mayFollow(url, next, init.method)) {
          throw new RepoError(
            'hub-answer',
            `The Hub redirects ${url.pathname} to a place that is not followed.`,
            { hint: 'Check HF_ENDPOINT, and whether a proxy answers in the place of the Hub.' },
          );
        }
        url = next;
      }
    };
}

/** Milliseconds that an answer with status 429 asks to wait: `Retry-After` in seconds or as a date, else more each time. */
export function waitOf(headers: Headers, tried = 0): number {
  const asked = headers.get('retry-after');
  if (asked !== null) {
    const seconds = /^\d+(?:\.\d+)?$/.test(asked) ? Number(asked) : (Date.parse(asked) - Date.now()) / 1000;
    if (!Number.isNaN(seconds)) return Math.max(0, seconds * 1000);
  }
  // `RateLimit: "api";r=0;t=55`: the window begins anew in 55 seconds.
  const reset = /;\s*t=(\d{1,6})\b/.exec(headers.get('ratelimit') ?? '')?.[1];
  return reset === undefined ? 1000 * 2 ** Math.min(tried, 10) : Number(reset) * 1000;
}

function mayFollow(from: URL, to: URL, method = 'GET'): boolean {
  if (to.username !== '' || to.password !== '') return false;
  if (to.protocol !== 'https:' && !(to.protocol === 'http:' && from.protocol === 'http:')) return false;
  // What is written must not end up elsewhere.
  return method === 'GET' || method === 'HEAD' || to.origin === from.origin;
}

/** A request whose answer must begin in time. */
async function timed(
  send: typeof fetch,
  url: URL,
  init: RequestInit,
  access: HubAccess,
  timeoutMs: number,
): Promise<Response> {
  const given = [access.signal, init.signal].filter((signal) => signal instanceof AbortSignal);
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), timeoutMs);
  try {
    return await send(url, { ...init, signal: AbortSignal.any([...given, late.signal]) });
  } catch (error) {
    for (const signal of given) signal.throwIfAborted();
    if (late.signal.aborted) throw silent(url, timeoutMs);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function silent(url: URL | string, timeoutMs: number): RepoError {
  const { host } = new URL(url);
  return new RepoError('hub-unreachable', `${host} did not answer for ${timeoutMs / 1000} seconds.`, {
    hint: 'Try again later, or clone the repository and name its folder.',
  });
}

/** What an answer may take: bytes, milliseconds in all, and milliseconds of silence. */
interface Bounds {
  readonly mostBytes: number;
  readonly mostMs: number;
  readonly timeoutMs: number;
}

/** The same response, whose body ends with an error when it grows beyond the bounds, takes longer, or stops for too long. */
function bounded(response: Response, url: string, { mostBytes, mostMs, timeoutMs }: Bounds): Response {
  const { body, status, statusText, headers } = response;
  if (body === null) return response;
  const reader = body.getReader();
  let left = mostBytes;
  const until = performance.now() + mostMs;
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_, reject) => {
        const rest = Math.max(0, until - performance.now());
        timer =
          rest < timeoutMs
            ? setTimeout(() => reject(tooSlow(url, mostMs)), rest)
            : setTimeout(() => reject(silent(url, timeoutMs)), timeoutMs);
      });
      try {
        const { done, value } = await Promise.race([reader.read(), late]);
        if (done) {
          controller.close();
          return;
        }
        left -= value.byteLength;
        if (left < 0) throw tooLong(url, mostBytes);
        controller.enqueue(value);
      } catch (error) {
        controller.error(error);
        await reader.cancel().catch(() => undefined);
      } finally {
        clearTimeout(timer);
      }
    },
    cancel: (reason) => reader.cancel(reason).catch(() => undefined),
  });
  const same = new Response(stream, { status, statusText, headers });
  // The client looks at the address to know whether it was led to another host.
  Object.defineProperty(same, 'url', { value: url });
  return same;
}

function tooSlow(url: string, mostMs: number): RepoError {
  const { host } = new URL(url);
  return new RepoError('hub-unreachable', `${host} did not end its answer within ${mostMs / 1000} seconds.`, {
    hint: 'Try again later, or clone the repository and name its folder.',
  });
}

function tooLong(url: string, bytes: number): RepoError {
  return new RepoError(
    'hub-answer',
    `${new URL(url).host} sends more than the ${bytes} bytes that an answer may have; the rest was not read.`,
    { hint: 'Check HF_ENDPOINT, and whether a proxy answers in the place of the Hub.' },
  );
}

async function discard(response: Response): Promise<void> {
  await response.body?.cancel().catch(() => undefined);
}

/** The code of what broke a request, such as `ECONNREFUSED`. */
export function networkCode(error: unknown, depth = 0): string | undefined {
  if (typeof error !== 'object' || error === null || depth > 3) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  return 'cause' in error ? networkCode(error.cause, depth + 1) : undefined;
}

/** Waits; rejects with the reason of `signal`. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}
