import type { ChildError, InferenceJob } from '../smoke/protocol.js';
import type { MadeToken, WrittenText } from '../tasks/following.js';
import type { Inference } from '../tasks/task.js';

/** The first line on standard input of a process that serves a model. */
export interface ServeJob {
  readonly kind: 'serve';
  /** What is loaded and how; it has no cases of its own. */
  readonly model: InferenceJob;
}

/** An inference, and the task that it is of: that of the process, or one that loads the same. */
export interface TaskInference extends Inference {
  readonly task: string;
}

/** A further line: an inference that is wanted. The next one comes when this one is answered, unless they may go on at the same time. */
export interface Ask {
  readonly id: number;
  readonly inference: TaskInference;
  /** Whether its tokens are wanted as they are made. */
  readonly tokens: boolean;
}

/** A further line, at any time: nobody wants the answer to this one any more. It is answered all the same, with `no-answer` if it was stopped. */
export interface Stop {
  readonly stop: number;
}

/** A picture or sound of an answer. */
export interface AnsweredFile {
  readonly name: string;
  readonly mediaType: string;
  readonly base64: string;
}

/** What the process says on file descriptor 3, one JSON value per line. */
export type WorkerMessage =
  | {
      readonly type: 'loaded';
      readonly loadMs: number;
      /** Whether several inferences may go on at the same time. */
      readonly together: boolean;
      /** Whether all of it runs on the CPU, as far as the runtime says. */
      readonly onCpu: boolean;
    }
  | {
      readonly type: 'answer';
      readonly id: number;
      /** In milliseconds, without the time that pictures and sounds take to encode. */
      readonly latencyMs: number;
      /** The length of the recordings that were listened to. */
      readonly heardSeconds: number;
      readonly output: unknown;
      readonly files: readonly AnsweredFile[];
      /** Texts that the model wrote; empty where it does not write. */
      readonly written: readonly WrittenText[];
      /** How many tokens of texts it read; 0 where its task does not count them. */
      readonly tokensRead: number;
    }
  | { readonly type: 'token'; readonly id: number; readonly token: MadeToken }
  | { readonly type: 'no-answer'; readonly id: number; readonly error: ChildError }
  /** Its watchdog ends it (watchdog.ts). */
  | { readonly type: 'over-memory'; readonly rssBytes: number }
  /** It cannot go on. */
  | { readonly type: 'failed'; readonly error: ChildError };
