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
  const cut = lineCutter();
  let total = 0;
  stream?.on('data', (chunk: Buffer) => {
    total += chunk.length;
    for (const line of cut.lines(chunk)) onLine(line);
    if (cut.unfinishedBytes() > limits.line || total > limits.total) {
      stream.removeAllListeners('data');
      tooMuch();
    }
  });
}

/** The lines of a stream that may be of any length, without their breaks. */
export async function* linesOf(stream: AsyncIterable<Buffer>): AsyncGenerator<string, void> {
  const cut = lineCutter();
  for await (const chunk of stream) yield* cut.lines(chunk);
}

interface LineCutter {
  /** Lines that end in the next chunk, without their breaks. */
  lines(chunk: Buffer): Generator<string, void>;
  /** Bytes of the line that has not ended. */
  unfinishedBytes(): number;
}

function lineCutter(): LineCutter {
  let parts: Buffer[] = [];
  let unfinished = 0;
  return {
    *lines(chunk) {
      let rest = chunk;
      for (let end = rest.indexOf(10); end !== -1; end = rest.indexOf(10)) {
        parts.push(rest.subarray(0, end));
        const line = Buffer.concat(parts).toString('utf8');
        parts = [];
        unfinished = 0;
        rest = rest.subarray(end + 1);
        yield line;
      }
      if (rest.length > 0) parts.push(rest);
      unfinished += rest.length;
    },
    unfinishedBytes: () => unfinished,
  };
}
