import { UsageError } from '../errors.js';
import { preview } from '../preview.js';
import type { ServerOptions } from './server-options.js';

/** Most processes that one model may have. */
export const MOST_WORKERS = 64;
/** Most requests that may be allowed to wait for one model or run. */
export const LONGEST_QUEUE = 100_000;
/** Longer timers of Node end at once, in milliseconds. */
const LONGEST_MS = 2 ** 31 - 1;

type NumberOption = {
  [Name in keyof ServerOptions]-?: NonNullable<ServerOptions[Name]> extends number ? Name : never;
}[keyof ServerOptions];

/** What each number may be. */
const RANGES: Readonly<Record<NumberOption, readonly [least: number, most: number]>> = {
  port: [0, 65_535],
  workers: [1, MOST_WORKERS],
  queue: [1, LONGEST_QUEUE],
  maxMemory: [1, Number.MAX_SAFE_INTEGER],
  bodiesBytes: [1, Number.MAX_SAFE_INTEGER],
  idleMs: [1, LONGEST_MS],
  inferenceMs: [1, LONGEST_MS],
  requestMs: [1, LONGEST_MS],
  drainMs: [0, LONGEST_MS],
};
/** Counts, of which there are no halves. */
const WHOLE: ReadonlySet<string> = new Set<NumberOption>(['port', 'workers', 'queue']);

/** Checks the numbers among options that a program gives; the command has its own words for them. Throws `UsageError` (`wrong-value`). */
export function checkNumbers(options: ServerOptions): void {
  for (const [name, [least, most]] of Object.entries(RANGES)) {
    const value: unknown = options[name as NumberOption];
    const whole = WHOLE.has(name);
    if (value === undefined || (name === 'idleMs' && value === Number.POSITIVE_INFINITY)) continue;
    if (typeof value === 'number' && value >= least && value <= most && (!whole || Number.isInteger(value)))
      continue;
    throw new UsageError('wrong-value', `${name} cannot be ${preview(String(value))}.`, {
      hint: `Give a ${whole ? 'whole ' : ''}number from ${least} to ${most}, or leave it out.`,
    });
  }
}
