import { ApiError } from '../api.js';
import { readEvents } from '../event-stream.js';
import { type Sending, send } from './call.js';
import type { Turn } from './examples.js';

/** A conversation that waits for its next turn. */
export interface ChatRequest {
  /** Path of the model. */
  readonly path: string;
  readonly messages: readonly Turn[];
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** Characters of an answer after which it is stopped. */
const MOST_CHARACTERS = 200_000;

/** Asks for the next turn, and tells each piece of it as it is written. Throws `ApiError`, and what `fetch` throws where it was stopped. */
export async function streamChat(
  { path, messages, parameters }: ChatRequest,
  sending: Sending,
  onPiece: (piece: string) => void,
): Promise<void> {
  const response = await send(
    `${path}/v1/chat/completions`,
    JSON.stringify({ model: 'local', messages, ...chatParameters(parameters), stream: true }),
    // Else this address waits for a model that loads, and says nothing of it.
    { 'content-type': 'application/json', 'x-wait-for-model': 'false' },
    sending,
  );
  if (response.body === null) return;
  let written = 0;
  for await (const data of readEvents(response.body)) {
    const piece = data === '[DONE]' ? '' : pieceOf(data);
    written += piece.length;
    if (piece !== '') onPiece(piece);
    if (written > MOST_CHARACTERS) return;
  }
}

/** The text of an event. Throws `ApiError` for an event that tells of an error. */
export function pieceOf(data: string): string {
  const event: unknown = JSON.parse(data);
  const error = at(event, 'error');
  if (error !== undefined) {
    const message = at(error, 'message') ?? error;
    throw new ApiError(500, typeof message === 'string' ? message : 'The model failed while it wrote.');
  }
  const choices = at(event, 'choices');
  const content = at(at(Array.isArray(choices) ? choices[0] : undefined, 'delta'), 'content');
  return typeof content === 'string' ? content : '';
}

function at(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;
}

/** Parameters as the route of conversations calls them. */
export function chatParameters(
  parameters: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const { max_new_tokens: length, ...others } = parameters;
  return { ...others, ...(length === undefined ? {} : { max_tokens: length }) };
}
