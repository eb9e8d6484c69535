import { type JsonPath, pointerKeys } from '../card/path.js';

/** The path of a field as settings name it: keys parted by dots, or a JSON pointer (RFC 6901) for keys that hold dots. */
export function fieldPath(field: string): JsonPath {
  return field.startsWith('/') ? pointerKeys(field) : field.split('.');
}
