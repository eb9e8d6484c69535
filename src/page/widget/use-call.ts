import { useEffect, useRef, useState } from 'preact/hooks';
import { type Answered, type CallFault, faultOf, infer } from './call.js';
import type { WireRequest } from './request.js';

/** How it stands with an inference. */
export type Call =
  | { readonly kind: 'idle' }
  | { readonly kind: 'computing' }
  /** The model is being loaded, which takes about so many seconds. */
  | { readonly kind: 'loading'; readonly seconds: number }
  /** The answer is being written: so much of it is there. */
  | { readonly kind: 'writing'; readonly text: string }
  | { readonly kind: 'answered'; readonly answered: Answered }
  /** The user stopped it when so much was written. */
  | { readonly kind: 'stopped'; readonly text: string }
  /** `text` is what was written before it went wrong. */
  | { readonly kind: 'failed'; readonly fault: CallFault; readonly text: string };

/** What is to be asked. */
export interface Asking {
  readonly path: string;
  readonly request: WireRequest;
  /** Whether an answer that the server has kept will do. */
  readonly useCache: boolean;
  /** What stands before the text that is seen as it is written, such as the prompt; null where the answer comes as a whole. */
  readonly streamedFrom: string | null;
}

/** One inference at a time: a new one stops the one before. */
export interface CallControl {
  readonly call: Call;
  readonly start: (asking: Asking) => void;
  /** Stops it; what was written stays. */
  readonly stop: () => void;
  /** Stops it, and forgets what became of it. */
  readonly clear: () => void;
}

/** Sends inferences, and keeps what became of the last one. */
export function useCall(): CallControl {
  const [call, setCall] = useState<Call>({ kind: 'idle' });
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);

  const clear = () => {
    running.current?.abort();
    running.current = null;
    setCall({ kind: 'idle' });
  };
  const stop = () => {
    running.current?.abort();
    running.current = null;
    setCall((last) => (last.kind === 'writing' ? { kind: 'stopped', text: last.text } : { kind: 'idle' }));
  };
  const start = ({ path, request, useCache, streamedFrom }: Asking) => {
    running.current?.abort();
    const controller = new AbortController();
    running.current = controller;
    const { signal } = controller;
    // What comes after it was stopped is not shown.
    const show = (next: Call) => {
      if (!signal.aborted) setCall(next);
    };
    let written = '';
    let drawn = true;
    const draw = () => {
      if (drawn) return;
      drawn = true;
      show({ kind: 'writing', text: `${streamedFrom ?? ''}${written}` });
    };
    // Tokens may come faster than anybody can see them.
    const onPiece = (piece: string) => {
      written += piece;
      if (drawn) requestAnimationFrame(draw);
      drawn = false;
    };
    show({ kind: 'computing' });
    infer(
      path,
      request,
      { signal, useCache, onLoading: (seconds) => show({ kind: 'loading', seconds }) },
      streamedFrom === null ? null : onPiece,
    ).then(
      (answered) => {
        drawn = true;
        show({ kind: 'answered', answered });
      },
      (error: unknown) => {
        drawn = true;
        const fault = faultOf(error);
        if (fault === null) return;
        show({ kind: 'failed', fault, text: written === '' ? '' : `${streamedFrom ?? ''}${written}` });
      },
    );
  };
  return { call, start, stop, clear };
}
