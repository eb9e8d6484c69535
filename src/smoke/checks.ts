import { OUTPUT_VALIDATORS } from '../tasks/output-validators.generated.js';
import type { Answer, AnsweredCase, Task, TensorSummary } from '../tasks/task.js';
import type { Device, SmokeCheck } from './report.js';

/** How far two answers to the same input may lie apart, absolute: the CPU repeats itself exactly, GPUs reorder sums. */
const REPEAT_TOLERANCE: Readonly<Record<'cpu' | 'gpu', number>> = { cpu: 1e-6, gpu: 1e-4 };
/** How far answers to different inputs must lie apart, absolute. */
const CONTRAST_TOLERANCE = 1e-5;

/** The checks of one answer: finite numbers, the schema of the task, and those of the task itself. */
export function checkAnswer(task: Task, answered: AnsweredCase): readonly SmokeCheck[] {
  const finite = checkFinite(answered.tensors);
  // What is not finite breaks schema and probabilities too; saying it three times helps nobody.
  if (finite.status === 'failed') return [finite];
  const own = task.checkAnswer(answered);
  // An answer of another task has another shape as well.
  const otherTask = own.some(({ id, status }) => id === 'output-shape' && status === 'failed');
  return otherTask ? [finite, ...own] : [finite, checkSchema(task, answered.output), ...own];
}

/** Whether all raw outputs are finite numbers. */
export function checkFinite(tensors: readonly TensorSummary[]): SmokeCheck {
  const id = 'finite';
  for (const { name, nan, infinite, size } of tensors) {
    if (nan === 0 && infinite === 0) continue;
    const what =
      nan > 0
        ? `${nan} of ${size} numbers of ${name} are NaN`
        : `${infinite} of ${size} numbers of ${name} are infinite`;
    return {
      id,
      status: 'failed',
      message: `${what}. Look for NaN in the weights (a training that diverged) or an overflow in half precision, and export the model again.`,
    };
  }
  return { id, status: 'passed', message: 'All numbers are finite.' };
}

function checkSchema(task: Task, output: unknown): SmokeCheck {
  const id = 'output-schema';
  const validate = OUTPUT_VALIDATORS[task.tag];
  if (validate === undefined)
    return { id, status: 'skipped', message: `There is no schema for ${task.tag}.` };
  if (validate(output)) return { id, status: 'passed', message: `The answer has the shape of ${task.tag}.` };
  const [error] = validate.errors ?? [];
  return {
    id,
    status: 'failed',
    message: `The answer does not have the shape of ${task.tag}: ${error?.instancePath ?? ''} ${error?.message ?? 'is wrong'}. Clients of the API will not understand it.`,
  };
}

/** Whether the same input gave the same answer twice. */
export function checkRepeat(task: Task, first: Answer, second: Answer, device: Device): SmokeCheck {
  const id = 'same-answer-twice';
  const apart = distance(task.vectors(first), task.vectors(second));
  if (apart === null) {
    return { id, status: 'skipped', message: 'The answers cannot be compared.' };
  }
  if (apart <= REPEAT_TOLERANCE[device === 'cpu' ? 'cpu' : 'gpu']) {
    return { id, status: 'passed', message: 'The same input gives the same answer twice.' };
  }
  if (task.random !== undefined) {
    return {
      id,
      status: 'skipped',
      message: `The same input gives another answer the second time: ${task.random}.`,
    };
  }
  return {
    id,
    status: 'failed',
    message: `The same input gives another answer the second time (${apart === Number.POSITIVE_INFINITY ? 'another label' : `scores differ by ${apart.toPrecision(2)}`}). Export the model in evaluation mode, without dropout or random operators.`,
  };
}

/** Whether the answers to different inputs differ; `probed` when inputs were added to find out. */
export function checkVariety(task: Task, answers: readonly Answer[], probed: boolean): SmokeCheck {
  const id = 'answers-differ';
  const vectors = answers.flatMap((answer) => task.vectors(answer));
  const [first, ...others] = vectors;
  if (first === undefined || others.length === 0) {
    return { id, status: 'skipped', message: 'There were not two answers to compare.' };
  }
  const differ = others.some((other) => {
    const apart = distance([first], [other]);
    return apart === null || apart > CONTRAST_TOLERANCE;
  });
  const same = differ ? (task.sameAnswer?.(answers) ?? null) : null;
  if (differ && same === null) {
    return { id, status: 'passed', message: 'Different inputs give different answers.' };
  }
  const all = vectors.length === 2 ? 'Both inputs' : `All ${vectors.length} inputs`;
  return {
    id,
    status: 'failed',
    message: `${all}${probed ? ', contrasting ones among them,' : ''} give the same answer${same === null ? '' : ` (${same})`}: the model does not listen to its input. Look for a head without weights, or a wrong checkpoint in the export.`,
  };
}

/**
 * How far two lists of vectors lie apart: the largest difference of two numbers, infinite when their texts or lengths
 * differ; null when there is nothing to compare, or a number is NaN.
 */
export function distance(
  a: readonly (readonly (number | string)[])[],
  b: readonly (readonly (number | string)[])[],
): number | null {
  if (a.length === 0 || b.length === 0) return null;
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let most = 0;
  for (const [row, vector] of a.entries()) {
    const other = b[row] ?? [];
    if (vector.length !== other.length) return Number.POSITIVE_INFINITY;
    for (const [index, value] of vector.entries()) {
      const twin = other[index];
      if (typeof value === 'number' && typeof twin === 'number') {
        const apart = Math.abs(value - twin);
        if (Number.isNaN(apart)) return null;
        most = Math.max(most, apart);
      } else if (value !== twin) return Number.POSITIVE_INFINITY;
    }
  }
  return most;
}
