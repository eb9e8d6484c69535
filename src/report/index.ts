import { UsageError } from '../errors.js';
import type { Format, FormatOptions } from './format.js';
import { formatGithub } from './github.js';
import { formatJson } from './json.js';
import { formatMarkdown } from './markdown.js';
import { formatPretty } from './pretty.js';
import type { Report } from './report.js';

/** Every output format by the name `--format` knows it by. */
export const FORMATS = {
  pretty: formatPretty,
  json: formatJson,
  github: formatGithub,
  markdown: formatMarkdown,
} as const satisfies Readonly<Record<string, Format>>;

/** A name `--format` knows. */
export type FormatName = keyof typeof FORMATS;

/** Names of the formats, in the order the help shows them. */
export const FORMAT_NAMES = Object.keys(FORMATS) as readonly FormatName[];

/** True for the name of a format. */
export function isFormatName(name: string): name is FormatName {
  return Object.hasOwn(FORMATS, name);
}

/**
 * Writes a report in one of the formats, as text that ends with a line break. Pure: reads no disk, environment or clock.
 * Throws `UsageError` (`unknown-format`) for a name that is no format.
 */
export function formatReport(report: Report, format: FormatName, options: FormatOptions = {}): string {
  if (!isFormatName(format)) {
    throw new UsageError('unknown-format', `There is no format "${String(format)}".`, {
      hint: `Formats: ${FORMAT_NAMES.join(', ')}.`,
    });
  }
  return FORMATS[format](report, options);
}
