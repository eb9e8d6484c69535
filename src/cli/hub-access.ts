import { readFileSync } from 'node:fs';
import { UsageError } from '../errors.js';
import type { HubAccess } from '../repo/hub-fetch.js';
import { hubCacheFolder, hubTokenFile } from '../repo/hub-folders.js';
import type { Host } from './host.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** How a run of the command reaches the Hub; `onNote` gets what a person should know. Throws `UsageError`. */
export function accessOf(
  { token }: { readonly token?: string },
  { env, signal }: Pick<Host, 'env' | 'signal'>,
  onNote: (note: string) => void,
): HubAccess {
  return hubAccess(env, {
    ...(token === undefined ? {} : { token }),
    ...(signal === undefined ? {} : { signal }),
    onNote,
  });
}

/** What a command says beside the environment. */
export interface AccessOptions {
  /** Value of `--token`. */
  readonly token?: string;
  /** Home folder of the user; that of the process when absent. */
  readonly home?: string;
  readonly onNote?: (note: string) => void;
  readonly signal?: AbortSignal;
}

interface Token {
  readonly value: string;
  /** For messages. */
  readonly source: string;
}

/**
 * How the command line and the environment say to reach the Hub, in the variables all its tools share: `HF_ENDPOINT`, `HF_TOKEN`
 * (before it `--token`, after it the file that `hf auth login` writes), `HF_HUB_OFFLINE`, `HF_HUB_CACHE`, `HF_HOME`. Empty ones
 * count as absent. Throws `UsageError`; its messages repeat neither address nor token.
 */
export function hubAccess(env: Environment, options: AccessOptions = {}): HubAccess {
  const { home, onNote, signal } = options;
  const endpoint = endpointOf(env);
  const token = tokenOf(env, options.token, home);
  const safe = endpoint === undefined || mayCarryToken(endpoint);
  if (token !== undefined && !safe && isExplicit(token)) {
    throw new UsageError(
      'hub-endpoint',
      'HF_ENDPOINT is not https; a token would be readable on the way there.',
      {
        hint: 'Set HF_ENDPOINT to an https address, or leave out the token.',
      },
    );
  }
  if (token !== undefined && !safe)
    onNote?.('HF_ENDPOINT is not https: the token of `hf auth login` is not sent.');
  return {
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(token === undefined || !safe ? {} : { token: token.value, tokenSource: token.source }),
    ...(isTrue(env.HF_HUB_OFFLINE) ? { offline: true } : {}),
    cacheFolder: hubCacheFolder(env, home),
    ...(onNote === undefined ? {} : { onNote }),
    ...(signal === undefined ? {} : { signal }),
  };
}

function endpointOf(env: Environment): string | undefined {
  const endpoint = env.HF_ENDPOINT?.trim() || undefined;
  if (endpoint === undefined) return undefined;
  if (!/^https?:\/\/[^\s?#@]+$/.test(endpoint) || !URL.canParse(endpoint)) {
    throw new UsageError('hub-endpoint', 'HF_ENDPOINT is no address of a Hub.', {
      hint: 'Set it to something like https://huggingface.co, or unset it.',
    });
  }
  return endpoint.replace(/\/+$/, '');
}

/** On the way to this machine itself nobody listens. */
function mayCarryToken(endpoint: string): boolean {
  const { protocol, hostname } = new URL(endpoint);
  return protocol === 'https:' || /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}

function isExplicit({ source }: Token): boolean {
  return EXPLICIT.has(source);
}

const EXPLICIT: ReadonlySet<string> = new Set(['--token', 'HF_TOKEN', 'HUGGING_FACE_HUB_TOKEN']);

function tokenOf(env: Environment, given: string | undefined, home: string | undefined): Token | undefined {
  if (given !== undefined) return checked(given.trim(), '--token');
  for (const source of ['HF_TOKEN', 'HUGGING_FACE_HUB_TOKEN']) {
    const value = env[source]?.trim();
    if (value) return checked(value, source);
  }
  if (isTrue(env.HF_HUB_DISABLE_IMPLICIT_TOKEN)) return undefined;
  const path = hubTokenFile(env, home);
  const value = contentOf(path);
  return TOKEN.test(value) ? { value, source: path } : undefined;
}

/** Nobody has to be logged in: a file that cannot be read, or holds something else, is as if there were none. */
function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}

const TOKEN = /^hf_[\x21-\x7e]{1,1000}$/;

function checked(value: string, source: string): Token {
  if (TOKEN.test(value)) return { value, source };
  throw new UsageError('hub-token', `${source} is no access token of the Hub: those begin with hf_.`, {
    hint: 'Take one from https://huggingface.co/settings/tokens, or leave it out.',
  });
}

/** As the Hub's Python client reads switches. */
function isTrue(value: string | undefined): boolean {
  return /^(?:1|on|yes|true)$/i.test(value?.trim() ?? '');
}
