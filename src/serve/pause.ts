import { setTimeout } from 'node:timers/promises';

/** Waits some milliseconds; keeps no process alive. */
export function pause(ms: number): Promise<void> {
  return setTimeout(ms, undefined, { ref: false });
}
