import { ApiError, ask, errorOf } from '../api.js';
import type { WireRequest } from './request.js';
import { nativeStep, readStream } from './stream.js';

/** What the server answered to an inference. */
export interface Answered {
  /** The JSON, or the picture or sound as a `Blob`. */
  readonly value: unknown;
  /** Whether it was seen while it was written; then `computeSeconds` is what passed here. */
  readonly streamed: boolean;
  /** How many tokens were written; null where the server does not say. */
  readonly tokens: number | null;
  /** What computed it: `cpu`, `gpu`, `cache`; null where the server does not say. */
  readonly computeType: string | null;
  /** In seconds. */
  readonly computeSeconds: number | null;
}

/** How a request is sent. */
export interface Sending {
  readonly signal: AbortSignal;
  /** Whether an answer that the server has kept will do. */
  readonly useCache: boolean;
  /** Told that the model is being loaded, which takes about so many seconds; then the request waits for it. */
  readonly onLoading: (seconds: number) => void;
}

/**
 * Sends an inference. With `onPiece` the answer is streamed: each piece of its text is told as it is written. Throws `ApiError`, and what `fetch`
 * throws where it was stopped.
 */
export async function infer(
  path: string,
  request: WireRequest,
  sending: Sending,
  onPiece: ((piece: string) => void) | null = null,
): Promise<Answered> {
  const type = request.kind === 'json' ? { 'content-type': 'application/json' } : {};
  let begin = performance.now();
  let loads = false;
  const onLoading = (seconds: number) => {
    loads = true;
    sending.onLoading(seconds);
  };
  const body = await bodyOf(request, onPiece !== null);
  const response = await send(path, body, type, { ...sending, onLoading });
  // Loading the model is no part of writing.
  if (loads) begin = performance.now();
  const { headers } = response;
  const computeType = headers.get('x-compute-type');
  const declared = headers.get('content-type') ?? '';
  if (onPiece !== null && response.body !== null && declared.startsWith('text/event-stream')) {
    let pieces = '';
    const { text, tokens } = await readStream(response.body, nativeStep, (piece) => {
      pieces += piece;
      onPiece(piece);
    });
    const value = [{ generated_text: text ?? pieces }];
    return { value, streamed: true, tokens, computeSeconds: (performance.now() - begin) / 1000, computeType };
  }
  const seconds = Number(headers.get('x-compute-time') ?? Number.NaN);
  return {
    value: declared.startsWith('application/json') ? await response.json() : await response.blob(),
    streamed: false,
    tokens: null,
    computeSeconds: Number.isFinite(seconds) ? seconds : null,
    computeType,
  };
}

async function bodyOf(request: WireRequest, stream: boolean): Promise<string | Blob> {
  if (request.kind === 'bytes') return request.media.blob;
  const json = request.body(request.media === null ? '' : await base64Of(request.media.blob));
  return JSON.stringify(stream ? { ...json, stream } : json);
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
