import { githubCommand, githubCommands, MOST_ANNOTATIONS } from '../report/github.js';
import { hideSecrets } from '../report/hide-secrets.js';
import { counted } from '../report/wording.js';
import { type Checked, isFailure } from './check.js';
import { errorInWords } from './failure.js';
import { nameOf } from './summary.js';

/**
 * Annotations of everything that was checked as workflow commands: repositories that could not be checked, then the worst
 * findings of all, ten of a kind at most; all of them in a group of the log. Where the step `fails`, one error is left for the
 * sentence that says so.
 */
export function annotationsOf(checked: readonly Checked[], fails: boolean): string {
  const most = MOST_ANNOTATIONS - (fails ? 1 : 0);
  const single = checked.length === 1;
  const problems = checked.flatMap((one) => {
    const text = problemOf(one);
    // Of a single one it is the sentence that the step ends with.
    return text === undefined || single ? [] : [githubCommand('error', { title: nameOf(one) }, text)];
  });
  const judged = checked.filter((one) => one.kind === 'judged');
  const reports = judged.map(({ validation: { report, sources }, base }) => {
    const [shown, options] = hideSecrets(report, { sources, base });
    return { report: shown, options };
  });
  const shown = problems.slice(0, most);
  return [
    ...shown.map((line) => `${line}\n`),
    githubCommands(reports, most - shown.length),
    single ? '' : `${totals(checked)}\n`,
  ].join('');
}

function problemOf(one: Checked): string | undefined {
  if (one.kind === 'judged') return one.smokeProblem;
  return errorInWords(one.error);
}

function totals(checked: readonly Checked[]): string {
  const reports = checked.flatMap((one) => (one.kind === 'judged' ? [one.validation.report] : []));
  const sum = (key: 'errors' | 'warnings') => reports.reduce((total, { summary }) => total + summary[key], 0);
  const failed = checked.filter(isFailure).length;
  return (
    `${checked.length} model repositories: ` +
    `${counted(sum('errors'), 'error')}, ${counted(sum('warnings'), 'warning')}; ${failed === 0 ? 'all pass' : `${failed} do not pass`}`
  );
}
