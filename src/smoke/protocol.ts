import type { Inference, TensorSummary } from '../tasks/task.js';
import type { TokenizerRecipe } from '../tokenizers/index.js';
import type { NumbersAt } from './finite.js';
import type { Device, SmokeCheck } from './report.js';

/** What the child process is asked to do; it reads this as JSON from its standard input. */
export type Job = InferenceJob | ProbeJob;

/** Loads a model, runs the cases and, where they do not show that answers differ, the probes. */
export interface InferenceJob {
  readonly kind: 'inference';
  /** Pipeline tag. */
  readonly task: string;
  /** Which of the task’s ways. */
  readonly way: number;
  /** Absolute path of the repository. */
  readonly root: string;
  /** Folders that its files may lie in, as real paths: itself, and what the links of the Hugging Face cache point to. */
  readonly fences: readonly string[];
  /** Repository-relative paths of the graphs, or of the GGUF file, by role. */
  readonly graphs: Readonly<Record<string, string>>;
  /** The graph, where `graphs` names the weights of one that is no file. */
  readonly built?: BuiltJob;
  /** What the tokenizer is built of, where there is no tokenizer.json. */
  readonly tokenizer?: TokenizerRecipe;
  /** Number type of each graph, by role. */
  readonly dtypes: Readonly<Record<string, string>>;
  readonly device: Device;
  /** With graph optimization and all cores, as a server would run it. */
  readonly optimized: boolean;
  /** For a server: inferences may go on at the same time, and nobody looks at the raw outputs. Absent for a smoke inference. */
  readonly served?: ServedJob;
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
  /** What the child’s own watchdog allows, in bytes. */
  readonly memoryLimitBytes: number;
}

/** What a server says of a model that it loads. */
export interface ServedJob {
  /** Threads of the process that compute. */
  readonly threads: number;
  /** Whether inferences that go on at the same time may be one run of the graph. */
  readonly joined: boolean;
}

/** The graphs that were built of config.json, with their weights in files of the repository. */
export interface BuiltJob {
  /** ONNX files by role, in base64. */
  readonly graphs: Readonly<Record<string, string>>;
  /** Absolute path of the folder that it names the weight files from. */
  readonly folder: string;
  /** The class of transformers.js. */
  readonly className: string;
  /** Most tokens that the graph is right for. */
  readonly longest: number;
  /** The tensors whose numbers are looked at. */
  readonly numbers: readonly NumbersAt[];
  /** What the plan found out about the tensors, in a sentence. */
  readonly fits: string;
  /** The model that the repository has an adapter of: its generation_config.json, null when there is none. */
  readonly base?: { readonly generation: unknown };
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

/** The argument that makes the child process serve a model, and answer until it is ended, instead of running a smoke inference. */
export const SERVE_FLAG = '--serve';

/** Longest message of the child, in bytes; the parent parses it, so it must not cost much. */
export const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;
/** Most the child may say in all, in bytes. */
export const MAX_TOTAL_BYTES = 128 * 1024 * 1024;
/** Most messages of a child. */
export const MAX_MESSAGES = 20_000;
/** Deepest nesting of a message. Answers have less than ten levels; what reads them may go down level by level. */
const MAX_DEPTH = 100;
/** Most lists and objects a child may say in all: in memory they take a hundred times the two bytes they have in JSON. */
export const MAX_NESTED = 1_000_000;
/** Most items of lists and objects a child may say in all. */
export const MAX_ITEMS = 16_000_000;
/** Longest error and check, in characters. */
export const MAX_TEXT = 8_000;
const MAX_NAME = 200;

/** How often the first case is run again at most. */
export const MAX_REPEATS = 5;

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

/** What it takes to keep a message in memory, beside its texts. */
export interface Weight {
  /** Lists and objects. */
  readonly nested: number;
  /** Items of lists and objects, but the first of each. */
  readonly items: number;
}

/** Weighs JSON before it is parsed, in linear time; null when it nests too deep. */
export function weigh(json: string): Weight | null {
  let depth = 0;
  let nested = 0;
  let items = 0;
  for (let index = 0; index < json.length; index++) {
    const code = json.charCodeAt(index);
    if (code === QUOTE) index = endOfString(json, index);
    else if (code === COMMA) items++;
    else if (code === OPEN_BRACKET || code === OPEN_BRACE) {
      nested++;
      if (++depth > MAX_DEPTH) return null;
    } else if (code === CLOSE_BRACKET || code === CLOSE_BRACE) depth--;
  }
  return { nested, items };
}

/** The index of the quote that ends the string which begins at `start`; the end of all where none does. */
function endOfString(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1); end !== -1; end = json.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (json.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return end;
  }
  return json.length;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** The inverse of `encode`, for JSON that `weigh` does not refuse. Throws `SyntaxError`. */
export function decode(text: string): unknown {
  const value: unknown = JSON.parse(text);
  return text.includes('"$number"') ? withNumbers(value) : value;
}

/** Puts the numbers back that JSON lacks, in place. */
function withNumbers(value: unknown): unknown {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      if (isObject(item)) value[index] = withNumbers(item);
    }
    return value;
  }
  if (!isObject(value)) return value;
  const number = Object.hasOwn(value, '$number') ? value.$number : undefined;
  if (typeof number === 'string' && Object.hasOwn(SPECIAL, number)) return SPECIAL[number];
  for (const [key, item] of Object.entries(value)) {
    if (isObject(item)) define(value, key, withNumbers(item));
  }
  return value;
}

/** Sets an own property, whatever its name: `__proto__` is one here. */
function define(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
}

/** Whether something a child said is a message; a child that was taken over may say anything. */
export function isMessage(value: unknown): value is Message {
  if (!isObject(value)) return false;
  const message = value;
  const amounts = (...keys: string[]) => keys.every((key) => isAmount(message[key]));
  const role = () => ROLES.has(message.role) && isCount(message.index);
  switch (message.type) {
    case 'stage':
      return message.stage === 'setup' || message.stage === 'load';
    case 'running':
      return role();
    case 'check':
      return isCheck(message.check);
    case 'loaded':
      return amounts('loadMs');
    case 'answer':
      return (
        role() &&
        amounts('latencyMs') &&
        isObject(message.facts) &&
        Array.isArray(message.tensors) &&
        message.tensors.every(isSummary)
      );
    case 'file':
      return isCount(message.index) && isFile(message);
    case 'no-answer':
      return role() && isError(message.error);
    case 'placement':
      return (
        message.nodes === null || (isObject(message.nodes) && Object.values(message.nodes).every(isCount))
      );
    case 'failed':
      return STAGES.has(message.stage) && isError(message.error);
    case 'over-memory':
      return isCount(message.rssBytes);
    case 'done':
      return isCount(message.peakRssBytes);
    default:
      return false;
  }
}

const ROLES: ReadonlySet<unknown> = new Set<AnswerRole>(['case', 'repeat', 'probe']);
const STAGES: ReadonlySet<unknown> = new Set(['setup', 'load', 'run']);
const STATUSES: ReadonlySet<unknown> = new Set<SmokeCheck['status']>([
  'passed',
  'failed',
  'warning',
  'skipped',
]);

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** A number of bytes or milliseconds. */
function isAmount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER;
}

function isCount(value: unknown): value is number {
  return isAmount(value) && Number.isInteger(value);
}

function isText(value: unknown, longest: number): value is string {
  return typeof value === 'string' && value.length <= longest;
}

function isSummary(value: unknown): value is TensorSummary {
  return (
    isObject(value) &&
    typeof value.name === 'string' &&
    isText(value.type, MAX_NAME) &&
    Array.isArray(value.dims) &&
    value.dims.every(isCount) &&
    [value.nan, value.infinite, value.size].every(isCount)
  );
}

function isFile({ name, mediaType, base64 }: Readonly<Record<string, unknown>>): boolean {
  return isText(name, MAX_TEXT) && isText(mediaType, MAX_NAME) && typeof base64 === 'string';
}

function isCheck(value: unknown): value is SmokeCheck {
  return (
    isObject(value) &&
    typeof value.id === 'string' &&
    /^[a-z][a-z0-9-]{0,63}$/.test(value.id) &&
    isText(value.message, MAX_TEXT) &&
    STATUSES.has(value.status)
  );
}

function isError(value: unknown): value is ChildError {
  return (
    isObject(value) &&
    isText(value.name, MAX_NAME) &&
    isText(value.message, MAX_TEXT) &&
    (value.code === undefined || isText(value.code, MAX_NAME))
  );
}
