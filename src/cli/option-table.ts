import { FAIL_LEVELS } from '../config/config.js';
import type { DeviceRequest } from '../smoke/report.js';

/** Devices `--device` takes. */
export const DEVICES = [
  'auto',
  'cpu',
  'webgpu',
  'cuda',
  'dml',
  'coreml',
] as const satisfies readonly DeviceRequest[];

/** Options by name; for those with a value, how the value reads in messages. */
export type OptionTable = Readonly<
  Record<string, { type: 'boolean' | 'string'; short?: string; value?: string; optional?: string }>
>;

/** The options of checking, and of all commands but `serve`. */
export const OPTIONS = {
  smoke: { type: 'boolean' },
  device: { type: 'string', value: DEVICES.join('|') },
  dtype: { type: 'string', value: 'fp32, q8, ...' },
  optimize: { type: 'boolean' },
  'save-outputs': { type: 'string', value: 'a folder' },
  input: { type: 'string', value: 'TEXT or @FILE' },
  timeout: { type: 'string', value: 'a time such as 90s or 2m' },
  'memory-limit': { type: 'string', value: 'a size such as 4GB' },
  format: { type: 'string', value: 'NAME or NAME=FILE' },
  fix: { type: 'boolean' },
  'dry-run': { type: 'boolean' },
  'fail-level': { type: 'string', value: FAIL_LEVELS.join('|') },
  config: { type: 'string', value: 'a file' },
  'trust-config': { type: 'boolean' },
  baseline: { type: 'string', value: 'a file' },
  'update-baseline': { type: 'boolean' },
  watch: { type: 'boolean' },
  changed: { type: 'boolean', optional: 'a branch, tag or commit' },
  token: { type: 'string', value: 'an access token of the Hub' },
  offline: { type: 'boolean' },
  online: { type: 'boolean' },
  'online-budget': { type: 'string', value: 'a number of requests' },
  'remote-validate': { type: 'boolean' },
  'hub-pr': { type: 'boolean' },
  quiet: { type: 'boolean', short: 'q' },
  color: { type: 'boolean' },
  'no-color': { type: 'boolean' },
  debug: { type: 'boolean' },
  version: { type: 'boolean', short: 'v' },
  help: { type: 'boolean', short: 'h' },
} as const satisfies OptionTable;

/** The options of `serve`. */
export const SERVE_OPTIONS = {
  host: { type: 'string', value: 'an address to listen on' },
  port: { type: 'string', value: 'a port, 0 for any' },
  token: { type: 'string', value: 'what clients must send' },
  device: { type: 'string', value: DEVICES.join('|') },
  'max-memory': { type: 'string', value: 'a size such as 4GB' },
  timeout: { type: 'string', value: 'a time such as 90s or 2m' },
  pin: { type: 'string', value: 'the id of a model' },
  idle: { type: 'string', value: 'a time such as 10m' },
  usage: { type: 'string', value: 'a file' },
  'no-usage': { type: 'boolean' },
  workers: { type: 'string', value: 'a number of processes' },
  queue: { type: 'string', value: 'a number of requests' },
  quantized: { type: 'boolean' },
  format: { type: 'string', value: 'pretty or json' },
  offline: { type: 'boolean' },
  quiet: { type: 'boolean', short: 'q' },
  color: { type: 'boolean' },
  'no-color': { type: 'boolean' },
  debug: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const satisfies OptionTable;

/** The name of an option, without hyphens. */
export type OptionName = keyof typeof OPTIONS;

/** Where a wrong option leads to. */
export const SEE_HELP = 'See validate-card --help.';
