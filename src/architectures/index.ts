import { preview } from '../preview.js';
import { albert } from './albert.js';
import type { Architecture, BuiltGraph, Head } from './architecture.js';
import { bart } from './bart.js';
import { bert } from './bert.js';
import type { ModelConfig } from './config.js';
import { deberta } from './deberta.js';
import { gemma } from './gemma.js';
import { gpt2 } from './gpt2.js';
import { llama } from './llama.js';
import { phi3 } from './phi3.js';
import { expectUnpacked } from './quantized.js';
import { Contradiction, Unsupported } from './refusal.js';
import { t5 } from './t5.js';
import { vit } from './vit.js';
import { wav2vec2 } from './wav2vec2.js';
import type { LocatedTensor } from './weights.js';
import { whisper } from './whisper.js';

/** Every architecture that a graph can be built for. */
export const ARCHITECTURES: readonly Architecture[] = [
  bert,
  deberta,
  albert,
  llama,
  gemma,
  phi3,
  gpt2,
  t5,
  bart,
  vit,
  wav2vec2,
  whisper,
];

const BY_TYPE: ReadonlyMap<string, Architecture> = new Map(
  ARCHITECTURES.flatMap((one) => one.modelTypes.map((type) => [type, one] as const)),
);

/** What builds the graph of such a model; undefined where nothing does. */
export function architectureOf({ model_type: type }: ModelConfig): Architecture | undefined {
  return typeof type === 'string' ? BY_TYPE.get(type) : undefined;
}

/** A graph, or why there is none; `reason` is the rest of a sentence. */
export type BuildResult =
  | { readonly kind: 'built'; readonly graph: BuiltGraph }
  | { readonly kind: 'unsupported'; readonly reason: string }
  | { readonly kind: 'contradiction'; readonly reason: string };

/** Builds the graph of a model from its config.json and the headers of its weight files; nothing is loaded. */
export function buildGraph(
  config: ModelConfig,
  tensors: ReadonlyMap<string, LocatedTensor>,
  head: Head,
): BuildResult {
  const { model_type: type } = config;
  const architecture = architectureOf(config);
  if (architecture === undefined) {
    const reason =
      type === undefined
        ? 'config.json has no model_type'
        : `nothing is known of its model_type ${preview(type)}`;
    return { kind: 'unsupported', reason };
  }
  try {
    expectUnpacked(tensors.keys());
    return { kind: 'built', graph: architecture.build(config, tensors, head) };
  } catch (error) {
    if (error instanceof Unsupported) return { kind: 'unsupported', reason: error.message };
    if (error instanceof Contradiction) return { kind: 'contradiction', reason: error.message };
    throw error;
  }
}
