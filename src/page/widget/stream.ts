import { own } from '../../mapping.js';
import { ApiError } from '../api.js';
import { readEvents } from '../event-stream.js';

/** Characters of an answer after which no more of it is read. */
const MOST_CHARACTERS = 200_000;

/** What an event of a stream tells. */
export interface StreamStep {
  /** The text that comes on; empty where there is none. */
  readonly piece: string;
  /** What ends the answer; absent where it goes on. */
  readonly end?: StreamEnd;
}

/** What the last event of a stream tells of the whole. */
export interface StreamEnd {
  /** The whole answer; null where only its pieces are told. */
  readonly text: string | null;
  /** How many tokens were written; null where that is not told. */
  readonly tokens: number | null;
}

/**
 * Reads the events of an answer as it is written, each with `read`. Throws `ApiError`, also where the stream ends before the answer does, and
 * what `fetch` throws where it was stopped.
 */
export async function readStream(
  body: ReadableStream<Uint8Array>,
  read: (data: string) => StreamStep,
  onPiece: (piece: string) => void,
): Promise<StreamEnd> {
  let written = 0;
  try {
    for await (const data of readEvents(body)) {
      const { piece, end } = read(data);
      if (piece !== '') onPiece(piece);
      if (end !== undefined) return end;
      written += piece.length;
      if (written > MOST_CHARACTERS) return { text: null, tokens: null };
    }
  } catch (error) {
    if (error instanceof ApiError || (error instanceof DOMException && error.name === 'AbortError'))
      throw error;
    throw brokenOff();
  }
  throw brokenOff();
}

function brokenOff(): ApiError {
  return new ApiError(0, 'The answer broke off: the server, or the way to it, ended in the middle.');
}

/** Reads an event of the Inference API. Throws `ApiError` for one that tells of an error. */
export function nativeStep(data: string): StreamStep {
  const event = parsed(data);
  const piece = own(own(event, 'token'), 'text');
  const text = own(event, 'generated_text');
  const tokens = own(own(event, 'details'), 'generated_tokens');
  return {
    piece: typeof piece === 'string' ? piece : '',
    ...(typeof text === 'string'
      ? { end: { text, tokens: typeof tokens === 'number' ? tokens : null } }
      : {}),
  };
}

/** Reads an event of a conversation. Throws `ApiError` for one that tells of an error. */
export function chatStep(data: string): StreamStep {
  if (data === '[DONE]') return { piece: '', end: { text: null, tokens: null } };
  const choices = own(parsed(data), 'choices');
  const content = own(own(Array.isArray(choices) ? choices[0] : undefined, 'delta'), 'content');
  return { piece: typeof content === 'string' ? content : '' };
}

function parsed(data: string): unknown {
  const event: unknown = JSON.parse(data);
  const error = own(event, 'error');
  if (error === undefined) return event;
  const message = own(error, 'message') ?? error;
  throw new ApiError(500, typeof message === 'string' ? message : 'The model failed while it wrote.');
}
