/** A path into the metadata value: mapping keys as strings, list indexes as numbers. */
export type JsonPath = readonly (string | number)[];

/** The path as a JSON pointer (RFC 6901); the root is the empty string. */
export function toPointer(path: JsonPath): string {
  let pointer = '';
  for (const step of path) pointer += `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`;
  return pointer;
}
