import type { MadeToken } from '../tasks/following.js';
import { deferred } from './deferred.js';
import type { WorkerAnswer } from './model-worker.js';

/** A part of an answer that comes while it is made; the whole answer is the last one. */
export type StreamPart =
  | { readonly kind: 'token'; readonly token: MadeToken }
  | { readonly kind: 'answer'; readonly answer: WorkerAnswer };

type End = { readonly answer: WorkerAnswer } | { readonly error: unknown };

/** Tokens that may wait for whoever reads them; then the model waits. */
const MOST_WAITING = 256;

/**
 * The tokens of a run while they are made, then its answer. Throws what the run throws. Whoever stops reading, or leaves, makes `gone` abort, with
 * which the run is to end.
 */
export async function* followed(
  left: AbortSignal,
  run: (token: (token: MadeToken) => Promise<void> | undefined, gone: AbortSignal) => Promise<WorkerAnswer>,
): AsyncGenerator<StreamPart, void, undefined> {
  const gone = new AbortController();
  let waiting: MadeToken[] = [];
  let more = deferred<void>();
  let room = deferred<void>();
  const leave = () => {
    gone.abort();
    // A model that waits does not hear that it is to stop.
    room.resolve();
  };
  if (left.aborted) leave();
  left.addEventListener('abort', leave, { once: true });
  let end: End | null = null;
  const finish = (how: End) => {
    end = how;
    more.resolve();
  };
  run((token) => {
    waiting.push(token);
    more.resolve();
    return waiting.length < MOST_WAITING || gone.signal.aborted ? undefined : room.promise;
  }, gone.signal).then(
    (answer) => finish({ answer }),
    (error: unknown) => finish({ error }),
  );
  try {
    for (;;) {
      await more.promise;
      // Read before the tokens: none comes after the end.
      const ended = end as End | null;
      more = deferred();
      const tokens = waiting;
      waiting = [];
      room.resolve();
      room = deferred();
      for (const token of tokens) yield { kind: 'token', token };
      if (ended === null) continue;
      if ('error' in ended) throw ended.error;
      yield { kind: 'answer', answer: ended.answer };
      return;
    }
  } finally {
    left.removeEventListener('abort', leave);
    leave();
  }
}
