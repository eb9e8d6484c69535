import type { JsonPath } from '../card/path.js';

/** The path of a field as settings name it: keys parted by dots, or a JSON pointer (RFC 6901) for keys that hold dots. */
export function fieldPath(field: string): JsonPath {
  if (!field.startsWith('/')) return field.split('.');
  return field
    .slice(1)
    .split('/')
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}
