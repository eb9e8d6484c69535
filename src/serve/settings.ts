import { resolve } from 'node:path';
import { mostMemory } from '../smoke/limits.js';
import type { DeviceRequest } from '../smoke/report.js';
import { checkNumbers } from './check-options.js';
import type { ServerOptions } from './server-options.js';

/** Options of a server with the defaults in place of what was left out; what they mean stands there. */
export interface ServerSettings {
  readonly cwd: string;
  readonly targets: readonly string[];
  readonly host: string;
  readonly port: number;
  readonly serveToken: string | undefined;
  readonly device: DeviceRequest;
  readonly maxMemory: number;
  readonly pin: ReadonlySet<string>;
  /** Infinite where models stay for ever. */
  readonly idleMs: number;
  readonly inferenceMs: number;
  readonly requestMs: number;
  readonly bodiesBytes: number;
  readonly quantized: boolean;
  readonly workers: number;
  readonly queue: number;
  readonly drainMs: number;
  readonly watch: boolean;
  readonly pageFolder: string | undefined;
  /** Absolute. */
  readonly usageFile: string | undefined;
}

/** Puts the defaults in. Throws `UsageError` for numbers that cannot be. */
export function settingsOf(options: ServerOptions): ServerSettings {
  checkNumbers(options);
  const cwd = options.cwd ?? process.cwd();
  return {
    cwd,
    targets: options.targets ?? ['.'],
    host: options.host ?? '127.0.0.1',
    port: options.port ?? 0,
    serveToken: options.serveToken,
    device: options.device ?? 'cpu',
    maxMemory: options.maxMemory ?? mostMemory() / 2,
    pin: new Set(options.pin ?? []),
    idleMs: options.idleMs ?? Number.POSITIVE_INFINITY,
    inferenceMs: options.inferenceMs ?? 60_000,
    requestMs: options.requestMs ?? 60_000,
    bodiesBytes: options.bodiesBytes ?? 256 * 1024 * 1024,
    quantized: options.quantized === true,
    workers: options.workers ?? 1,
    queue: options.queue ?? 256,
    drainMs: options.drainMs ?? 10_000,
    watch: options.watch ?? false,
    pageFolder: options.pageFolder,
    usageFile: options.usageFile === undefined ? undefined : resolve(cwd, options.usageFile),
  };
}
