/** What runs a model. */
export type RunnerName = 'transformers' | 'onnx';

/** Element types of tensors, as onnxruntime names them. */
export type TensorType =
  | 'float32'
  | 'float64'
  | 'float16'
  | 'int8'
  | 'uint8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'uint64'
  | 'bool'
  | 'string'
  | 'int4'
  | 'uint4';

/** A tensor's data, row by row. */
export type TensorData = ArrayLike<number> | ArrayLike<bigint> | readonly string[];

/** A tensor: `data` holds the product of `dims` elements. */
export interface TensorView {
  readonly type: TensorType;
  readonly dims: readonly number[];
  readonly data: TensorData;
}

/** An input or output of a graph. `shape` holds a number for a fixed size, a name or the empty string for a free one. */
export interface GraphValue {
  readonly name: string;
  /** Null when it is not a tensor, such as the list of dictionaries that ZipMap makes. */
  readonly type: TensorType | null;
  /** Null when the graph does not state it. */
  readonly shape: readonly (number | string)[] | null;
}

/** A loaded transformers.js pipeline. */
export interface TransformersSession {
  readonly runner: 'transformers';
  /** The parsed config.json, as transformers.js completed it. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Runs the pipeline and hands out, beside its answer, the raw output tensors of the last graph that ran. */
  call(
    input: unknown,
    options?: Readonly<Record<string, unknown>>,
  ): Promise<{ readonly output: unknown; readonly tensors: Readonly<Record<string, TensorView>> }>;
}

/** A loaded graph. */
export interface OnnxSession {
  readonly runner: 'onnx';
  /** The parsed config.json; null when there is none. */
  readonly config: Readonly<Record<string, unknown>> | null;
  readonly inputs: readonly GraphValue[];
  readonly outputs: readonly GraphValue[];
  /** Runs the graph; outputs that are not tensors are left out. */
  run(feeds: Readonly<Record<string, TensorView>>): Promise<Readonly<Record<string, TensorView>>>;
}
