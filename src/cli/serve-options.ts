import { UsageError } from '../errors.js';
import { LONGEST_QUEUE, MOST_WORKERS } from '../serve/check-options.js';
import type { DeviceRequest } from '../smoke/report.js';
import { colorOption, last, readArguments } from './arguments.js';
import type { HelpOptions } from './command-options.js';
import { DEVICES, SERVE_OPTIONS } from './option-table.js';
import { count, duration, oneOf, size } from './option-values.js';
import { contradiction } from './run-options.js';

/** `serve`: models by the Inference API. What is undefined was not said. */
export interface ServeOptions {
  readonly kind: 'serve';
  /** Folders, patterns, or models on the Hub; none stands for the working directory. */
  readonly targets: readonly string[];
  readonly host?: string;
  readonly port?: number;
  /** What clients must send. */
  readonly token?: string;
  readonly device?: DeviceRequest;
  readonly maxMemory?: number;
  /** Ids of models that are loaded at the start and stay. */
  readonly pin: readonly string[];
  readonly idleMs?: number;
  /** Time limit of an inference, in milliseconds. */
  readonly inferenceMs?: number;
  /** Most processes of a model. */
  readonly workers?: number;
  /** Whether a quantized variant is served where it answers alike. */
  readonly quantized: boolean;
  /** Most requests that wait for a model or run. */
  readonly queue?: number;
  /** The file that keeps usage figures; null for none, undefined for the one of the user. */
  readonly usage?: string | null;
  /** Whether what is told is JSON, a line for each event. */
  readonly json: boolean;
  readonly offline: boolean;
  readonly quiet: boolean;
  readonly color?: boolean;
}

/** `serve [target ...]`. Throws `UsageError`. */
export function serveOptions(argv: readonly string[]): ServeOptions | HelpOptions {
  const { flags, values, targets } = readArguments(argv, SERVE_OPTIONS);
  if (flags.has('help')) return { kind: 'help', topic: 'serve' };
  const host = last(values, 'host');
  const port = last(values, 'port');
  const token = last(values, 'token');
  const device = oneOf('device', last(values, 'device'), DEVICES);
  const maxMemory = last(values, 'max-memory');
  const idle = last(values, 'idle');
  const timeout = last(values, 'timeout');
  const workers = last(values, 'workers');
  const queue = last(values, 'queue');
  const file = last(values, 'usage');
  if (flags.has('no-usage') && file !== undefined) throw contradiction('--usage', '--no-usage');
  const usage = flags.has('no-usage') ? null : file;
  const format = oneOf('format', last(values, 'format'), ['pretty', 'json']);
  return {
    kind: 'serve',
    targets,
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port: portOf(port) }),
    ...(token === undefined ? {} : { token }),
    ...(device === undefined ? {} : { device }),
    ...(maxMemory === undefined ? {} : { maxMemory: size(maxMemory, 'max-memory') }),
    pin: values.get('pin') ?? [],
    ...(idle === undefined ? {} : { idleMs: duration(idle, 'idle') }),
    ...(timeout === undefined ? {} : { inferenceMs: duration(timeout, 'timeout') }),
    ...(workers === undefined ? {} : { workers: count(workers, 'workers', MOST_WORKERS) }),
    ...(queue === undefined ? {} : { queue: count(queue, 'queue', LONGEST_QUEUE) }),
    ...(usage === undefined ? {} : { usage }),
    quantized: flags.has('quantized'),
    json: format === 'json',
    offline: flags.has('offline'),
    quiet: flags.has('quiet'),
    ...colorOption(flags),
  };
}

function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new UsageError('wrong-value', `--port cannot be "${text}".`, {
    hint: 'Write a port from 1 to 65535, or 0 for any that is free.',
  });
}
