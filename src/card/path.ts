import { own } from '../mapping.js';

/** A path into the metadata value: mapping keys as strings, list indexes as numbers. */
export type JsonPath = readonly (string | number)[];

/** The path as a JSON pointer (RFC 6901); the root is the empty string. */
export function toPointer(path: JsonPath): string {
  let pointer = '';
  for (const step of path) pointer += `/${typeof step === 'number' ? step : escapeStep(step)}`;
  return pointer;
}

function escapeStep(step: string): string {
  return step.includes('~') || step.includes('/') ? step.replaceAll('~', '~0').replaceAll('/', '~1') : step;
}

/** The keys that a JSON pointer names, list indexes as strings too. */
export function pointerKeys(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** A JSON pointer into a value as a path: steps into lists become numbers. */
export function fromPointer(pointer: string, root: unknown): JsonPath {
  const path: (string | number)[] = [];
  let value = root;
  for (const key of pointerKeys(pointer)) {
    const step = Array.isArray(value) ? Number(key) : key;
    path.push(step);
    value = child(value, step);
  }
  return path;
}

/** What stands at a path; undefined when nothing does. */
export function valueAt(root: unknown, path: JsonPath): unknown {
  let value = root;
  for (const step of path) value = child(value, step);
  return value;
}

function child(value: unknown, step: string | number): unknown {
  return Array.isArray(value) ? value[Number(step)] : own(value, String(step));
}
