import { useEffect, useRef, useState } from 'preact/hooks';
import { type Answered, type CallFault, faultOf, infer } from './call.js';
import type { WireRequest } from './request.js';

/** How it stands with an inference. */
export type Call =
  | { readonly kind: 'idle' }
  | { readonly kind: 'computing' }
  /** The model is being loaded, which takes about so many seconds. */
  | { readonly kind: 'loading'; readonly seconds: number }
  | { readonly kind: 'answered'; readonly answered: Answered }
  | { readonly kind: 'failed'; readonly fault: CallFault };

/** One inference at a time: a new one stops the one before. */
export interface CallControl {
  readonly call: Call;
  readonly start: (path: string, request: WireRequest, useCache: boolean) => void;
  readonly stop: () => void;
}

/** Sends inferences, and keeps what became of the last one. */
export function useCall(): CallControl {
  const [call, setCall] = useState<Call>({ kind: 'idle' });
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);

  const stop = () => {
    running.current?.abort();
    running.current = null;
    setCall({ kind: 'idle' });
  };
  const start = (path: string, request: WireRequest, useCache: boolean) => {
    running.current?.abort();
    const controller = new AbortController();
    running.current = controller;
    const { signal } = controller;
    // What comes after it was stopped is not shown.
    const show = (next: Call) => {
      if (!signal.aborted) setCall(next);
    };
    show({ kind: 'computing' });
    infer(path, request, {
      signal,
      useCache,
      onLoading: (seconds) => show({ kind: 'loading', seconds }),
    }).then(
      (answered) => show({ kind: 'answered', answered }),
      (error: unknown) => {
        const fault = faultOf(error);
        if (fault !== null) show({ kind: 'failed', fault });
      },
    );
  };
  return { call, start, stop };
}
