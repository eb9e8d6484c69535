import type { ModelConfig } from './config.js';
import type { LocatedTensor } from './weights.js';

/** A graph whose weights stay in the files of the model. */
export interface BuiltGraph {
  /** An ONNX file (ModelProto) with external data. */
  readonly bytes: Uint8Array;
  /** The class in `architectures`, such as `BertForSequenceClassification`; transformers.js has one of the same name. */
  readonly className: string;
}

/** A family of models that a graph can be built for. */
export interface Architecture {
  /** `model_type` in config.json. */
  readonly modelTypes: readonly string[];
  /**
   * Builds the graph from config.json and the tensors in the headers of the weight files. Throws `Unsupported` where the graph would not be
   * known to be right, `Contradiction` where config.json and tensors do not fit one another.
   */
  build(config: ModelConfig, tensors: ReadonlyMap<string, LocatedTensor>): BuiltGraph;
}
