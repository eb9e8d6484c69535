/** Numbers, times and sizes as a person reads them. */

/** A number with three digits that matter. */
export function decimal(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Number.isInteger(value)) return String(value);
  const size = Math.abs(value);
  if (size >= 0.001 && size < 1000) return value.toFixed(3);
  // 152345 stays a number that people can read; 0.00000123 does not.
  return size >= 1000 && size < 1e9 ? value.toFixed(0) : value.toExponential(2);
}

/** Milliseconds for a person: `4.2 ms`, `153 ms`, `2.1 s`. */
export function milliseconds(value: number): string {
  if (value >= 1000) return `${(value / 1000).toFixed(1)} s`;
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}

/** Bytes for a person, in powers of 1000 as the Hub shows them. */
export function bytes(value: number): string {
  if (value < 1000) return `${value} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let size = value / 1000;
  let unit = 0;
  while (size >= 999.5 && unit < units.length - 1) {
    size /= 1000;
    unit++;
  }
  return `${size < 9.95 ? size.toFixed(1) : Math.round(size)} ${units[unit]}`;
}
