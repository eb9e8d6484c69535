import { totalmem } from 'node:os';

/** Time limit of a whole smoke inference, in milliseconds, unless the user gives another. */
export const TIMEOUT_MS = 300_000;

/** The most memory a smoke inference may take unless the user gives another limit: 80 % of the machine's, in bytes. */
export function mostMemory(): number {
  return Math.floor(0.8 * totalmem());
}
