import { mkdir, mkdtemp } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeOutput } from '../cli/write-file.js';
import { UsageError } from '../errors.js';
import { type FormatName, type FormatOptions, formatReport } from '../report/index.js';
import { formatSeveral } from '../report/several/format.js';
import { notChecked } from '../report/several/several.js';
import type { Checked, Judged } from './check.js';
import type { ReportFile } from './inputs.js';
import { inWorkspace } from './workspace.js';

/** Stands for the path of a repository in the name of a report file. */
const PLACEHOLDER = '{repository}';
/** What it becomes for the workspace itself. */
const WORKSPACE = 'workspace';

/** Refuses report files that several repositories would share, before anything is checked. Throws `UsageError` (`input`). */
export function checkReportNames(reports: readonly ReportFile[], single: boolean): void {
  const shared = reports.find(({ file }) => !single && !file.includes(PLACEHOLDER));
  if (shared === undefined) return;
  const extension = /\.\w+$/.exec(shared.file)?.[0] ?? '';
  throw new UsageError(
    'input',
    `The input format has ${JSON.stringify(shared.file)}, which several repositories would share.`,
    { hint: `Write ${shared.format}=reports/${PLACEHOLDER}${extension}: each has its path in place of it.` },
  );
}

/**
 * Where the reports of the repository at `base` go, absolute. Throws `UsageError` (`outside-workspace`) when one leaves the
 * workspace.
 */
export async function placeReports(
  reports: readonly ReportFile[],
  base: string,
  root: string,
): Promise<readonly ReportFile[]> {
  return Promise.all(
    reports.map(async ({ format, file }) => {
      const name = file.replaceAll(PLACEHOLDER, base || WORKSPACE);
      return { format, file: (await inWorkspace(root, 'format', name)).absolute };
    }),
  );
}

/**
 * Refuses files that two repositories would write, which a name of a folder or a symbolic link can bring about: the report of one
 * would be lost. Throws `UsageError` (`input`).
 */
export function checkReportFiles(judged: readonly Judged[]): void {
  const writers = new Map<string, string>();
  for (const { base, files } of judged) {
    for (const { file } of files) {
      const other = writers.get(file);
      if (other !== undefined) {
        throw new UsageError(
          'input',
          `The reports of ${JSON.stringify(other)} and ${JSON.stringify(base || '.')} would go to the same file, ${JSON.stringify(file)}.`,
          { hint: `Name another folder for them in format, or put ${PLACEHOLDER} elsewhere in the name.` },
        );
      }
      writers.set(file, base || '.');
    }
  }
}

/** Writes the report files of a repository. Throws `OutputError`. */
export async function writeReports(judged: Judged): Promise<void> {
  for (const { format, file } of judged.files) {
    await mkdir(dirname(file), { recursive: true });
    await writeOutput(file, textOf(judged, format));
  }
}

/**
 * Writes the whole report as JSON into a new folder below `temp`, and gives its path: that of one repository, or the document for
 * several where the workflow names a list. Empty when the one that is named was not checked.
 */
export async function writeWhole(
  checked: readonly Checked[],
  single: boolean,
  temp: string,
): Promise<string> {
  const only = single ? checked.find((one) => one.kind === 'judged') : undefined;
  if (single && only === undefined) return '';
  const text = only === undefined ? textOfAll(checked) : textOf(only, 'json');
  const file = join(await mkdtemp(join(temp, 'validate-card-')), 'report.json');
  await writeOutput(file, text);
  return file;
}

function textOfAll(checked: readonly Checked[]): string {
  const reports = checked.flatMap((one) =>
    one.kind === 'judged' ? [{ report: one.validation.report, options: optionsOf(one) }] : [],
  );
  const failures = checked.flatMap((one) =>
    one.kind === 'unreadable' ? [notChecked(one.base || '.', one.error)] : [],
  );
  return formatSeveral({ reports, failures }, 'json');
}

function textOf(judged: Judged, format: FormatName): string {
  return formatReport(judged.validation.report, format, optionsOf(judged));
}

function optionsOf({ validation: { sources, media }, base, level, settings }: Judged): FormatOptions {
  return {
    sources,
    base,
    failLevel: level,
    rules: settings.rules,
    ...(media === undefined ? {} : { media }),
  };
}
