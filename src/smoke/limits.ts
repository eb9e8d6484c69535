import { totalmem } from 'node:os';

/** Time limit of a whole smoke inference, in milliseconds, unless the user gives another. */
export const TIMEOUT_MS = 300_000;

/**
 * The most memory a smoke inference may take unless the user gives another limit: 80 % of the machine’s, or of what the
 * container has that this process runs in, in bytes.
 */
export function mostMemory(): number {
  // Zero or more than there is where nothing limits it.
  const granted = process.constrainedMemory() || Number.POSITIVE_INFINITY;
  return Math.floor(0.8 * Math.min(totalmem(), granted));
}
