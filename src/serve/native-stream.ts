import { own } from '../mapping.js';
import type { MadeToken, WrittenText } from '../tasks/following.js';
import { event } from './event-stream.js';
import type { WorkerAnswer } from './model-worker.js';
import { forClient } from './serve-error.js';
import type { StreamPart } from './token-stream.js';

/** What a stream of the Inference API says with each token (text-generation-inference, `StreamResponse`). */
interface NativeEvent {
  readonly token: {
    readonly id: number;
    readonly text: string;
    readonly logprob: number | null;
    readonly special: boolean;
  };
  readonly generated_text: string | null;
  readonly details: {
    readonly finish_reason: string;
    readonly generated_tokens: number;
    readonly seed: number | null;
  } | null;
}

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
        if (last !== null) yield event(lastEvent(last, part.answer));
      } else if (part.token.last !== null) last = part.token;
      else {
        began = true;
        yield event(nativeToken(part.token));
      }
    }
  } catch (error) {
    if (!began) throw error;
    yield event(errorEvent(error));
  }
}

/** A token of a text that goes on. */
export function nativeToken({ id, piece, logprob, special }: MadeToken): NativeEvent {
  return { token: { id, text: piece, logprob, special }, generated_text: null, details: null };
}

/** The last token, with the whole text. */
export function nativeEnd(token: MadeToken, text: string, written: WrittenText | undefined): NativeEvent {
  return {
    ...nativeToken(token),
    generated_text: text,
    details: {
      finish_reason: written?.finish ?? 'length',
      generated_tokens: written?.tokens ?? 0,
      seed: written?.seed ?? null,
    },
  };
}

function lastEvent(token: MadeToken, { output, written: [written] }: WorkerAnswer): NativeEvent {
  const text = own(Array.isArray(output) ? output[0] : output, 'generated_text');
  return nativeEnd(token, typeof text === 'string' ? text : (written?.text ?? ''), written);
}

function errorEvent(error: unknown): unknown {
  const { status, message } = forClient(error);
  return { error: message, error_type: status < 500 ? 'validation' : 'generation' };
}
