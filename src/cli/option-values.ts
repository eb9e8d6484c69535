import { UsageError } from '../errors.js';
import { didYouMean, nearest } from '../hub/nearest.js';
import { FORMAT_NAMES, isFormatName } from '../report/names.js';
import { DTYPE_SUFFIXES } from '../smoke/dtypes.js';
import { DEVICES, type OptionName } from './option-table.js';
import type { Output, RunOptions } from './run-options.js';

/** One of the words an option takes. All functions here throw `UsageError` (`wrong-value`), with what is meant where that is clear. */
export function oneOf<T extends string>(
  name: OptionName,
  value: string | undefined,
  known: readonly T[],
): T | undefined {
  if (value === undefined) return undefined;
  const found = known.find((one) => one === value);
  if (found !== undefined) return found;
  // By letters `gpu` is nearest to `cpu`, which is the one thing it does not mean.
  const meant = name === 'device' && value === 'gpu' ? 'auto' : nearest(value, known);
  throw new UsageError('wrong-value', `--${name} cannot be "${value}".`, {
    hint: `${didYouMean(meant)}It is one of ${known.join(', ')}.`,
  });
}

/** One device, or several with commas between them. */
export function devices(value: string | undefined): RunOptions['device'] {
  const [first, ...others] = (value ?? '')
    .split(',')
    .map((name) => oneOf('device', name.trim() || undefined, DEVICES));
  if (first === undefined) {
    if (value === undefined) return undefined;
    throw wrongDevices(value);
  }
  if (others.length === 0) return first;
  const named = [first, ...others].flatMap((name) => (name === undefined || name === 'auto' ? [] : [name]));
  if (named.length <= others.length || new Set(named).size < named.length) throw wrongDevices(value ?? '');
  return named;
}

function wrongDevices(value: string): UsageError {
  return new UsageError('wrong-value', `--device cannot be "${value}".`, {
    hint: 'Write one device, or several to compare, each by its name and once: --device cpu,webgpu.',
  });
}

/** Quantizations of GGUF files are named in capitals, and there are many of them. */
const GGUF_DTYPE = /^(?:I?Q\d|T?Q\d|BF16|F16|F32|MXFP4)[A-Z0-9_]*$/;

/** Variants of a model, in several options or with commas between them. */
export function dtypesOf(values: readonly string[]): readonly string[] {
  const known = Object.keys(DTYPE_SUFFIXES);
  return values
    .flatMap((value) => value.split(','))
    .map((value) => {
      const dtype = value.trim();
      return GGUF_DTYPE.test(dtype) ? dtype : (oneOf('dtype', dtype, known) ?? dtype);
    });
}

/** `NAME` or `NAME=FILE`. */
export function output(text: string): Output {
  const equals = text.indexOf('=');
  const format = equals < 0 ? text : text.slice(0, equals);
  if (!isFormatName(format)) {
    const meant = nearest(format, FORMAT_NAMES);
    throw new UsageError('unknown-format', `There is no format "${format}".`, {
      hint: `${didYouMean(meant)}Formats: ${FORMAT_NAMES.join(', ')}.`,
    });
  }
  if (equals < 0) return { format };
  const file = text.slice(equals + 1);
  if (file === '') {
    throw new UsageError('missing-value', `--format ${text} names no file.`, {
      hint: `Write --format ${format}=FILE, or --format ${format} for the screen.`,
    });
  }
  return { format, file };
}

const TIME_UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, '': 1000, m: 60_000, min: 60_000 };

/** Milliseconds of `90s`, `2m`, `500ms`, or of a bare number of seconds. */
export function duration(text: string, name = 'timeout'): number {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)\s*(ms|s|m|min)?$/.exec(text) ?? [];
  const value = Math.round(Number(number) * (TIME_UNITS[unit] ?? Number.NaN));
  if (number === '' || !(value >= 1) || value > 24 * 3_600_000) {
    throw new UsageError('wrong-value', `--${name} cannot be "${text}".`, {
      hint: 'Write a time above zero, a day at most: 90s, 2m, 500ms.',
    });
  }
  return value;
}

/** A whole number from 1 to `most`. */
export function count(text: string, name: string, most: number): number {
  const value = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= 1 && value <= most) return value;
  throw new UsageError('wrong-value', `--${name} cannot be "${text}".`, {
    hint: `Write a whole number from 1 to ${most}.`,
  });
}

/** Most requests that may be allowed. */
const LARGEST_BUDGET = 1000;

/** A number of requests. */
export function requests(text: string): number {
  const count = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
  if (!(count >= 1 && count <= LARGEST_BUDGET)) {
    throw new UsageError('wrong-value', `--online-budget cannot be "${text}".`, {
      hint: `Write a number of requests from 1 to ${LARGEST_BUDGET}; --offline makes none.`,
    });
  }
  return count;
}

const SIZE_UNITS: Readonly<Record<string, number>> = {
  '': 1,
  mb: 1e6,
  mib: 2 ** 20,
  gb: 1e9,
  gib: 2 ** 30,
};

/** Bytes of `512MB`, `4GB`, `4GiB`, or of a bare number of bytes. */
export function size(text: string, name = 'memory-limit'): number {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)\s*(mb|mib|gb|gib)?$/i.exec(text) ?? [];
  const value = Math.round(Number(number) * (SIZE_UNITS[unit.toLowerCase()] ?? Number.NaN));
  if (number === '' || !(value >= 1e6)) {
    throw new UsageError('wrong-value', `--${name} cannot be "${text}".`, {
      hint: 'Write a size with its unit: 512MB, 4GB, 4GiB.',
    });
  }
  return value;
}
