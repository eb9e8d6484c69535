import { writeGraph } from '../onnx/graph-writer.js';
import { preview } from '../preview.js';
import type { BuiltGraph, Head } from './architecture.js';
import { classOf, expectWriter, type ModelConfig, sizeOf } from './config.js';
import { attend, type DecoderInputs, decoderInputs, logits, remember } from './decoder.js';
import { byHead } from './heads.js';
import { activate, type Building, embed, linear, rmsNorm } from './layers.js';
import { Contradiction, missingTensor, Unsupported } from './refusal.js';
import { type Rotary, type Rotation, rotate, rotation } from './rotary.js';
import { baseOf, type LocatedTensor, storedName, weightsFor } from './weights.js';

/** A model that writes text with layers like Llama's: attention with rotary positions, then a gated MLP, each behind an RMS normalization. */
export interface CausalShape {
  readonly className: string;
  readonly vocabulary: number;
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  /** Heads of keys and values. */
  readonly shared: number;
  /** Width of a head. */
  readonly each: number;
  readonly inner: number;
  readonly activation: string;
  readonly rotary: Rotary;
  readonly norm: {
    readonly epsilon: number;
    /** Added to the weights: 1 where they are stored as what differs from one. */
    readonly offset: 0 | 1;
    /** Whether queries and keys are normalized by head. */
    readonly heads: boolean;
    /** Whether what attention and MLP give is normalized, too, before it is added. */
    readonly after: boolean;
  };
  /** Whether queries, keys and values have a bias; the output; the layers of the MLP. */
  readonly biases: { readonly in: boolean; readonly out: boolean; readonly mlp: boolean };
  /** Whether queries, keys and values are one layer, and the two of the MLP's gate. */
  readonly fused: boolean;
  /** What embeddings are multiplied with, and the scores of attention. */
  readonly scales: { readonly embedding: number; readonly scores: number };
  /** Where the scores of attention and the logits end softly; null where they do not. */
  readonly caps: { readonly scores: number | null; readonly logits: number | null };
  /** Whether the table of words is that of the logits, too. */
  readonly tied: boolean;
  readonly longest: number;
}

/** What differs from Llama in none of its descendants but Gemma and Phi-3. */
export const LIKE_LLAMA = {
  fused: false,
  caps: { scores: null, logits: null },
} as const;

/** Throws `Unsupported` when config.json names another class, `Contradiction` when the task needs one. */
export function expectCausal(config: ModelConfig, className: string, head: Head): void {
  const told = classOf(config);
  if (told !== className) throw new Unsupported(`its class is ${preview(told)}`);
  expectWriter(className, head, 'ForCausalLM');
}

/** Throws `Contradiction` when heads cannot share keys and values, or positions cannot turn them. */
export function expectShared(heads: number, shared: number, each: number): void {
  if (heads % shared !== 0) {
    throw new Contradiction(`${heads} attention heads cannot share ${shared} heads of keys and values`);
  }
  if (each % 2 !== 0) throw new Contradiction(`head_dim is ${each}, which cannot be halved`);
}

/**
 * How many tokens each layer sees at least: below that, windows make no difference, and none are built. `slides` says whether they do unless told, `fallback`
 * how far when that is not told; null is all. Throws `Unsupported` for other layers.
 */
export function slidingWindow(config: ModelConfig, slides: boolean, fallback: number | null): number {
  const layers = config.layer_types ?? [];
  if (
    !Array.isArray(layers) ||
    layers.some((one) => one !== 'full_attention' && one !== 'sliding_attention')
  ) {
    throw new Unsupported(`layer_types is ${preview(layers)}`);
  }
  const window = config.sliding_window === undefined ? fallback : config.sliding_window;
  if ((!slides && !layers.includes('sliding_attention')) || window === null) return Number.POSITIVE_INFINITY;
  return sizeOf(config, 'sliding_window', fallback ?? undefined);
}

/** Builds the graph. Throws `Unsupported`, and `Contradiction` where tensors do not fit the shape. */
export function buildCausal(shape: CausalShape, tensors: ReadonlyMap<string, LocatedTensor>): BuiltGraph {
  const graph = writeGraph('validate-model-card');
  const weights = weightsFor(graph, tensors);
  const building: Building = { graph, weights };
  const inputs = decoderInputs(building);
  const turns = rotation(building, inputs.positions, shape.rotary);
  const { width, vocabulary, scales } = shape;
  const base = baseOf(weights, 'model.', ['layers.0.input_layernorm.weight']);
  const own = 'lm_head.weight';
  const table = `${base}embed_tokens.weight`;
  const words = shape.tied ? storedName(weights, [table, own]) : table;
  const embedded = embed(building, words, [vocabulary, width], inputs.ids);
  const scaled =
    scales.embedding === 1 ? embedded : graph.node('Mul', [embedded, graph.float(scales.embedding)]);
  let x = graph.node('Reshape', [scaled, graph.integers([-1, width])]);
  for (let layer = 0; layer < shape.layers; layer++) {
    const at = `${base}layers.${layer}`;
    x = graph.node('Add', [x, attention(building, shape, at, layer, x, inputs, turns)]);
    x = graph.node('Add', [x, feedForward(building, shape, at, x)]);
  }
  x = norm(building, shape, x, `${base}norm`, width);
  // Stored from the class without a head, which is what such a model is loaded as, too.
  if (!shape.tied && base === '') throw new Unsupported('its weights are those of a model without a head');
  if (!shape.tied && !weights.has(own)) throw missingTensor(own, ', and tie_word_embeddings is false');
  // Releases before 5 of transformers tie and forget a table that the file has as well; release 5 keeps it where its numbers differ.
  if (shape.tied) weights.leaveOut(/^lm_head\.weight$/);
  const scores = weights.take(shape.tied ? words : own, [vocabulary, width]);
  logits(building, inputs, x, scores, { width, vocabulary, cap: shape.caps.logits });
  weights.leaveOut(/\.rotary_emb\.inv_freq$/);
  weights.expectAllUsed();
  return { graphs: { model: graph.finish() }, className: shape.className, longest: shape.longest };
}

function norm(building: Building, shape: CausalShape, x: string, name: string, width: number): string {
  const { epsilon, offset } = shape.norm;
  return rmsNorm(building, x, name, width, epsilon, offset);
}

function attention(
  building: Building,
  shape: CausalShape,
  at: string,
  layer: number,
  x: string,
  inputs: DecoderInputs,
  turns: Rotation,
): string {
  const { graph } = building;
  const { width, heads, shared, each, biases } = shape;
  const state = norm(building, shape, x, `${at}.input_layernorm`, width);
  const counts = { q: heads, k: shared, v: shared };
  const project = (name: string, count: number) =>
    linear(building, state, `${at}.self_attn.${name}`, count * each, width, biases.in);
  const [q = '', k = '', v = ''] = shape.fused
    ? split(
        building,
        project('qkv_proj', heads + 2 * shared),
        Object.values(counts).map((count) => count * each),
      )
    : Object.entries(counts).map(([name, count]) => project(`${name}_proj`, count));
  const normed = (rows: string, name: string, count: number) => {
    if (!shape.norm.heads) return rows;
    const single = graph.node('Reshape', [rows, graph.integers([-1, each])]);
    const normal = norm(building, shape, single, `${at}.self_attn.${name}`, each);
    return graph.node('Reshape', [normal, graph.integers([-1, count * each])]);
  };
  const query = byHead(building, inputs, normed(q, 'q_norm', heads), heads, each);
  const key = byHead(building, inputs, normed(k, 'k_norm', shared), shared, each);
  const value = byHead(building, inputs, v, shared, each);
  const cache = { heads: shared, each };
  const keys = remember(building, layer, 'key', rotate(building, key, turns, each), cache);
  const values = remember(building, layer, 'value', value, cache);
  const seen = attend(building, inputs, rotate(building, query, turns, each), keys, values, {
    heads,
    shared,
    each,
    scale: shape.scales.scores,
    cap: shape.caps.scores,
  });
  const out = linear(building, seen, `${at}.self_attn.o_proj`, width, heads * each, biases.out);
  return shape.norm.after ? norm(building, shape, out, `${at}.post_attention_layernorm`, width) : out;
}

function feedForward(building: Building, shape: CausalShape, at: string, x: string): string {
  const { width, inner, biases } = shape;
  const before = shape.norm.after ? 'pre_feedforward_layernorm' : 'post_attention_layernorm';
  const state = norm(building, shape, x, `${at}.${before}`, width);
  const project = (name: string, to: number) =>
    linear(building, state, `${at}.mlp.${name}`, to, width, biases.mlp);
  const [gate = '', up = ''] = shape.fused
    ? split(building, project('gate_up_proj', 2 * inner), [inner, inner])
    : [project('gate_proj', inner), project('up_proj', inner)];
  const both = building.graph.node('Mul', [activate(building, gate, shape.activation), up]);
  const out = linear(building, both, `${at}.mlp.down_proj`, width, inner, biases.mlp);
  return shape.norm.after ? norm(building, shape, out, `${at}.post_feedforward_layernorm`, width) : out;
}

/** The columns of a layer that is several layers. */
function split({ graph }: Building, rows: string, widths: readonly number[]): readonly string[] {
  return graph.nodes('Split', [rows, graph.integers(widths)], widths.length, { axis: -1 });
}
