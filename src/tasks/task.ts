import type { JsonPath } from '../card/path.js';
import type { GgufHead } from '../gguf/gguf-head.js';
import type { FedInputs } from '../onnx/checks/input-names.js';
import type { SmokeCheck } from '../smoke/report.js';
import type { GraphValue, LlamaSession, OnnxSession, TransformersSession } from '../smoke/session.js';
import type { Following, WrittenText } from './following.js';

/** Something that does not fit a task: where in the value that was read, and what is wrong with it. */
export interface Fault {
  readonly path: JsonPath;
  readonly message: string;
}

/** A value read from a stranger’s data, or what is wrong with it. */
export type Read<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly fault: Fault };

/** Parameters of an inference, as `inference.parameters` and requests name them; checked by the task. */
export type Parameters = Readonly<Record<string, unknown>>;

/** Inputs and outputs of a graph. */
export interface GraphFacts {
  readonly inputs: readonly GraphValue[];
  readonly outputs: readonly GraphValue[];
  /** Names of the classes that a classifier of onnx.ml tells apart, in the order of its scores; empty or absent where they are numbers. */
  readonly classes?: readonly string[];
}

/** What is known of a model before it is loaded. */
export interface ModelFacts {
  /** The parsed config.json; null when there is none. */
  readonly config: Readonly<Record<string, unknown>> | null;
  /** The graph, or the last one of several; null when it is unknown. */
  readonly graph: GraphFacts | null;
  /** Graphs by role in the layout; those that could not be read are left out. */
  readonly graphs: Readonly<Record<string, GraphFacts>>;
  /** Parsed JSON files of the repository beside config.json, by path; only small ones. */
  readonly json: Readonly<Record<string, unknown>>;
  /** Paths of all files of the repository; absent when they are unknown. */
  readonly files?: ReadonlySet<string>;
  /** The tags of the card; absent when they are unknown. */
  readonly tags?: readonly string[];
  /** What the GGUF file says of itself; absent when there is none. */
  readonly gguf?: GgufHead;
}

/** An inference to run. */
export interface Inference<Input = unknown> {
  readonly input: Input;
  readonly parameters: Parameters;
  /** The type in which pictures or sounds of the answer are wanted, where they can be made in it; absent: as they usually are. */
  readonly fileType?: string;
  /** The answer that the card shows. Only for looking into why the model gives another; an answer never depends on it. */
  readonly expected?: unknown;
}

/** A widget example: an inference, and the answer that the card shows for it. */
export interface Example<Input = unknown> extends Inference<Input> {
  readonly title?: string;
  readonly output?: unknown;
}

/** A raw output of the graph, without its numbers. */
export interface TensorSummary {
  readonly name: string;
  readonly type: string;
  readonly dims: readonly number[];
  readonly nan: number;
  readonly infinite: number;
  readonly size: number;
}

/** A picture or sound of an answer. */
export interface MadeFile {
  /** Name with its ending, unlike the others of the answer; what `fileRef` names. */
  readonly name: string;
  /** Its type, unless another one is asked for: `image/png` or `audio/wav`. */
  readonly mediaType: string;
  /** Types that can be asked for; absent when there is but one. */
  readonly types?: readonly string[];
  /** Encodes it; called only when somebody wants to see or hear it. */
  encode(mediaType?: string): Promise<Uint8Array>;
}

/** The place of a picture or sound in an output: `file` is the name of a `MadeFile`. Clients get its content instead. */
export interface FileRef {
  readonly $file: string;
}

/** What one inference gave. */
export interface Answer<Facts = unknown> {
  /** In the shape of the Inference API, with `FileRef` for pictures and sounds. */
  readonly output: unknown;
  /** What the checks need beyond the output. */
  readonly facts: Facts;
  /** The pictures and sounds that `output` refers to; only in the child process. */
  readonly files?: readonly MadeFile[];
  /** The texts, where a model wrote them; for a server. */
  readonly written?: readonly WrittenText[];
  /** How many tokens of texts it read, where the task counts them; for a server. */
  readonly tokensRead?: number;
}

/** An answer with what was asked for. */
export interface AnsweredCase<Input = unknown, Facts = unknown> extends Answer<Facts> {
  readonly inference: Inference<Input>;
  /** `output` of the widget example. */
  readonly expected?: unknown;
  readonly tensors: readonly TensorSummary[];
}

/** The names of the graphs of a layout, by role: without folder and without the suffix of a dtype (`encoder_model`), or a path with folders (`unet/model`). */
export type Layout = Readonly<Record<string, string>>;

/** A file that must be there beside the graphs, and what makes it. */
export interface NeededFile {
  readonly path: string;
  readonly remedy: string;
}

/** What every way to run a task says of itself. */
interface WayBase {
  /** Layouts of graphs this way can load, the preferred one first. Absent: one graph, `model`. */
  readonly layouts?: readonly Layout[];
  /** Files it needs beside the graphs. */
  readonly needs: readonly NeededFile[];
  /** What the graph `model` is given; absent where that depends on the model. */
  readonly feeds?: FedInputs;
  /**
   * Whether inferences may go on at the same time, so that a server can run the graph once for those that wait: the inputs of each run of
   * the graph are one item, and nothing is kept between them.
   */
  readonly together?: boolean;
  /** Why this way cannot run these graphs, as a sentence; null when it can. Then the next way is asked. */
  unfit?(model: ModelFacts): string | null;
}

/** A task as a transformers.js pipeline, or with the parts of one. */
export interface TransformersWay<Input, Facts> extends WayBase {
  readonly runner: 'transformers';
  /** Name of the pipeline that is loaded. */
  readonly pipeline: string;
  /** The class of the model, where transformers.js has no pipeline: then `call` throws. */
  readonly model?: 'AutoModelForImageTextToText';
  /** Whether models that write text answer the task too, in a way that is not run: one of them is no fault. */
  readonly writers?: boolean;
  /** Whether it works on pictures, and so needs sharp. */
  readonly images?: boolean;
  /** JSON files that the run reads, where they exist. */
  readonly json?: readonly string[];
  run(
    session: TransformersSession,
    inference: Inference<Input>,
    following?: Following,
  ): Promise<Answer<Facts>>;
}

/** A task on bare graphs. */
export interface OnnxWay<Input, Facts> extends WayBase {
  readonly runner: 'onnx';
  /** Folder of the tokenizer to load; none when absent. */
  readonly tokenizer?: string;
  /** Whether to load the image processor or feature extractor of preprocessor_config.json; `sound` needs no sharp. */
  readonly processor?: boolean | 'sound';
  /** JSON files that the run reads, where they exist. */
  readonly json?: readonly string[];
  run(session: OnnxSession, inference: Inference<Input>, following?: Following): Promise<Answer<Facts>>;
}

/** A task on a GGUF file. */
export interface LlamaWay<Input, Facts> extends WayBase {
  readonly runner: 'llama';
  run(session: LlamaSession, inference: Inference<Input>, following?: Following): Promise<Answer<Facts>>;
}

/** How a task runs on a runner; `run` is called in the child process with a loaded session. */
export type Way<Input = unknown, Facts = unknown> =
  | TransformersWay<Input, Facts>
  | OnnxWay<Input, Facts>
  | LlamaWay<Input, Facts>;

/** How two answers to the same input compare: of two variants of a model, or on two devices. */
export interface Comparison {
  /** Whether a user of the model would call them the same. */
  readonly agrees: boolean;
  /** How far they lie apart, in the unit that `seen` names; null when it is no number. */
  readonly drift: number | null;
  /** What was seen, as the rest of a sentence: `the top label is the same, scores differ by at most 0.012`. */
  readonly seen: string;
}

/**
 * Everything about one task, for lint (does this widget example fit?), smoke (run it, check the answer) and the server
 * (read a request). No runtime is imported here: `run` gets a loaded session.
 */
export interface Task<Input = unknown, Facts = unknown> {
  /** Pipeline tag. */
  readonly tag: string;
  /** Whether its input is a picture, a recording or a video alone, so that a request may be the bytes of one. */
  readonly takesFile?: true;
  /** Whether it answers with a text that is written token by token: tokens may be drawn, and unlikely ones have infinite logarithms. */
  readonly writes?: true;
  /** What it makes: files in one of `PICTURE_TYPES` or `SOUND_TYPES`. Absent where a file of an answer is of one type, such as a mask. */
  readonly makes?: 'picture' | 'sound';
  /** The task whose ways load the same, and differ in how they run alone: a server has one process for both. */
  readonly loadsAs?: string;
  /** Ways to run, the preferred one first. */
  readonly ways: readonly Way<Input, Facts>[];
  /** Reads a widget example of the card. A `src` is the path of a file in the repository by then. */
  readExample(example: unknown, model: ModelFacts): Read<Example<Input>>;
  /** Reads the body of an Inference API request; also what a user gives with `--input`. */
  readRequest(body: unknown, model: ModelFacts): Read<Inference<Input>>;
  /** Checks parameters; those of other tasks are ignored, as the Hub does. */
  readParameters(parameters: unknown): Read<Parameters>;
  /** What to run when the card has no examples. */
  defaultInferences(model: ModelFacts): readonly Inference<Input>[];
  /** Inputs that a model which listens to its input answers differently; run when the other inputs do not show it. */
  contrast(inferences: readonly Inference<Input>[], model: ModelFacts): readonly Inference<Input>[];
  /** Checks that need no inference. */
  checkModel(model: ModelFacts): readonly SmokeCheck[];
  /** Checks of one answer, beside those every task has (schema, finite numbers). */
  checkAnswer(answered: AnsweredCase<Input, Facts>): readonly SmokeCheck[];
  /** Checks of the model that one answer shows, such as the names of its labels. */
  checkLabels(answered: AnsweredCase<Input, Facts>): readonly SmokeCheck[];
  /** The answer as a list of vectors, one for each item of the input; for comparing answers. */
  vectors(answer: Answer<Facts>): readonly (readonly (number | string)[])[];
  /**
   * Why a sound model may answer the same input differently each time, as the end of a sentence; absent when none may.
   */
  readonly random?: string;
  /** What makes answers to different inputs one and the same, as the rest of a sentence; null when they differ. Absent: equal vectors. */
  sameAnswer?(answers: readonly Answer<Facts>[]): string | null;
  /** Compares an answer of the model at full precision on the CPU with one of another variant or device. */
  compare(full: Answer<Facts>, other: Answer<Facts>): Comparison;
}

/** Stands for a picture or sound in an output. */
export function fileRef(name: string): FileRef {
  return { $file: name };
}

/** A value that could be read. */
export function read<T>(value: T): Read<T> {
  return { ok: true, value };
}

/** A fault, in the shape that reading gives. */
export function fault(path: JsonPath, message: string): { readonly ok: false; readonly fault: Fault } {
  return { ok: false, fault: { path, message } };
}

/** A fault inside of `key`, as one of the whole. */
export function within<T>(key: string | number, value: Read<T>): Read<T> {
  return value.ok ? value : fault([key, ...value.fault.path], value.fault.message);
}

/** What a value is, for a message. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return 'missing';
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Date) return 'a date';
  if (value instanceof Uint8Array) return 'binary data';
  return (
    { string: 'a text', number: 'a number', boolean: 'true or false', object: 'a mapping' }[
      typeof value as string
    ] ?? `a ${typeof value}`
  );
}
