import { describe, expect, it } from 'vitest';
import { checkCache } from '../../../src/onnx/checks/kv-cache.js';
import type { KvCache } from '../../../src/onnx/derive.js';

const cache: KvCache = { layers: 2, inputs: [], heads: 4, headSize: 16, unpaired: [], useCacheBranch: false };
const check = (config: unknown, changed: Partial<KvCache> = {}) =>
  checkCache({ kvCache: { ...cache, ...changed } }, 'm.onnx', config);
const llama = {
  model_type: 'llama',
  num_hidden_layers: 2,
  num_attention_heads: 8,
  num_key_value_heads: 4,
  hidden_size: 128,
};

describe('kv-cache', () => {
  it.each<[string, unknown]>([
    ['llama', llama],
    ['a head size of its own', { ...llama, hidden_size: 999, head_dim: 16 }],
    ['gpt2', { model_type: 'gpt2', n_layer: 2, n_head: 4, n_embd: 64 }],
    [
      't5',
      {
        model_type: 't5',
        is_encoder_decoder: true,
        num_layers: 9,
        num_decoder_layers: 2,
        num_heads: 4,
        d_kv: 16,
        d_model: 64,
      },
    ],
    [
      'bart',
      {
        model_type: 'bart',
        is_encoder_decoder: true,
        num_hidden_layers: 9,
        decoder_layers: 2,
        decoder_attention_heads: 4,
        d_model: 64,
      },
    ],
    ['a text part', { model_type: 'llava', text_config: llama }],
    [
      'a vision encoder with a decoder',
      {
        model_type: 'vision-encoder-decoder',
        is_encoder_decoder: true,
        decoder: { model_type: 'gpt2', n_layer: 2, n_head: 4, n_embd: 64 },
      },
    ],
    ['nothing', {}],
  ])('fits %s', (_, config) => {
    expect(check(config)).toMatchObject([{ id: 'kv-cache', status: 'passed' }]);
  });

  it('says what does not fit', () => {
    expect(check({ ...llama, num_hidden_layers: 1 })).toMatchObject([
      { status: 'failed', message: expect.stringContaining('2 layers') },
    ]);
    expect(check({ ...llama, num_key_value_heads: 8 })).toMatchObject([
      { status: 'failed', message: expect.stringContaining('4 heads') },
    ]);
    expect(check({ ...llama, head_dim: 32 })).toMatchObject([
      { status: 'failed', message: expect.stringContaining('16 numbers') },
    ]);
    expect(check({ ...llama, num_hidden_layers: 3 })).toMatchObject([{ status: 'warning' }]);
    expect(check(llama, { unpaired: ['past_key_values.0.key'] })).toMatchObject([
      { status: 'failed', message: expect.stringContaining('gives no present.0.key') },
    ]);
  });

  it('says nothing of free sizes, of other ways to keep a past, and of graphs without one', () => {
    expect(check({ ...llama, num_key_value_heads: 8 }, { heads: null })).toMatchObject([
      { status: 'passed' },
    ]);
    expect(check({ ...llama, model_type: 'deepseek_v3', num_hidden_layers: 1 })).toEqual([]);
    expect(checkCache({ kvCache: null }, 'm.onnx', llama)).toEqual([]);
    for (const config of [null, [], 'x', { num_hidden_layers: 'two', decoder: 3 }]) {
      expect(check(config)).toMatchObject([{ status: 'passed' }]);
    }
  });
});
