/** What PyYAML's safe loader makes of a plain scalar. */
export type PythonScalar =
  | { readonly kind: 'string' | 'null' | 'date' }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'number'; readonly value: number }
  /** It stops with an error, and reads nothing of the file. */
  | { readonly kind: 'error' };

const STRING: PythonScalar = { kind: 'string' };
const ERROR: PythonScalar = { kind: 'error' };

/** Everything that is not a string to PyYAML begins so. */
const FIRST = /^[-+.0-9yYnNtTfFoO~<=]/;
const BOOLEAN = /^(?:(yes|Yes|YES|true|True|TRUE|on|On|ON)|no|No|NO|false|False|FALSE|off|Off|OFF)$/;
const NULL = /^(?:~|null|Null|NULL)$/;
const FLOAT =
  /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const INTEGER =
  /^(?:[-+]?0b[01_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$/;
const TIMESTAMP =
  /^([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:(?:[Tt]|[ \t]+)([0-9]{1,2}):([0-9]{2}):([0-9]{2})(?:\.[0-9]*)?(?:[ \t]*(?:Z|[-+]([0-9]{1,2})(?::([0-9]{2}))?))?)?$/;
const DAY = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;

/**
 * Reads a plain scalar (no quotes, no tag) as PyYAML 6 does, which follows YAML 1.1: the patterns are those of its
 * `resolver.py`, the values those of its `constructor.py`. Takes time linear in the length.
 */
export function readAsPython(source: string): PythonScalar {
  if (!FIRST.test(source)) return STRING;
  const boolean = BOOLEAN.exec(source);
  if (boolean !== null) return { kind: 'boolean', value: boolean[1] !== undefined };
  if (FLOAT.test(source)) return { kind: 'number', value: floatOf(source) };
  if (INTEGER.test(source)) return integerOf(source);
  if (NULL.test(source)) return { kind: 'null' };
  const date = TIMESTAMP.exec(source);
  if (date !== null && (date[4] !== undefined || DAY.test(source)))
    return isDate(date) ? { kind: 'date' } : ERROR;
  // It resolves these two to a merge key and a default key, which are no values.
  return source === '<<' || source === '=' ? ERROR : STRING;
}

/**
 * Whether PyYAML reads a plain scalar otherwise than js-yaml, to which it is `value`, either as a value or as a key. In doubt
 * it does.
 */
export function isReadOtherwise(source: string, value: unknown): boolean {
  const python = readAsPython(source);
  switch (python.kind) {
    case 'string':
      return typeof value !== 'string';
    case 'error':
      return true;
    case 'boolean':
      return typeof value !== 'boolean';
    case 'null':
      // As a key it is text to JavaScript.
      return value !== null || source !== '~';
    case 'number':
      return !Object.is(value, python.value) || /[:_]/.test(source);
    case 'date':
      // One that is written on two lines is text to PyYAML.
      return !(value instanceof Date) || source.includes(' ');
  }
}

function floatOf(source: string): number {
  const text = source.replaceAll('_', '').toLowerCase();
  if (text.includes('inf')) return text.startsWith('-') ? -Infinity : Infinity;
  if (text.includes('nan')) return Number.NaN;
  return text.includes(':') ? inSixties(text) : Number(text);
}

function integerOf(source: string): PythonScalar {
  const text = source.replaceAll('_', '');
  const negative = text.startsWith('-');
  const digits = text.replace(/^[-+]/, '');
  let value: number;
  if (digits === '0') value = 0;
  else if (/^0[bx]$/.test(digits)) return ERROR;
  else if (digits.startsWith('0b') || digits.startsWith('0x')) value = Number(digits);
  else if (digits.startsWith('0')) value = Number(`0o${digits}`);
  else if (digits.includes(':')) value = inSixties(digits);
  else value = Number(digits);
  return { kind: 'number', value: negative ? -value : value };
}

/** `1:30` is 90, as in hours and minutes. */
function inSixties(text: string): number {
  const negative = text.startsWith('-');
  const value = text
    .replace(/^[-+]/, '')
    .split(':')
    .reduce((sum, part) => sum * 60 + Number(part), 0);
  return negative ? -value : value;
}

/** Whether Python has such a moment; its dates refuse what JavaScript's carry over to the next month or day. */
function isDate(parts: RegExpExecArray): boolean {
  const [, year, month, day, hour = '0', minute = '0', second = '0', zoneHour = '0', zoneMinute = '0'] =
    parts;
  const y = Number(year);
  const m = Number(month);
  const inMonth = m === 2 && y % 4 === 0 && (y % 100 !== 0 || y % 400 === 0) ? 29 : DAYS[m - 1];
  if (y < 1 || inMonth === undefined || Number(day) < 1 || Number(day) > inMonth) return false;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return false;
  return Number(zoneHour) * 60 + Number(zoneMinute) < 24 * 60;
}

const DAYS: readonly number[] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
