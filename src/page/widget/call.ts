import { ApiError, ask, errorOf } from '../api.js';
import type { WireRequest } from './request.js';

/** What the server answered to an inference. */
export interface Answered {
  /** The JSON, or the picture or sound as a `Blob`. */
  readonly value: unknown;
  /** What computed it: `cpu`, `gpu`, `cache`; null where the server does not say. */
  readonly computeType: string | null;
  /** In seconds. */
  readonly computeSeconds: number | null;
  /** Why the Hub would not serve the model, as `x-model-api` says; null where it would. */
  readonly apiOff: string | null;
}

/** How a request is sent. */
export interface Sending {
  readonly signal: AbortSignal;
  /** Whether an answer that the server has kept will do. */
  readonly useCache: boolean;
  /** Told that the model is being loaded, which takes about so many seconds; then the request waits for it. */
  readonly onLoading: (seconds: number) => void;
}

/** Sends an inference. Throws `ApiError`, and what `fetch` throws where it was stopped. */
export async function infer(path: string, request: WireRequest, sending: Sending): Promise<Answered> {
  const body =
    request.kind === 'bytes'
      ? request.media.blob
      : JSON.stringify(request.body(request.media === null ? '' : await base64Of(request.media.blob)));
  const type = request.kind === 'json' ? { 'content-type': 'application/json' } : {};
  const response = await send(path, body, type, sending);
  const declared = response.headers.get('content-type') ?? '';
  const seconds = Number(response.headers.get('x-compute-time') ?? Number.NaN);
  return {
    value: declared.startsWith('application/json') ? await response.json() : await response.blob(),
    computeType: response.headers.get('x-compute-type'),
    computeSeconds: Number.isFinite(seconds) ? seconds : null,
    apiOff: response.headers.get('x-model-api'),
  };
}

/** Sends a body; waits for the model where it is still to be loaded, as the Hub's widget does. Throws `ApiError`. */
export async function send(
  path: string,
  body: string | Blob,
  headers: Readonly<Record<string, string>>,
  { signal, useCache, onLoading }: Sending,
): Promise<Response> {
  const all = { ...headers, ...(useCache ? {} : { 'x-use-cache': 'false' }) };
  const init = { method: 'POST', body, signal };
  let response = await ask(path, { ...init, headers: all });
  if (response.status === 503) {
    const error = await errorOf(response);
    if (error.estimatedTime === null) throw error;
    onLoading(error.estimatedTime);
    response = await ask(path, { ...init, headers: { ...all, 'x-wait-for-model': 'true' } });
  }
  if (!response.ok) throw await errorOf(response);
  return response;
}

/** Something that went wrong, as a person is told of it. */
export interface CallFault {
  readonly message: string;
  /** What to do next; null where the message says so. */
  readonly advice: string | null;
}

/** What to tell of an error; null where the user stopped it. What is wrong with a request, the server itself says how to mend. */
export function faultOf(error: unknown): CallFault | null {
  if (error instanceof DOMException && error.name === 'AbortError') return null;
  if (error instanceof ApiError) return { message: error.message, advice: adviceFor(error.status) };
  return {
    message: 'The answer of the server cannot be read.',
    advice: 'Look at what the server prints in its terminal.',
  };
}

function adviceFor(status: number): string | null {
  if (status === 401) return 'Give the token with which the server was started.';
  if (status === 413) return 'Send a smaller file.';
  if (status === 429) return 'Many others ask this model. Wait a moment, then compute again.';
  if (status === 503) return 'Compute again in a moment.';
  if (status === 504) return 'Send a smaller input, or ask for a shorter answer.';
  return status >= 500 ? 'Look at what the server prints in its terminal, then compute again.' : null;
}

/** The bytes of a file in base64. */
export function base64Of(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => {
      const address = String(reader.result);
      resolve(address.slice(address.indexOf(',') + 1));
    };
    reader.onerror = () => reject(reader.error ?? new Error('unreadable'));
    reader.readAsDataURL(blob);
  });
}
