import { own } from '../mapping.js';
import type { MadeToken } from '../tasks/following.js';
import { event } from './event-stream.js';
import type { WorkerAnswer } from './model-worker.js';
import { ServeError } from './serve-error.js';
import type { StreamPart } from './token-stream.js';

/**
 * The events of a text generation as the Inference API streams it (text-generation-inference, `StreamResponse`): one for each token, the last one
 * with the whole text. Its clients parse every event, so that there is no `[DONE]`, and refuse details that they do not know. Throws what the model
 * throws before its first token; afterwards an error is an event.
 */
export async function* nativeEvents(
  parts: AsyncIterable<StreamPart>,
): AsyncGenerator<string, void, undefined> {
  let began = false;
  /** The last token goes out with the text. */
  let last: MadeToken | null = null;
  try {
    for await (const part of parts) {
      if (part.kind === 'answer') {
        if (last !== null) yield event(tokenEvent(last, part.answer));
      } else if (part.token.last !== null) last = part.token;
      else {
        began = true;
        yield event(tokenEvent(part.token, null));
      }
    }
  } catch (error) {
    if (!began) throw error;
    yield event(errorEvent(error));
  }
}

function tokenEvent({ id, piece, logprob, special }: MadeToken, answer: WorkerAnswer | null): unknown {
  return { token: { id, text: piece, logprob, special }, ...(answer === null ? GOES_ON : wholeText(answer)) };
}

const GOES_ON = { generated_text: null, details: null } as const;

function wholeText({ output, written: [written] }: WorkerAnswer): Readonly<Record<string, unknown>> {
  const text = own(Array.isArray(output) ? output[0] : output, 'generated_text');
  return {
    generated_text: typeof text === 'string' ? text : (written?.text ?? ''),
    details: {
      finish_reason: written?.finish ?? 'length',
      generated_tokens: written?.tokens ?? 0,
      seed: written?.seed ?? null,
    },
  };
}

function errorEvent(error: unknown): unknown {
  const known = error instanceof ServeError;
  return {
    error: known ? error.message : 'The server failed; it tells its owner why.',
    error_type: known && error.status < 500 ? 'validation' : 'generation',
  };
}
