import { useEffect, useRef } from 'preact/hooks';
import type { PageEvent } from '../serve/model-info.js';
import { ApiError, get } from './api.js';
import { readEvents } from './event-stream.js';

/** How long to wait before the server is asked again, at first and at most, in milliseconds. */
const FIRST_WAIT_MS = 500;
const MOST_WAIT_MS = 10_000;

/**
 * Listens to what changes on the server while the component is there. `onBreak` is called when the server does not answer, and when the connection
 * is there again after it was lost: what happened meanwhile is not told.
 */
export function useEvents(onEvent: (event: PageEvent) => void, onBreak: () => void): void {
  const listeners = useRef({ onEvent, onBreak });
  listeners.current = { onEvent, onBreak };
  useEffect(() => {
    const stop = new AbortController();
    void listen(stop.signal, listeners);
    return () => stop.abort();
  }, []);
}

interface Listeners {
  readonly current: { readonly onEvent: (event: PageEvent) => void; readonly onBreak: () => void };
}

async function listen(signal: AbortSignal, listeners: Listeners): Promise<void> {
  let wait = FIRST_WAIT_MS;
  for (let lost = false; !signal.aborted; lost = true) {
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
