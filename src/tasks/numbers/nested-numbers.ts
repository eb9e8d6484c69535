import { fault, kindOf, type Read, read } from '../task.js';
import { product } from './numbers.js';

/** Numbers in lists nested to any depth. */
export type NestedList = number | readonly NestedList[];

/** Numbers of a tensor as nested lists hold them: `data` row by row. */
export interface NestedNumbers {
  readonly dims: readonly number[];
  readonly data: readonly number[];
}

const MOST_AXES = 6;
const MOST_NUMBERS = 4_000_000;

/** Reads lists of numbers nested to any depth, all of the same length at each depth. True and false count as 1 and 0. */
export function readNestedNumbers(value: unknown, what: string): Read<NestedNumbers> {
  const dims: number[] = [];
  let level = value;
  while (Array.isArray(level)) {
    if (dims.length === MOST_AXES) return fault([], `${what} is nested deeper than ${MOST_AXES} lists.`);
    if (level.length === 0) return fault([], `${what} has an empty list.`);
    dims.push(level.length);
    level = level[0] as unknown;
  }
  if (dims.length === 0) return fault([], `${what} must be a list of numbers, not ${kindOf(value)}.`);
  if (product(dims) > MOST_NUMBERS) {
    return fault([], `${what} has more than ${MOST_NUMBERS} numbers.`);
  }
  const data: number[] = [];
  const problem = gather(value, dims, 0, data);
  return problem === null ? read({ dims, data }) : fault(problem.path, `${what} ${problem.message}`);
}

function gather(
  value: unknown,
  dims: readonly number[],
  depth: number,
  data: number[],
): { readonly path: readonly (string | number)[]; readonly message: string } | null {
  if (depth === dims.length) {
    const number = typeof value === 'boolean' ? Number(value) : value;
    if (typeof number !== 'number' || !Number.isFinite(number)) {
      return { path: [], message: `must hold finite numbers, not ${kindOf(value)}.` };
    }
    data.push(number);
    return null;
  }
  if (!Array.isArray(value) || value.length !== dims[depth]) {
    return {
      path: [],
      message: `has lists of different lengths: ${dims[depth]}, and ${Array.isArray(value) ? value.length : kindOf(value)}.`,
    };
  }
  for (const [index, item] of (value as readonly unknown[]).entries()) {
    const problem = gather(item, dims, depth + 1, data);
    if (problem !== null) return { path: [index, ...problem.path], message: problem.message };
  }
  return null;
}

/** Numbers as nested lists of some dimensions; a single number when there are none. */
export function nest(numbers: ArrayLike<number>, dims: readonly number[]): NestedList {
  const build = (depth: number, start: number): NestedList => {
    const size = dims[depth];
    if (size === undefined) return numbers[start] ?? Number.NaN;
    const step = product(dims.slice(depth + 1));
    return Array.from({ length: size }, (_, index) => build(depth + 1, start + index * step));
  };
  return build(0, 0);
}

/** The numbers of lists that were read before. Throws when they are no such lists. */
export function unnest(list: NestedList): NestedNumbers {
  const numbers = readNestedNumbers(list, 'The input');
  if (!numbers.ok) throw new Error(numbers.fault.message);
  return numbers.value;
}
