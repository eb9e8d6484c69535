/** What is wrong with a picture, sound or video, in one sentence that stands alone. */
export class MediaError extends Error {
  override readonly name = 'MediaError';
  readonly code: MediaErrorCode;

  constructor(code: MediaErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/**
 * `missing`: there is no such file or sample; `damaged`: of a known format, but not to be decoded; `unsupported`: of a
 * format that is not decoded here; `too-large`: beyond a limit.
 */
export type MediaErrorCode = 'missing' | 'damaged' | 'unsupported' | 'too-large';

/** The first line of what a decoder says, short enough for a message and without a full stop. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return (text.split('\n').find((line) => line.trim() !== '') ?? 'no reason given')
    .trim()
    .replace(/\.$/, '')
    .slice(0, 200);
}
