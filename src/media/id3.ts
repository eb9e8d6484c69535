import type { Bytes } from './bytes.js';

/** Where a recording begins that may have an ID3v2 tag before it. */
export function afterId3(bytes: Bytes): number {
  if (!bytes.has('ID3', 0)) return 0;
  const length = [6, 7, 8, 9].reduce((sum, at) => sum * 128 + (bytes.u8(at) & 0x7f), 0);
  const footer = bytes.u8(5) & 0x10 ? 10 : 0;
  return 10 + length + footer;
}
