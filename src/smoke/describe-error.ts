import { errorCode } from '../error-code.js';
import type { ChildError } from './protocol.js';
import { MAX_TEXT } from './protocol.js';

/** An error of the child process as data, cut to what the parent takes. */
export function describeError(error: unknown): ChildError {
  const name = (error instanceof Error ? String(error.name) : 'Error').slice(0, 100);
  const message = (error instanceof Error ? String(error.message) : String(error)).slice(0, MAX_TEXT);
  const code = errorCode(error);
  return { name, message, ...(code !== undefined && code.length <= 100 ? { code } : {}) };
}
