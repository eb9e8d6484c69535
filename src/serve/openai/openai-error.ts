import { own } from '../../mapping.js';
import type { ServeError } from '../serve-error.js';

/** Addresses whose clients read errors as OpenAI writes them. */
const PATHS = /^\/v1\/|\/v1\/(?:(?:chat\/)?completions|embeddings)\/?(?:[?#]|$)/;

/** Whether an address is one of OpenAI's API. */
export function isOpenAiPath(url: string): boolean {
  return PATHS.test(url);
}

/** What is wrong with a request, in the shape that clients of OpenAI read; https://platform.openai.com/docs/guides/error-codes */
export interface OpenAiError {
  readonly error: {
    readonly message: string;
    readonly type: string;
    /** The parameter that is meant. */
    readonly param: string | null;
    readonly code: string | null;
    readonly [more: string]: unknown;
  };
}

/** An error in that shape; `more` is what the error says beside its message, `known` whether there is such an address. */
export function openAiError(
  status: number,
  message: string,
  more: ServeError['more'] = {},
  known = true,
): OpenAiError {
  const { param, ...others } = more;
  const code = known ? own(CODES, String(status)) : undefined;
  return {
    error: {
      message,
      type: typeOf(status),
      param: typeof param === 'string' ? param : null,
      code: typeof code === 'string' ? code : null,
      ...others,
    },
  };
}

const CODES: Readonly<Record<string, string>> = {
  401: 'invalid_api_key',
  404: 'model_not_found',
  429: 'rate_limit_exceeded',
  503: 'model_not_loaded',
};

function typeOf(status: number): string {
  if (status === 401) return 'authentication_error';
  if (status === 403) return 'permission_error';
  if (status === 429) return 'rate_limit_error';
  return status >= 500 ? 'server_error' : 'invalid_request_error';
}
