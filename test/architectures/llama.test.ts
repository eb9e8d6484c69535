import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { buildGraph } from '../../src/architectures/index.js';
import type { LocatedTensor } from '../../src/architectures/weights.js';
import { referenceModels, renamed, tensorsOf } from './reference-models.js';
import { expectWriter, type Writer } from './writer.js';

const models = referenceModels('llama') as readonly Writer[];
const folder = mkdtempSync(join(tmpdir(), 'validate-card-llama-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the graph of a Llama model', () => {
  it.each(models)('$name gives what PyTorch gives', (model) => expectWriter(folder, model));

  it('gives it where tensors are named as in the model below the head', async () => {
    if (plain === undefined) throw new Error('no sample');
    await expectWriter(
      folder,
      renamed(plain, (name) => name.replace(/^model\./, '')),
    );
  });

  it('gives it where the tied table is stored as that of the head', async () => {
    if (plain === undefined) throw new Error('no sample');
    await expectWriter(
      folder,
      renamed(plain, (name) => name.replace('model.embed_tokens', 'lm_head')),
    );
  });

  it('covers four model types', () => {
    expect(new Set(models.map(({ config }) => config.model_type)).size).toBe(4);
    expect(models).toHaveLength(10);
  });
});

const plain = models[0];
const biased = models.find(({ config }) => config.attention_bias === true && config.model_type === 'llama');

async function altered(
  change: Readonly<Record<string, unknown>>,
  tensors: (all: Map<string, LocatedTensor>) => void = () => undefined,
  model = plain,
) {
  if (model === undefined) throw new Error('no sample');
  const all = await tensorsOf(model);
  tensors(all);
  const built = buildGraph({ ...model.config, ...change }, all, 'ForCausalLM');
  return built.kind === 'built' ? `built for ${built.graph.longest}` : `${built.kind}: ${built.reason}`;
}

describe('refusal', () => {
  it.each([
    [{}, 'built for 64'],
    [{ sliding_window: 16, use_sliding_window: true }, 'built for 16'],
    [{ layer_types: ['full_attention', 'sliding_attention'], sliding_window: 24 }, 'built for 24'],
    // What transformers takes an absent key for.
    [
      { model_type: 'mistral', architectures: ['MistralForCausalLM'], max_position_embeddings: 9999 },
      'built for 4096',
    ],
    [
      {
        model_type: 'mistral',
        architectures: ['MistralForCausalLM'],
        sliding_window: null,
        max_position_embeddings: 9999,
      },
      'built for 9999',
    ],
    [{ hidden_size: undefined }, 'unsupported: config.json has no hidden_size'],
    [{ layer_types: ['mamba'] }, /^unsupported: layer_types is/],
    [
      { rope_scaling: { rope_type: 'yarn', factor: 4 } },
      'unsupported: its rotary positions are scaled by "yarn"',
    ],
    [
      { rope_scaling: { rope_type: 'default', mrope_section: [1] } },
      'unsupported: nothing is known of its key "mrope_section" in rope_scaling',
    ],
    [
      { rope_scaling: { rope_type: 'llama3', factor: 8 } },
      /^contradiction: low_freq_factor of rope_scaling is/,
    ],
    [{ rope_scaling: { rope_type: 'constructor' } }, /^unsupported: its rotary positions/],
    [
      { tie_word_embeddings: false },
      'contradiction: the tensor lm_head.weight is missing, and tie_word_embeddings is false',
    ],
    [{ num_experts: 8 }, 'unsupported: nothing is known of its key "num_experts"'],
    [{ attention_bias: true }, 'contradiction: the tensor model.layers.0.self_attn.q_proj.bias is missing'],
    [
      { num_key_value_heads: 2 },
      'contradiction: the tensor model.layers.0.self_attn.k_proj.weight has the shape [16, 16], and config.json tells [8, 16]',
    ],
    [{ num_key_value_heads: 3 }, 'contradiction: 4 attention heads cannot share 3 heads of keys and values'],
    [
      { architectures: ['LlamaForSequenceClassification'] },
      'unsupported: its class is "LlamaForSequenceClassification"',
    ],
    [{ quantization_config: { quant_method: 'fp8' } }, 'unsupported: its weights are quantized ("fp8")'],
    [{ partial_rotary_factor: 0.5 }, 'unsupported: partial_rotary_factor is 0.5'],
  ] as const)('of config.json with %o', async (change, wanted) => {
    const outcome = await altered(change);
    if (typeof wanted === 'string') expect(outcome).toBe(wanted);
    else expect(outcome).toMatch(wanted);
  });

  it('of a table of the head that a model without a head does not have', async () => {
    const outcome = await altered({ tie_word_embeddings: false }, (all) => {
      for (const [name, tensor] of [...all]) {
        all.delete(name);
        all.set(name.replace(/^model\./, ''), tensor);
      }
    });
    expect(outcome).toBe('unsupported: its weights are those of a model without a head');
  });

  it('of biases that config.json does not tell of', async () => {
    expect(await altered({ attention_bias: false }, undefined, biased)).toMatch(
      /^contradiction: 8 tensors belong to no part/,
    );
  });

  it('of the names that GPTQ gives', async () => {
    const outcome = await altered({}, (all) => {
      for (const [name, tensor] of [...all]) {
        if (!/q_proj\.weight/.test(name)) continue;
        all.delete(name);
        for (const part of ['qweight', 'qzeros', 'scales', 'g_idx'])
          all.set(name.replace('weight', part), tensor);
      }
    });
    expect(outcome).toBe('unsupported: its weights are quantized (model.layers.0.self_attn.q_proj.qweight)');
  });

  it('takes the frequencies that old releases stored, and a copy of a tied table', async () => {
    const outcome = await altered({}, (all) => {
      const tensor = all.get('model.norm.weight');
      if (tensor === undefined) return;
      all.set('model.layers.0.self_attn.rotary_emb.inv_freq', tensor);
      all.set('lm_head.weight', tensor);
    });
    expect(outcome).toBe('built for 64');
  });
});
