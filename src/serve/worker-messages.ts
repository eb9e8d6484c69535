import type { ChildError, InferenceJob } from '../smoke/protocol.js';
import type { Inference } from '../tasks/task.js';

/** The argument that makes the child process of a smoke inference serve a model instead. */
export const SERVE_FLAG = '--serve';

/** The first line on standard input of a process that serves a model. */
export interface ServeJob {
  readonly kind: 'serve';
  /** What is loaded and how; it has no cases of its own. */
  readonly model: InferenceJob;
}

/** A further line: an inference that is wanted. The next one comes when this one is answered. */
export interface Ask {
  readonly id: number;
  readonly inference: Inference;
}

/** A picture or sound of an answer. */
export interface AnsweredFile {
  readonly name: string;
  readonly mediaType: string;
  readonly base64: string;
}

/** What the process says on file descriptor 3, one JSON value per line. */
export type WorkerMessage =
  | { readonly type: 'loaded'; readonly loadMs: number }
  | {
      readonly type: 'answer';
      readonly id: number;
      /** In milliseconds, without the time that pictures and sounds take to encode. */
      readonly latencyMs: number;
      readonly output: unknown;
      readonly files: readonly AnsweredFile[];
    }
  | { readonly type: 'no-answer'; readonly id: number; readonly error: ChildError }
  /** It cannot go on. */
  | { readonly type: 'failed'; readonly error: ChildError };
