import { useEffect, useRef } from 'preact/hooks';
import type { PageEvent } from '../serve/model-info.js';
import { get } from './api.js';
import { eventLines } from './event-lines.js';

/** How long to wait before the server is asked again, at first and at most, in milliseconds. */
const FIRST_WAIT_MS = 500;
const MOST_WAIT_MS = 10_000;

/**
 * Listens to what changes on the server while the component is there. `onBack` is called when the connection is there again after it was lost:
 * what happened meanwhile is not told.
 */
export function useEvents(onEvent: (event: PageEvent) => void, onBack: () => void): void {
  const listeners = useRef({ onEvent, onBack });
  listeners.current = { onEvent, onBack };
  useEffect(() => {
    const stop = new AbortController();
    void listen(stop.signal, listeners);
    return () => stop.abort();
  }, []);
}

interface Listeners {
  readonly current: { readonly onEvent: (event: PageEvent) => void; readonly onBack: () => void };
}

async function listen(signal: AbortSignal, listeners: Listeners): Promise<void> {
  let wait = FIRST_WAIT_MS;
  for (let lost = false; !signal.aborted; lost = true) {
    try {
      const { body } = await get('/api/events', { signal });
      if (lost) listeners.current.onBack();
      wait = FIRST_WAIT_MS;
      if (body !== null) await read(body, listeners);
    } catch {
      // The server is gone for now, or wants a token: others say so.
    }
    if (signal.aborted) return;
    await new Promise((resolve) => setTimeout(resolve, wait));
    wait = Math.min(wait * 2, MOST_WAIT_MS);
  }
}

/** Reads to the end of a stream. A header of its own is needed for the token, which `EventSource` cannot send. */
async function read(body: ReadableStream<Uint8Array>, listeners: Listeners): Promise<void> {
  const lines = eventLines();
  const reader = body
    .pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)
    .getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    for (const data of lines(value)) listeners.current.onEvent(JSON.parse(data) as PageEvent);
  }
}
