import type { ModelConfig } from './config.js';
import type { LocatedTensor } from './weights.js';

/** The graphs of a model, whose weights stay in the files of the model. */
export interface BuiltGraph {
  /** ONNX files (ModelProto) with external data, by role: `model`, or `encoder_model` and `decoder_model_merged`. */
  readonly graphs: Readonly<Record<string, Uint8Array>>;
  /** Such as `BertForSequenceClassification`; transformers.js has a class of the same name. */
  readonly className: string;
  /** Most tokens that the graph is right for. */
  readonly longest: number;
  /** Where releases of transformers differ, and the graph gives what one of them gives; as sentences. */
  readonly unchecked?: readonly string[];
}

/** What a task needs a model to end in, as transformers names it; `Model` is the encoder alone. */
export const HEADS = [
  'Model',
  'ForSequenceClassification',
  'ForTokenClassification',
  'ForQuestionAnswering',
  'ForMaskedLM',
  'ForCausalLM',
  'ForCTC',
  'ForImageClassification',
  'ForConditionalGeneration',
] as const;

export type Head = (typeof HEADS)[number];

/** What classes end in that write text and do not say so. */
const WRITERS: Readonly<Record<string, Head>> = {
  LMHeadModel: 'ForCausalLM',
  MTModel: 'ForConditionalGeneration',
};

/** What a class of transformers ends in, such as `GPT2LMHeadModel`; null for an end that nothing is built for. */
export function headOfClass(className: string): Head | null {
  const writer = Object.entries(WRITERS).find(([end]) => className.endsWith(end));
  return writer?.[1] ?? HEADS.find((head) => className.endsWith(head)) ?? null;
}

/** A family of models that a graph can be built for. */
export interface Architecture {
  /** `model_type` in config.json. */
  readonly modelTypes: readonly string[];
  /**
   * Builds the graph with a head from config.json and the tensors in the headers of the weight files; without one it may come from a model
   * with any head. Throws `Unsupported` where the graph would not be
   * known to be right, `Contradiction` where config.json and tensors do not fit one another.
   */
  build(config: ModelConfig, tensors: ReadonlyMap<string, LocatedTensor>, head: Head): BuiltGraph;
}
