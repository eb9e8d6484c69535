import type { UserError } from '../../errors.js';
import type { PlacedReport } from '../github.js';

/** Raised with every incompatible change; `schemas/reports.schema.json` is the truth. */
export const REPORTS_SCHEMA_VERSION = 1;

/** A repository that could not be checked, and why. */
export interface Failure {
  /** As it was named. */
  readonly target: string;
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

/** A repository, as it was named, that an error kept from being checked. */
export function notChecked(target: string, { code, message, hint }: UserError): Failure {
  return { target, code, message, ...(hint === undefined ? {} : { hint }) };
}

/** What came of a run over several repositories. */
export interface Several {
  /** In the order the repositories were named; those without findings too. */
  readonly reports: readonly PlacedReport[];
  readonly failures: readonly Failure[];
}

/** The counts over all repositories. */
export interface Totals {
  readonly repositories: number;
  /** Those that are ready to publish. */
  readonly ready: number;
  /** Those that could not be checked. */
  readonly failed: number;
  readonly errors: number;
  readonly warnings: number;
  readonly infos: number;
  /** Whether all are ready, and all could be checked. */
  readonly publishable: boolean;
}

/** Counts over all repositories. */
export function totalsOf({ reports, failures }: Several): Totals {
  const sum = (key: 'errors' | 'warnings' | 'infos') =>
    reports.reduce((all, { report }) => all + report.summary[key], 0);
  const ready = reports.filter(({ report }) => report.summary.publishable).length;
  return {
    repositories: reports.length + failures.length,
    ready,
    failed: failures.length,
    errors: sum('errors'),
    warnings: sum('warnings'),
    infos: sum('infos'),
    publishable: ready === reports.length && failures.length === 0,
  };
}

/** How a report calls its repository for a reader. */
export function nameOf({ report, options }: PlacedReport): string {
  const { target } = report;
  if (target.kind === 'hub') return target.id;
  return options.base || (target.kind === 'memory' ? 'memory' : target.path);
}

/** `1 repository`, `3 repositories`. */
export function inRepositories(count: number): string {
  return count === 1 ? '1 repository' : `${count} repositories`;
}
