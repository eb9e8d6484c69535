import type { Checked } from './check.js';

/** Names of the outputs, as `action.yml` describes them. */
export const OUTPUT_NAMES = [
  'publishable',
  'errors',
  'warnings',
  'api-enabled',
  'widget',
  'smoke',
  'repositories',
  'report',
  'patch',
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
  repositories: '',
  report: '',
  patch: '',
};

const WIDGETS = ['hidden', 'examples-only', 'live'] as const;

/**
 * The outputs for everything that was checked. A smoke inference that was asked for and could not be tried counts as failed: it
 * must not look like a model that works. So does a repository that could not be read count as not publishable.
 */
export function outputsOf(
  checked: readonly Checked[],
  files: { readonly report: string; readonly patch: string },
): Outputs {
  const judged = checked.filter((one) => one.kind === 'judged');
  const whole = judged.length === checked.length;
  const sum = (key: 'errors' | 'warnings') =>
    String(judged.reduce((total, { validation }) => total + validation.report.summary[key], 0));
  const reports = judged.map(({ validation }) => validation.report);
  const states = new Set(
    judged.flatMap((one) =>
      one.smokeProblem === undefined ? (one.validation.report.smoke?.status ?? []) : 'failed',
    ),
  );
  return {
    publishable: String(
      whole &&
        judged.every((one) => one.smokeProblem === undefined && one.validation.report.summary.publishable),
    ),
    errors: sum('errors'),
    warnings: sum('warnings'),
    'api-enabled':
      reports.length === 0 ? '' : String(whole && reports.every(({ support }) => support.api.enabled)),
    widget: WIDGETS.find((state) => reports.some(({ support }) => support.widget.state === state)) ?? '',
    smoke: (['failed', 'passed', 'skipped'] as const).find((state) => states.has(state)) ?? '',
    repositories: String(checked.length),
    ...files,
  };
}
