import type { JsonPath } from '../card/path.js';
import type { SmokeCheck } from '../smoke/report.js';
import type { GraphValue, OnnxSession, TransformersSession } from '../smoke/session.js';

/** Something that does not fit a task: where in the value that was read, and what is wrong with it. */
export interface Fault {
  readonly path: JsonPath;
  readonly message: string;
}

/** A value read from a stranger's data, or what is wrong with it. */
export type Read<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly fault: Fault };

/** Parameters of an inference, as `inference.parameters` and requests name them; checked by the task. */
export type Parameters = Readonly<Record<string, unknown>>;

/** What is known of a model before it is loaded. */
export interface ModelFacts {
  /** The parsed config.json; null when there is none. */
  readonly config: Readonly<Record<string, unknown>> | null;
  /** Inputs and outputs of the graph; null when they are unknown. */
  readonly graph: { readonly inputs: readonly GraphValue[]; readonly outputs: readonly GraphValue[] } | null;
}

/** An inference to run. */
export interface Inference<Input = unknown> {
  readonly input: Input;
  readonly parameters: Parameters;
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

/** What one inference gave. */
export interface Answer<Facts = unknown> {
  /** In the shape of the Inference API. */
  readonly output: unknown;
  /** What the checks need beyond the output. */
  readonly facts: Facts;
}

/** An answer with what was asked for. */
export interface AnsweredCase<Input = unknown, Facts = unknown> extends Answer<Facts> {
  readonly inference: Inference<Input>;
  /** `output` of the widget example. */
  readonly expected?: unknown;
  readonly tensors: readonly TensorSummary[];
}

/** How a task runs on a runner; called in the child process with a loaded session. */
export interface Runs<Input, Facts> {
  readonly transformers?: {
    /** Name of the transformers.js pipeline. */
    readonly pipeline: string;
    run(session: TransformersSession, inference: Inference<Input>): Promise<Answer<Facts>>;
  };
  readonly onnx?: { run(session: OnnxSession, inference: Inference<Input>): Promise<Answer<Facts>> };
}

/**
 * Everything about one task, for lint (does this widget example fit?), smoke (run it, check the answer) and the server
 * (read a request). No runtime is imported here: `runs` gets a loaded session.
 */
export interface Task<Input = unknown, Facts = unknown> {
  /** Pipeline tag. */
  readonly tag: string;
  /** Ways to run, the preferred one first. */
  readonly runs: Runs<Input, Facts>;
  /** Files the preferred runner needs beside the graph, each with what makes it. */
  readonly needs: readonly { readonly path: string; readonly remedy: string }[];
  /** Reads a widget example of the card. */
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
}

/** A value that could be read. */
export function read<T>(value: T): Read<T> {
  return { ok: true, value };
}

/** A fault, in the shape that reading gives. */
export function fault(path: JsonPath, message: string): { readonly ok: false; readonly fault: Fault } {
  return { ok: false, fault: { path, message } };
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
