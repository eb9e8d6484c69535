import type { Readable } from 'node:stream';

/** Most bytes of one line, and of all of them. */
export interface LineLimits {
  readonly line: number;
  readonly total: number;
}

/** Splits a stream into lines; stops listening and calls `tooMuch` when a line or the whole is too long. */
export function readLines(
  stream: Readable | null | undefined,
  onLine: (line: string) => void,
  limits: LineLimits,
  tooMuch: () => void,
): void {
  let parts: Buffer[] = [];
  let length = 0;
  let total = 0;
  stream?.on('data', (chunk: Buffer) => {
    total += chunk.length;
    let rest = chunk;
    for (let end = rest.indexOf(10); end !== -1; end = rest.indexOf(10)) {
      parts.push(rest.subarray(0, end));
      const line = Buffer.concat(parts).toString('utf8');
      parts = [];
      length = 0;
      rest = rest.subarray(end + 1);
      onLine(line);
    }
    if (rest.length > 0) parts.push(rest);
    length += rest.length;
    if (length > limits.line || total > limits.total) {
      stream.removeAllListeners('data');
      tooMuch();
    }
  });
}
