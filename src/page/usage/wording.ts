const NUMBER = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const SHORT = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

/** A number, for a table. */
export function numberInWords(value: number): string {
  return NUMBER.format(value);
}

/** A number, for an axis or a tile: `1.2K`. */
export function shortNumber(value: number): string {
  return value < 10_000 ? NUMBER.format(value) : SHORT.format(value);
}

/** A time that something took: `0.8 ms`, `12 ms`, `1.3 s`. */
export function msInWords(ms: number | null): string {
  if (ms === null) return '–';
  if (ms === 0) return '0';
  if (ms < 1) return `${Number(ms.toPrecision(1))} ms`;
  if (ms < 10) return `${Number(ms.toFixed(1))} ms`;
  if (ms < 1000) return `${ms.toFixed(0)} ms`;
  return `${Number((ms / 1000).toFixed(ms < 10_000 ? 1 : 0))} s`;
}

/** A part of a whole: `40 %`. */
export function shareInWords(part: number, whole: number): string {
  return whole === 0 ? '–' : `${NUMBER.format((part / whole) * 100)} %`;
}

/** A time of day: `14:05`. */
export function clock(at: number): string {
  return new Date(at).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
}
