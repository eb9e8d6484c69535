import { expect, it } from 'vitest';
import { buildGraph } from '../../src/architectures/index.js';
import type { LocatedTensor } from '../../src/architectures/weights.js';
import { readOnnxGraph } from '../../src/onnx/onnx-graph.js';

/** A Llama of so many layers, each as small as can be. */
function deep(layers: number) {
  const config = {
    architectures: ['LlamaForCausalLM'],
    model_type: 'llama',
    num_hidden_layers: layers,
    hidden_size: 2,
    num_attention_heads: 1,
    num_key_value_heads: 1,
    intermediate_size: 2,
    vocab_size: 6,
    rms_norm_eps: 1e-5,
    rope_theta: 10_000,
    max_position_embeddings: 16,
    hidden_act: 'silu',
  };
  const tensors = new Map<string, LocatedTensor>();
  const add = (name: string, ...shape: readonly number[]) => {
    const length = 4 * shape.reduce((a, b) => a * b, 1);
    tensors.set(name, { dtype: 'F32', shape, offset: 0, length, location: 'model.safetensors' });
  };
  add('model.embed_tokens.weight', 6, 2);
  add('model.norm.weight', 2);
  add('lm_head.weight', 6, 2);
  for (let layer = 0; layer < layers; layer++) {
    const at = `model.layers.${layer}`;
    for (const name of ['q', 'k', 'v', 'o']) add(`${at}.self_attn.${name}_proj.weight`, 2, 2);
    for (const name of ['gate', 'up', 'down']) add(`${at}.mlp.${name}_proj.weight`, 2, 2);
    for (const name of ['input', 'post_attention']) add(`${at}.${name}_layernorm.weight`, 2);
  }
  return buildGraph(config, tensors, 'ForCausalLM');
}

it('the graph of the most layers there may be can be read back', async () => {
  const built = deep(1000);
  if (built.kind !== 'built') throw new Error(built.reason);
  const [bytes = new Uint8Array(0)] = Object.values(built.graph.graphs);
  const read = await readOnnxGraph({
    size: bytes.length,
    read: async (start, length) => bytes.subarray(start, start + length),
  });
  expect(read.kind).toBe('graph');
});

it('one layer more is refused', () => {
  expect(deep(1001)).toEqual({ kind: 'unsupported', reason: 'num_hidden_layers is 1001' });
});
