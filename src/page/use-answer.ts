import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { ApiError, get } from './api.js';

/** An answer of the server that is shown. */
export type Shown<T> =
  | { readonly kind: 'busy' }
  | { readonly kind: 'failed'; readonly error: ApiError }
  /** `away`: the server did not answer when it was asked again. */
  | { readonly kind: 'here'; readonly value: T; readonly away: boolean };

/** How long an answer may take, in milliseconds; after that the server does not answer. */
const PATIENCE_MS = 30_000;

/**
 * Asks for JSON when the component appears, and each time `again` is called; meanwhile what was there stays. The server and this page are one
 * build, so that its answers are of the type they are said to be.
 */
export function useAnswer<T>(address: string): { readonly shown: Shown<T>; readonly again: () => void } {
  const [shown, setShown] = useState<Shown<T>>({ kind: 'busy' });
  const running = useRef<AbortController | null>(null);
  const wanted = useRef(false);

  const again = useCallback(() => {
    // What is under way is waited for: given up each time, it would never be there where it takes longer than until the next call.
    if (running.current !== null) {
      wanted.current = true;
      return;
    }
    const mine = new AbortController();
    running.current = mine;
    wanted.current = false;
    get(address, { signal: AbortSignal.any([mine.signal, AbortSignal.timeout(PATIENCE_MS)]) })
      .then((response) => response.json() as Promise<T>)
      .then((value) => {
        if (!mine.signal.aborted) setShown({ kind: 'here', value, away: false });
      })
      .catch((error: unknown) => {
        if (mine.signal.aborted) return;
        const told = error instanceof ApiError ? error : new ApiError(0, 'The answer cannot be read.');
        // What is shown is better than nothing while the server starts anew.
        setShown((now) =>
          now.kind === 'here' && told.status === 0 ? { ...now, away: true } : { kind: 'failed', error: told },
        );
      })
      .finally(() => {
        if (running.current !== mine) return;
        running.current = null;
        if (wanted.current) again();
      });
  }, [address]);

  useEffect(() => {
    again();
    return () => {
      running.current?.abort();
      running.current = null;
    };
  }, [again]);
  return { shown, again };
}
