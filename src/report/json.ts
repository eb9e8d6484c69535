import type { FormatOptions } from './format.js';
import type { Report } from './report.js';
import { visibleJson } from './text.js';

/** Keys of the report's objects in the order they are written, by the place of the object in the report. */
const KEY_ORDER = {
  report: [
    'schemaVersion',
    'tool',
    'tables',
    'target',
    'diagnostics',
    'silenced',
    'support',
    'smoke',
    'summary',
  ],
  diagnostic: [
    'rule',
    'severity',
    'hub',
    'online',
    'message',
    'file',
    'path',
    'range',
    'fix',
    'help',
    'silencedBy',
    'reason',
  ],
  support: ['library', 'task', 'api', 'widget', 'remedy', 'online'],
  smoke: [
    'status',
    'stage',
    'reason',
    'runner',
    'device',
    'deviceDetail',
    'computeType',
    'dtype',
    'files',
    'loadMs',
    'latencyMs',
    'peakRssBytes',
    'checks',
    'cases',
    'comparisons',
  ],
  case: ['source', 'title', 'input', 'output', 'latencyMs', 'checks', 'files'],
  comparison: [
    'dtype',
    'device',
    'deviceDetail',
    'computeType',
    'status',
    'stage',
    'reason',
    'files',
    'loadMs',
    'latencyMs',
    'peakRssBytes',
    'drift',
    'checks',
  ],
} as const;

/** The report as JSON in the shape of `schemas/report.schema.json`; see `jsonText`. */
export function formatJson(report: Report, _options: FormatOptions = {}): string {
  return jsonText(reportInOrder(report));
}

/** A copy of the report whose keys stand in the order they are written in. */
export function reportInOrder(report: Report): Readonly<Record<string, unknown>> {
  const { smoke } = report;
  return inOrder(
    {
      ...report,
      diagnostics: report.diagnostics.map((diagnostic) => inOrder(diagnostic, KEY_ORDER.diagnostic)),
      ...(report.silenced && {
        silenced: report.silenced.map((finding) => inOrder(finding, KEY_ORDER.diagnostic)),
      }),
      support: inOrder(report.support, KEY_ORDER.support),
      ...(smoke && {
        smoke: inOrder(
          {
            ...smoke,
            cases: smoke.cases.map((one) => inOrder(one, KEY_ORDER.case)),
            comparisons: smoke.comparisons.map((one) => inOrder(one, KEY_ORDER.comparison)),
          },
          KEY_ORDER.smoke,
        ),
      }),
    },
    KEY_ORDER.report,
  );
}

/**
 * Any value as JSON, indented by two spaces, that ends with a line break. What JSON lacks is written as a string: `"NaN"`,
 * `"Infinity"`, `"-Infinity"`, whole numbers past 2^53 in decimal, bytes in base64, and `"[circular]"` where a value holds itself,
 * which a YAML anchor can bring about.
 */
export function jsonText(value: unknown): string {
  return `${visibleJson(JSON.stringify(encodable(value, new Set()), null, 2))}\n`;
}

/** A copy whose keys stand in the given order; keys that are not named follow. */
function inOrder(value: object, keys: readonly string[]): Record<string, unknown> {
  const source = value as Readonly<Record<string, unknown>>;
  const ordered: Record<string, unknown> = {};
  for (const key of keys) if (source[key] !== undefined) ordered[key] = source[key];
  for (const key of Object.keys(source)) if (!(key in ordered)) ordered[key] = source[key];
  return ordered;
}

/** A copy that `JSON.stringify` writes without loss of meaning; see `jsonText`. `open` holds the values around this one. */
function encodable(value: unknown, open: Set<object>): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value.toString();
  }
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (open.has(value)) return '[circular]';
  open.add(value);
  let copy: unknown;
  if (Array.isArray(value)) copy = value.map((item) => encodable(item, open));
  else if (ArrayBuffer.isView(value) && Symbol.iterator in value) {
    copy = Array.from(value as unknown as Iterable<unknown>, (item) => encodable(item, open));
  } else {
    // Entries, not assignment: a key named __proto__ must stay a key.
    copy = Object.fromEntries(Object.entries(value).map(([key, item]) => [key, encodable(item, open)]));
  }
  open.delete(value);
  return copy;
}
