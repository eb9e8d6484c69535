import type { Tensor } from './view.js';

/** Numbers that are shown of a tensor. */
const HEAD = 64;
/** No answer nests deeper. */
const DEEPEST = 16;

/** Nested lists of numbers; null where there is something else, or nothing. */
export function tensorOf(value: unknown): Tensor | null {
  const head: number[] = [];
  let count = 0;
  let pure = true;
  const measure = (one: unknown, depth: number): readonly number[] | null => {
    if (typeof one === 'number') {
      if (head.length < HEAD) head.push(one);
      count++;
      return [];
    }
    if (!Array.isArray(one) || depth === DEEPEST) {
      pure = false;
      return null;
    }
    let shape: readonly number[] | null | undefined;
    for (const inner of one as readonly unknown[]) {
      const found = measure(inner, depth + 1);
      if (!pure) return null;
      shape = shape === undefined ? found : sameShape(shape, found) ? shape : null;
    }
    return shape === null ? null : [one.length, ...(shape ?? [])];
  };
  if (!Array.isArray(value)) return null;
  const shape = measure(value, 0);
  return pure && count > 0 ? { shape, head, count } : null;
}

function sameShape(one: readonly number[] | null, other: readonly number[] | null): boolean {
  return (
    one !== null &&
    other !== null &&
    one.length === other.length &&
    one.every((size, at) => size === other[at])
  );
}
