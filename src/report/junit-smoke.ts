import type { SmokeCase, SmokeCheck, SmokeComparison, SmokeReport } from '../smoke/report.js';
import { inputInWords, outputInWords, skippedChecks } from './output.js';
import { bytes, decimal, milliseconds } from './quantities.js';
import { STAGE_IN_WORDS } from './wording.js';

/** One test: passed, failed with a message, skipped with one, or not to be made at all (`error`), with why. */
export interface Test {
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'skipped' | 'error';
  /** One line: what went wrong, or why it was skipped. */
  readonly message?: string;
  /** Kind of a failure: the id of a rule or a check. */
  readonly type?: string;
  readonly text: string;
  /** Milliseconds; absent where nothing was measured. */
  readonly ms?: number;
}

/** The tests of a smoke inference: the model as a whole, each input, each check of the model, each variant and device. */
export function smokeTests(smoke: SmokeReport): readonly Test[] {
  return [
    modelTest(smoke),
    ...smoke.cases.map(caseTest),
    ...smoke.checks.map(checkTest),
    ...smoke.comparisons.map(comparisonTest),
  ];
}

/** Whether the model came as far as answering. */
function modelTest({ status, stage, reason, loadMs, runner, device, dtype, files }: SmokeReport): Test {
  const facts = [
    runner && `${runner}${device ? ` on ${device}` : ''}`,
    dtype,
    ...files.map(({ path, size }) => `${path} (${bytes(size)})`),
  ].filter((fact) => typeof fact === 'string');
  const common = { name: 'model loads', text: facts.join('\n'), ...(loadMs === null ? {} : { ms: loadMs }) };
  if (status === 'skipped') return { ...common, outcome: 'skipped', message: reason ?? '' };
  // A wrong answer is the failure of its own test; the model was loaded for it.
  if (status === 'passed' || stage === 'check' || stage === 'run') return { ...common, outcome: 'passed' };
  const where = stage === undefined ? '' : ` ${STAGE_IN_WORDS[stage]}`;
  return {
    ...common,
    outcome: 'failed',
    type: stage ?? 'smoke',
    message: reason ?? `The smoke inference failed${where}.`,
  };
}

function caseTest(one: SmokeCase, index: number): Test {
  const failed = one.checks.filter(({ status }) => status === 'failed');
  const title = one.title ?? inputInWords(one.input);
  const text = [
    `input: ${inputInWords(one.input)}`,
    ...(one.output === undefined ? [] : [`output: ${outputInWords(one.output)}`]),
    ...one.checks.map(checkText),
    ...(one.files ?? []).map(({ path }) => `saved: ${path}`),
  ].join('\n');
  const common = {
    name: `${one.source} ${index + 1}: ${title}`,
    text,
    ...(one.latencyMs === null ? {} : { ms: one.latencyMs }),
  };
  const [worst] = failed;
  if (worst !== undefined) {
    const message = failed.map(({ message }) => message).join(' ');
    return { ...common, outcome: 'failed', type: worst.id, message };
  }
  if (one.output !== undefined) return { ...common, outcome: 'passed' };
  const skipped = skippedChecks(one);
  return skipped.length > 0
    ? { ...common, outcome: 'skipped', message: skipped.map(({ message }) => message).join(' ') }
    : { ...common, outcome: 'failed', type: 'no-answer', message: 'The model gave no answer.' };
}

const OUTCOME = { passed: 'passed', warning: 'passed', failed: 'failed', skipped: 'skipped' } as const;

function checkTest(check: SmokeCheck): Test {
  return {
    name: `check: ${check.id}`,
    outcome: OUTCOME[check.status],
    ...(check.status === 'passed' || check.status === 'warning'
      ? {}
      : { message: check.message, type: check.id }),
    text: checkText(check),
  };
}

function checkText({ id, status, message }: SmokeCheck): string {
  return `${status}: ${id}: ${message}`;
}

function comparisonTest(one: SmokeComparison): Test {
  const place = one.computeType === 'cpu+optimized' ? 'cpu, optimized' : (one.device ?? 'no device');
  return {
    name: `compared: ${one.dtype} on ${place}`,
    outcome: one.status,
    ...(one.status === 'passed' ? {} : { message: one.reason ?? '', type: one.stage ?? 'comparison' }),
    text: [
      ...one.files.map(({ path, size }) => `${path} (${bytes(size)})`),
      ...(one.drift === null ? [] : [`drift: ${decimal(one.drift)}`]),
      ...(one.latencyMs === null ? [] : [`a run: ${milliseconds(one.latencyMs)}`]),
      ...one.checks.map(checkText),
    ].join('\n'),
    ...(one.loadMs === null ? {} : { ms: one.loadMs + (one.latencyMs ?? 0) }),
  };
}
