import type { SmokeCheck, SmokeComparison, SmokeReport } from '../smoke/report.js';
import { cardFile } from './format.js';
import type { Report } from './report.js';
import { STAGE_IN_WORDS } from './wording.js';

/** What a smoke inference found, in the shape of a finding: for formats that point at files. */
export interface SmokeFinding {
  /** Id of the check, or null where the model did not come as far as any. */
  readonly check: string | null;
  readonly severity: 'error' | 'warning';
  readonly message: string;
  /** Repository-relative path of what is at fault: the graph of the variant, or the card where nothing was loaded. */
  readonly file: string;
  /** Names the finding in the same way on every run, whatever the message says in numbers. */
  readonly key: string;
}

/** Failed checks and warnings of the smoke inference, failures first; a failure that no check tells comes with its reason. */
export function smokeFindings(report: Report): readonly SmokeFinding[] {
  const { smoke } = report;
  if (smoke === undefined) return [];
  const file = smoke.files[0]?.path ?? cardFile(report);
  const own = [
    ...smoke.checks.flatMap((check) => checkFinding(check, '', file, 'model')),
    ...smoke.cases.flatMap(({ title, checks }, index) => {
      const name = `Input ${index + 1}${title === undefined ? '' : ` (${title})`}: `;
      return checks.flatMap((check) => checkFinding(check, name, file, `case ${index + 1}`));
    }),
  ];
  const told = own.some(({ severity }) => severity === 'error');
  const found = [
    ...(smoke.status === 'failed' && !told ? [failure(smoke, file)] : []),
    ...own,
    ...smoke.comparisons.flatMap((one) => comparisonFindings(one, file)),
  ];
  return [...found.filter(isError), ...found.filter((one) => !isError(one))];
}

function isError({ severity }: SmokeFinding): boolean {
  return severity === 'error';
}

function failure({ stage, reason }: SmokeReport, file: string): SmokeFinding {
  const where = stage === undefined ? '' : ` ${STAGE_IN_WORDS[stage]}`;
  return {
    check: null,
    severity: 'error',
    message: [`The smoke inference failed${where}.`, ...(reason ? [reason] : [])].join('\n'),
    file,
    key: stage ?? '',
  };
}

function checkFinding(
  { id, status, message }: SmokeCheck,
  name: string,
  file: string,
  key: string,
): readonly SmokeFinding[] {
  if (status !== 'failed' && status !== 'warning') return [];
  const severity = status === 'failed' ? 'error' : 'warning';
  return [{ check: id, severity, message: `${name}${message}`, file, key: `${id} ${key}` }];
}

/** A variant's own faults, at its own file; what several inputs say alike, once. */
function comparisonFindings(one: SmokeComparison, main: string): readonly SmokeFinding[] {
  const file = one.files[0]?.path ?? main;
  const place = one.computeType === 'cpu+optimized' ? 'cpu, optimized' : (one.device ?? 'no device');
  const name = `${one.dtype} on ${place}: `;
  const checks = [
    ...new Map(
      one.checks
        .flatMap((check) => checkFinding(check, name, file, name))
        .map((finding) => [finding.message, finding]),
    ).values(),
  ];
  if (one.status !== 'failed' || checks.some(isError)) return checks;
  const message = `${name}${one.reason ?? 'it failed.'}`;
  return [{ check: null, severity: 'error', message, file, key: `${name}${one.stage ?? ''}` }, ...checks];
}
