import { findTask } from '../tasks/index.js';
import { OUTPUT_VALIDATORS } from '../tasks/output-validators.generated.js';
import { ServeError } from './serve-error.js';

/**
 * Throws `ServeError` 500 for an answer that is none for its task, such as scores that are no numbers: JSON would hold null in their place, and
 * clients fail over it without a word of the model.
 */
export function checkAnswer(task: string, output: unknown): void {
  // What numbers a text comes with tell of tokens.
  if (findTask(task)?.writes !== true && !allFinite(output))
    throw noAnswer(task, 'some of its numbers are NaN or infinite');
  const validate = Object.hasOwn(OUTPUT_VALIDATORS, task) ? OUTPUT_VALIDATORS[task] : undefined;
  if (validate === undefined || validate(output)) return;
  const [fault] = validate.errors ?? [];
  const where = fault === undefined || fault.instancePath === '' ? 'it' : fault.instancePath;
  throw noAnswer(task, `${where} ${fault?.message ?? 'is wrong'}`);
}

function noAnswer(task: string, why: string): ServeError {
  return new ServeError(
    500,
    `The model gave no answer for ${task}: ${why}. validate-card --smoke looks for the reason.`,
  );
}

/** Whether all numbers in a value are finite. Answers nest no deeper than messages between processes may. */
function allFinite(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(allFinite);
  return Object.values(value).every(allFinite);
}
