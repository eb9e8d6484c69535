import { type Sending, send } from './call.js';
import type { Turn } from './examples.js';
import { chatStep, readStream } from './stream.js';

/** A conversation that waits for its next turn. */
export interface ChatRequest {
  /** Path of the model. */
  readonly path: string;
  readonly messages: readonly Turn[];
  readonly parameters: Readonly<Record<string, unknown>>;
}

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
  if (response.body !== null) await readStream(response.body, chatStep, onPiece);
}

/** All that the model is told. */
export function withSystem(system: string, turns: readonly Turn[]): readonly Turn[] {
  return system.trim() === '' ? turns : [{ role: 'system', content: system }, ...turns];
}

/** What is sent next: with what is typed, else as it was sent last. Empty where the user said nothing. */
export function messagesToSend(system: string, turns: readonly Turn[], draft: string): readonly Turn[] {
  const asked = turns.findLastIndex(({ role }) => role === 'user') + 1;
  const said: readonly Turn[] =
    draft.trim() === '' ? turns.slice(0, asked) : [...turns, { role: 'user', content: draft }];
  return said.length === 0 ? [] : withSystem(system, said);
}

/** Parameters as the route of conversations calls them. */
export function chatParameters(
  parameters: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const { max_new_tokens: length, ...others } = parameters;
  return { ...others, ...(length === undefined ? {} : { max_tokens: length }) };
}
