/** About what a parsed value takes in memory, in bytes; without recursion, as it may nest deep. */
export function weightOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  let bytes = 0;
  const left: unknown[] = [value];
  while (left.length > 0) {
    const one = left.pop();
    bytes += typeof one === 'string' ? one.length + 16 : 16;
    if (ArrayBuffer.isView(one)) bytes += one.byteLength;
    else if (Array.isArray(one)) for (const item of one) left.push(item);
    else if (typeof one === 'object' && one !== null) {
      for (const [key, item] of Object.entries(one)) {
        bytes += key.length;
        left.push(item);
      }
    }
  }
  return bytes;
}
