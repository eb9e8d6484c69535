import type { Inference, TensorSummary } from '../tasks/task.js';
import type { Device, SmokeCheck } from './report.js';

/** What the child process is asked to do; it reads this as JSON from its standard input. */
export type Job = InferenceJob | ProbeJob;

/** Loads a model, runs the cases and, where they do not show that answers differ, the probes. */
export interface InferenceJob {
  readonly kind: 'inference';
  /** Pipeline tag. */
  readonly task: string;
  /** Which of the task's ways. */
  readonly way: number;
  /** Absolute path of the repository. */
  readonly root: string;
  /** Repository-relative paths of the graphs, or of the GGUF file, by role. */
  readonly graphs: Readonly<Record<string, string>>;
  /** Number type of each graph, by role. */
  readonly dtypes: Readonly<Record<string, string>>;
  readonly device: Device;
  /** With graph optimization and all cores, as a server would run it. */
  readonly optimized: boolean;
  /** The parsed config.json; null when there is none. */
  readonly config: Readonly<Record<string, unknown>> | null;
  readonly cases: readonly Inference[];
  /** Extra inputs, run only when the cases do not show that answers differ. */
  readonly probes: readonly Inference[];
  /** The files of the repository that the inputs name, by path, in base64. */
  readonly media: Readonly<Record<string, string>>;
  /** Whether somebody wants the pictures and sounds of the answers. */
  readonly wantFiles: boolean;
  /** JSON files of the repository that must be readable. */
  readonly json: readonly string[];
  /** Rows of the embedding, to compare with the tokenizer; null when they are unknown. */
  readonly tokenRows: number | null;
  /** What the child's own watchdog allows, in bytes. */
  readonly memoryLimitBytes: number;
}

/** Tries a device with a graph that adds two numbers. */
export interface ProbeJob {
  readonly kind: 'probe';
  readonly device: Device;
  readonly memoryLimitBytes: number;
}

/** An error of the child, as data. */
export interface ChildError {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
}

/** What an answer is for: a case, the first case once more (for the same answer, and for its time), or a contrasting input. */
export type AnswerRole = 'case' | 'repeat' | 'probe';

/** What the child says on file descriptor 3, one JSON value per line. */
export type Message =
  | { readonly type: 'stage'; readonly stage: 'setup' | 'load' }
  | { readonly type: 'running'; readonly role: AnswerRole; readonly index: number }
  /** A check of the files. */
  | { readonly type: 'check'; readonly check: SmokeCheck }
  | { readonly type: 'loaded'; readonly loadMs: number }
  | {
      readonly type: 'answer';
      readonly role: AnswerRole;
      readonly index: number;
      readonly latencyMs: number;
      readonly output: unknown;
      readonly facts: unknown;
      readonly tensors: readonly TensorSummary[];
    }
  /** A picture or sound of the answer that comes next. */
  | {
      readonly type: 'file';
      readonly index: number;
      readonly name: string;
      readonly mediaType: string;
      readonly base64: string;
    }
  | {
      readonly type: 'no-answer';
      readonly role: AnswerRole;
      readonly index: number;
      readonly error: ChildError;
    }
  /** Operators that ran, by execution provider; null when the runtime does not say. */
  | { readonly type: 'placement'; readonly nodes: Readonly<Record<string, number>> | null }
  | { readonly type: 'failed'; readonly stage: 'setup' | 'load' | 'run'; readonly error: ChildError }
  | { readonly type: 'over-memory'; readonly rssBytes: number }
  | { readonly type: 'done'; readonly peakRssBytes: number };

/** How the names of the temporary folders begin that child processes work in. */
export const FOLDER_PREFIX = 'validate-card-';

/** Longest message of the child, in bytes; the parent parses it, so it must not cost much. */
export const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;
/** Most the child may say in all, in bytes. */
export const MAX_TOTAL_BYTES = 128 * 1024 * 1024;

const SPECIAL: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};

/** JSON in which numbers that JSON lacks survive: NaN, infinities (as `{"$number": "NaN"}`), and big integers. */
export function encode(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) => {
    if (typeof item === 'number' && !Number.isFinite(item)) return { $number: String(item) };
    if (typeof item === 'bigint') {
      return Number.isSafeInteger(Number(item)) ? Number(item) : String(item);
    }
    return item;
  });
}

/** The inverse of `encode`. Throws `SyntaxError`. */
export function decode(text: string): unknown {
  return JSON.parse(text, (_, item: unknown) => {
    if (typeof item !== 'object' || item === null || !('$number' in item)) return item;
    const { $number } = item;
    return typeof $number === 'string' && Object.hasOwn(SPECIAL, $number) ? SPECIAL[$number] : item;
  });
}

/** Whether something a child said is a message; a child that was taken over may say anything. */
export function isMessage(value: unknown): value is Message {
  if (typeof value !== 'object' || value === null || !('type' in value)) return false;
  const message = value as Readonly<Record<string, unknown>>;
  const numbers = (...keys: string[]) => keys.every((key) => typeof message[key] === 'number');
  const role = () => ['case', 'repeat', 'probe'].includes(String(message.role)) && numbers('index');
  switch (message.type) {
    case 'stage':
      return message.stage === 'setup' || message.stage === 'load';
    case 'running':
      return role();
    case 'check':
      return isCheck(message.check);
    case 'loaded':
      return numbers('loadMs');
    case 'answer':
      return role() && numbers('latencyMs') && Array.isArray(message.tensors) && isObject(message.facts);
    case 'file':
      return (
        numbers('index') && ['name', 'mediaType', 'base64'].every((key) => typeof message[key] === 'string')
      );
    case 'no-answer':
      return role() && isError(message.error);
    case 'placement':
      return message.nodes === null || isObject(message.nodes);
    case 'failed':
      return ['setup', 'load', 'run'].includes(String(message.stage)) && isError(message.error);
    case 'over-memory':
      return numbers('rssBytes');
    case 'done':
      return numbers('peakRssBytes');
    default:
      return false;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isCheck(value: unknown): value is SmokeCheck {
  return (
    isObject(value) &&
    typeof value.id === 'string' &&
    typeof value.message === 'string' &&
    ['passed', 'failed', 'warning', 'skipped'].includes(String(value.status))
  );
}

function isError(value: unknown): value is ChildError {
  return isObject(value) && typeof value.name === 'string' && typeof value.message === 'string';
}
