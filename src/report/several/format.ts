import { UsageError } from '../../errors.js';
import { TOOL } from '../../version.js';
import type { FormatOptions } from '../format.js';
import { githubCommand, githubCommands, MOST_ANNOTATIONS } from '../github.js';
import { hideSecrets } from '../hide-secrets.js';
import { jsonText, reportInOrder } from '../json.js';
import type { FormatName } from '../names.js';
import { counted } from '../wording.js';
import { junitSeveral } from './junit.js';
import { markdownSeveral } from './markdown.js';
import { prettySeveral } from './pretty.js';
import { sarifSeveral } from './sarif.js';
import { type Failure, inRepositories, REPORTS_SCHEMA_VERSION, type Several, totalsOf } from './several.js';

/**
 * Several reports as one document of a format, as text that ends with a line break: `json` in the shape of
 * `schemas/reports.schema.json`, one run in `sarif`, one list of suites in `junit`. Each report's own options say where its
 * repository lies (`base`); `options` hold for the page. Throws `UsageError` (`format-one`) for a page that is about one repository.
 */
export function formatSeveral(several: Several, format: FormatName, options: FormatOptions = {}): string {
  const write = WRITERS[format];
  if (write === undefined) throw forOneOnly(format);
  return write(several, options);
}

/** Whether a format can hold several repositories. */
export function holdsSeveral(format: FormatName): boolean {
  return WRITERS[format] !== undefined;
}

/** The error for a format that cannot. */
export function forOneOnly(format: FormatName): UsageError {
  return new UsageError('format-one', `A report as ${format} is about one repository.`, {
    hint: `Name one repository for --format ${format}; ${Object.keys(WRITERS).join(', ')} hold several.`,
  });
}

type Writer = (several: Several, options: FormatOptions) => string;

const WRITERS: Readonly<Partial<Record<FormatName, Writer>>> = {
  pretty: prettySeveral,
  json,
  github,
  markdown: markdownSeveral,
  sarif: sarifSeveral,
  junit: junitSeveral,
};

function json(several: Several, _page: FormatOptions): string {
  const { reports, failures } = several;
  return jsonText({
    schemaVersion: REPORTS_SCHEMA_VERSION,
    tool: TOOL,
    reports: reports.map(({ report, options }) => reportInOrder(hideSecrets(report, options)[0])),
    failures,
    summary: totalsOf(several),
  });
}

function github(several: Several, page: FormatOptions): string {
  const placed = several.reports.map(({ report, options }) => {
    const [hidden, own] = hideSecrets(report, { ...page, ...options });
    return { report: hidden, options: own };
  });
  const { repositories, ready, failed, errors, warnings } = totalsOf(several);
  return (
    several.failures.map(failureCommand).join('') +
    githubCommands(placed, Math.max(0, MOST_ANNOTATIONS - several.failures.length)) +
    `${inRepositories(repositories)}: ${ready} ready to publish, ${failed === 0 ? '' : `${failed} not checked, `}` +
    `${counted(errors, 'error')}, ${counted(warnings, 'warning')}\n`
  );
}

function failureCommand({ target, message }: Failure): string {
  return `${githubCommand('error', { title: 'not checked' }, `${target}: ${message}`)}\n`;
}
