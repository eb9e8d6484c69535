import { UsageError } from '../errors.js';
import type { Format, FormatOptions } from './format.js';
import { formatGithub } from './github.js';
import { hideSecrets } from './hide-secrets.js';
import { formatHtml } from './html.js';
import { formatJson } from './json.js';
import { formatJunit } from './junit.js';
import { formatMarkdown } from './markdown.js';
import { FORMAT_NAMES, type FormatName, isFormatName } from './names.js';
import { formatPretty } from './pretty.js';
import type { Report } from './report.js';
import { formatSarif } from './sarif.js';

export type { FormatOptions } from './format.js';
export type { FormatName } from './names.js';

/** Every output format by the name `--format` knows it by. */
const FORMATS = {
  pretty: formatPretty,
  json: formatJson,
  github: formatGithub,
  markdown: formatMarkdown,
  sarif: formatSarif,
  junit: formatJunit,
  html: formatHtml,
} as const satisfies Readonly<Record<FormatName, Format>>;

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
  return FORMATS[format](...hideSecrets(report, options));
}
