import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { ApiError, get } from './api.js';

/** An answer of the server that is shown. */
export type Shown<T> =
  | { readonly kind: 'busy' }
  | { readonly kind: 'failed'; readonly error: ApiError }
  /** `away`: the server did not answer when it was asked again. */
  | { readonly kind: 'here'; readonly value: T; readonly away: boolean };

/**
 * Asks for JSON when the component appears, and each time `again` is called; meanwhile what was there stays. The server and this page are one
 * build, so that its answers are of the type they are said to be.
 */
export function useAnswer<T>(address: string): { readonly shown: Shown<T>; readonly again: () => void } {
  const [shown, setShown] = useState<Shown<T>>({ kind: 'busy' });
  const running = useRef<AbortController | null>(null);

  const again = useCallback(() => {
    running.current?.abort();
    const mine = new AbortController();
    running.current = mine;
    get(address, { signal: mine.signal })
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
      });
  }, [address]);

  useEffect(() => {
    again();
    return () => running.current?.abort();
  }, [again]);
  return { shown, again };
}
