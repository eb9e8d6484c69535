import { useEffect, useRef } from 'preact/hooks';
import type { PageEvent } from '../serve/model-info.js';
import { ApiError, get } from './api.js';
import { readEvents } from './event-stream.js';

/** How long to wait before the server is asked again, at first and at most, in milliseconds. */
const FIRST_WAIT_MS = 500;
const MOST_WAIT_MS = 10_000;

/**
 * Listens to what changes on the server while the component is there and its tab is looked at: a browser has six connections to a server, for all tabs
 * together, and one that is kept for each of many would leave none for an inference. `onBreak` is called when the server does not answer, and when the
 * connection is there again after it was lost or given up: what happened meanwhile is not told.
 */
export function useEvents(onEvent: (event: PageEvent) => void, onBreak: () => void): void {
  const listeners = useRef({ onEvent, onBreak });
  listeners.current = { onEvent, onBreak };
  useEffect(() => {
    let stop: AbortController | null = null;
    let missed = document.hidden;
    const follow = () => {
      if (document.hidden) {
        stop?.abort();
        stop = null;
      } else if (stop === null) {
        stop = new AbortController();
        void listen(stop.signal, listeners, missed);
        missed = true;
      }
    };
    follow();
    document.addEventListener('visibilitychange', follow);
    return () => {
      document.removeEventListener('visibilitychange', follow);
      stop?.abort();
    };
  }, []);
}

interface Listeners {
  readonly current: { readonly onEvent: (event: PageEvent) => void; readonly onBreak: () => void };
}

/** Listens until `signal` is aborted; `missed` says whether something may have happened before. */
async function listen(signal: AbortSignal, listeners: Listeners, missed: boolean): Promise<void> {
  let wait = FIRST_WAIT_MS;
  for (let lost = missed; !signal.aborted; lost = true) {
    try {
      const { body } = await get('/api/events', { signal });
      if (lost) listeners.current.onBreak();
      wait = FIRST_WAIT_MS;
      // A header of its own is needed for the token, which `EventSource` cannot send.
      if (body !== null) {
        for await (const data of readEvents(body)) listeners.current.onEvent(JSON.parse(data) as PageEvent);
      }
    } catch (error) {
      // Where the server wants a token, others say so.
      if (error instanceof ApiError && error.status === 0) listeners.current.onBreak();
    }
    if (signal.aborted) return;
    await new Promise((resolve) => setTimeout(resolve, wait));
    wait = Math.min(wait * 2, MOST_WAIT_MS);
  }
}
