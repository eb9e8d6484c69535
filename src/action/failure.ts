import type { UserError } from '../errors.js';
import { counted } from '../report/wording.js';
import { type Checked, isFailure } from './check.js';

/** What is wrong and what to do next, in one line. */
export function errorInWords({ message, hint }: UserError): string {
  if (hint === undefined) return message;
  return `${message}${/[.?!:]$/.test(message) ? '' : '.'} ${hint}`;
}

/** Why the step fails, in one sentence; undefined when it passes. */
export function failureOf(checked: readonly Checked[], single: boolean): string | undefined {
  const failed = checked.filter(isFailure);
  const [first] = failed;
  if (first === undefined) return undefined;
  if (single && first.kind === 'judged' && first.smokeProblem !== undefined) return first.smokeProblem;
  const judged = failed.filter((one) => one.kind === 'judged');
  const sum = (count: (one: (typeof judged)[number]) => number) =>
    judged.reduce((total, one) => total + count(one), 0);
  const errors = sum(({ validation }) => validation.report.summary.errors);
  const warnings = sum(({ validation }) => validation.report.summary.warnings);
  const smoke = sum(({ validation }) => (validation.report.smoke?.status === 'failed' ? 1 : 0));
  const untried = sum(({ smokeProblem }) => (smokeProblem === undefined ? 0 : 1));
  const unreadable = failed.length - judged.length;
  const reasons = [
    ...(errors > 0 ? [counted(errors, 'error')] : []),
    ...(warnings > 0 ? [counted(warnings, 'warning')] : []),
    ...(smoke > 0 ? [smoke === 1 ? 'a failed smoke inference' : `${smoke} failed smoke inferences`] : []),
    ...(untried > 0 ? [`${counted(untried, 'model')} that could not be run`] : []),
    ...(unreadable > 0 ? [`${unreadable} that cannot be read`] : []),
  ].join(', ');
  if (single) return `The model repository does not pass: ${reasons}.`;
  return `${failed.length} of ${checked.length} model repositories ${failed.length === 1 ? 'does' : 'do'} not pass: ${reasons}.`;
}
