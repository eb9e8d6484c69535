import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { buildGraph } from '../../src/architectures/index.js';
import { referenceModels, tensorsOf } from './reference-models.js';
import { expectWriter, type Writer } from './writer.js';

const models = referenceModels('gemma') as readonly Writer[];
const folder = mkdtempSync(join(tmpdir(), 'validate-card-gemma-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the graph of a Gemma model', () => {
  it.each(models)('$name gives what PyTorch gives', (model) => expectWriter(folder, model));

  it('covers two model types', () => {
    expect(models.map(({ config }) => config.model_type)).toEqual([
      ...Array(3).fill('gemma'),
      ...Array(3).fill('gemma2'),
    ]);
  });
});

const [first] = models;
const second = models.find(({ config }) => config.model_type === 'gemma2');

async function altered(model: Writer | undefined, change: Readonly<Record<string, unknown>>) {
  if (model === undefined) throw new Error('no sample');
  const built = buildGraph({ ...model.config, ...change }, await tensorsOf(model), 'ForCausalLM');
  return built.kind === 'built' ? `built for ${built.graph.longest}` : `${built.kind}: ${built.reason}`;
}

describe('an activation that was published by oversight', () => {
  it.each([
    [{ hidden_act: 'gelu', hidden_activation: null }, 1],
    [{ hidden_act: 'gelu', hidden_activation: undefined }, 1],
    [{ hidden_act: 'gelu', hidden_activation: 'gelu' }, 0],
    [{ hidden_act: 'gelu_pytorch_tanh', hidden_activation: null }, 0],
    [{ hidden_act: undefined, hidden_activation: undefined }, 0],
  ] as const)('is told where releases of transformers differ: %o', async (change, count) => {
    if (first === undefined) throw new Error('no sample');
    const built = buildGraph({ ...first.config, ...change }, await tensorsOf(first), 'ForCausalLM');
    if (built.kind !== 'built') throw new Error(built.reason);
    expect(built.graph.unchecked ?? []).toHaveLength(count);
  });
});

describe('refusal', () => {
  it.each([
    [{}, 'built for 64'],
    [{ max_position_embeddings: undefined }, 'built for 8192'],
    [{ hidden_act: undefined, hidden_activation: undefined }, 'built for 64'],
    [{ hidden_act: 'relu', hidden_activation: 'relu' }, 'built for 64'],
    [{ hidden_act: 'silu' }, 'unsupported: hidden_act is "silu"'],
    [
      { hidden_act: 'gelu_pytorch_tanh', hidden_activation: 'gelu' },
      'unsupported: hidden_act is "gelu_pytorch_tanh"',
    ],
    [{ hidden_act: 'mish', hidden_activation: 'mish' }, 'unsupported: its activation is "mish"'],
    [{ use_bidirectional_attention: true }, 'unsupported: use_bidirectional_attention is true'],
    [{ final_logit_softcapping: 30 }, 'unsupported: nothing is known of its key "final_logit_softcapping"'],
    [{ sliding_window: 16 }, 'unsupported: nothing is known of its key "sliding_window"'],
    [{ model_type: 'gemma2' }, 'unsupported: its class is "GemmaForCausalLM"'],
    [{ model_type: 'gemma3_text' }, 'unsupported: nothing is known of its model_type "gemma3_text"'],
    [{ rope_scaling: { type: 'dynamic', factor: 2 } }, 'built for 64'],
    [
      { rope_scaling: { rope_type: 'longrope' } },
      'unsupported: its rotary positions are scaled by "longrope"',
    ],
    [
      { head_dim: undefined },
      /^contradiction: the tensor model\.layers\.0\.self_attn\.q_proj\.weight has the shape \[16, 16\], and config\.json tells \[1024, 16\]/,
    ],
    [{ attention_bias: true }, 'contradiction: the tensor model.layers.0.self_attn.q_proj.bias is missing'],
    [
      { tie_word_embeddings: false },
      'contradiction: the tensor lm_head.weight is missing, and tie_word_embeddings is false',
    ],
    [{ num_hidden_layers: 1 }, /^contradiction: 9 tensors belong to no part/],
    [
      { auto_map: { AutoConfig: 'configuration_gemma.GemmaConfig' } },
      'unsupported: it needs Python code of its own (auto_map)',
    ],
  ] as const)('of a Gemma config.json with %o', async (change, wanted) => {
    const outcome = await altered(first, change);
    if (typeof wanted === 'string') expect(outcome).toBe(wanted);
    else expect(outcome).toMatch(wanted);
  });

  it.each([
    [{}, 'built for 32'],
    [{ sliding_window: null }, 'built for 64'],
    [{ sliding_window: undefined, max_position_embeddings: 9999 }, 'built for 4096'],
    [{ layer_types: ['sliding_attention', 'full_attention'] }, 'built for 32'],
    [{ layer_types: ['chunked_attention'] }, 'unsupported: layer_types is a list'],
    [{ attn_logit_softcapping: null }, 'built for 32'],
    [{ attn_logit_softcapping: 0 }, 'contradiction: attn_logit_softcapping is 0'],
    [{ query_pre_attn_scalar: 'a' }, 'contradiction: query_pre_attn_scalar is "a"'],
    [
      { architectures: ['Gemma2ForSequenceClassification'] },
      'unsupported: its class is "Gemma2ForSequenceClassification"',
    ],
    [
      { model_type: 'gemma', architectures: ['GemmaForCausalLM'] },
      /^unsupported: nothing is known of its key "/,
    ],
  ] as const)('of a Gemma 2 config.json with %o', async (change, wanted) => {
    const outcome = await altered(second, change);
    if (typeof wanted === 'string') expect(outcome).toBe(wanted);
    else expect(outcome).toMatch(wanted);
  });
});
