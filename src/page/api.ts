import { isMapping, own } from '../mapping.js';

/** An answer of the server that is no success, as a person is told of it. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    /** Of HTTP; 0 where there was no answer. */
    readonly status: number,
    message: string,
    /** Seconds until it is worth asking again, where the server says so. */
    readonly estimatedTime: number | null = null,
  ) {
    super(message);
  }
}

/** Where the token is kept, as long as the tab is open. */
const TOKEN = 'validate-card-token';

let askForToken: () => void = () => undefined;

/** Says who is told when the server wants a token, or another one. */
export function onTokenWanted(listener: () => void): void {
  askForToken = listener;
}

/** The same, where the browser lets pages keep nothing, until the page is left. */
let given: string | null = null;

/** The token that requests carry; null where the user gave none. */
export function token(): string | null {
  try {
    return sessionStorage.getItem(TOKEN);
  } catch {
    return given;
  }
}

/** Keeps the token for this tab. */
export function keepToken(value: string): void {
  given = value;
  try {
    sessionStorage.setItem(TOKEN, value);
  } catch {
    // It is kept here alone.
  }
}

/**
 * Asks the server, with the token where there is one; `address` begins with a slash. Answers whatever the server answers, errors too. Throws
 * `ApiError` where the server cannot be reached, and what `fetch` throws where it was stopped.
 */
export async function ask(address: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  const known = token();
  if (known !== null) headers.set('authorization', `Bearer ${known}`);
  let response: Response;
  try {
    response = await fetch(address, { ...init, headers, redirect: 'error' });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError(0, 'The server does not answer. Is it still running?');
  }
  if (response.status === 401 || response.status === 403) {
    const wanted = response.headers.get('www-authenticate') !== null;
    if (wanted) askForToken();
  }
  return response;
}

/** As `ask`, for answers that must be a success. Throws `ApiError`. */
export async function get(address: string, init: RequestInit = {}): Promise<Response> {
  const response = await ask(address, init);
  if (!response.ok) throw await errorOf(response);
  return response;
}

/** What an answer says that is no success. */
export async function errorOf(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => null);
  const error = own(body, 'error');
  // As OpenAI's clients read it, everything stands in the error.
  const message = own(error, 'message') ?? error;
  const seconds = own(isMapping(error) ? error : body, 'estimated_time');
  return new ApiError(
    response.status,
    typeof message === 'string' ? message : `The server answered ${response.status}.`,
    typeof seconds === 'number' ? seconds : null,
  );
}
