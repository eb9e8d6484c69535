import type { Report } from '../report/report.js';

/** Names of the outputs, as `action.yml` describes them. */
export const OUTPUT_NAMES = [
  'publishable',
  'errors',
  'warnings',
  'api-enabled',
  'widget',
  'smoke',
  'report',
] as const;
export type Outputs = Readonly<Record<(typeof OUTPUT_NAMES)[number], string>>;

/**
 * What stands in the outputs until there is a report: nothing may be published, and nothing else is known. They are
 * set before anything can fail, so that `publishable` is never empty in a later step.
 */
export const UNKNOWN: Outputs = {
  publishable: 'false',
  errors: '',
  warnings: '',
  'api-enabled': '',
  widget: '',
  smoke: '',
  report: '',
};

/**
 * The outputs for a report. `file` is the absolute path of the report as JSON; `untried` says that a smoke inference was asked
 * for and could not be tried, which must not look like a model that works.
 */
export function outputsOf(report: Report, file: string, untried: boolean): Outputs {
  return {
    publishable: String(report.summary.publishable && !untried),
    errors: String(report.summary.errors),
    warnings: String(report.summary.warnings),
    'api-enabled': String(report.support.api.enabled),
    widget: report.support.widget.state,
    smoke: untried ? 'failed' : (report.smoke?.status ?? ''),
    report: file,
  };
}
