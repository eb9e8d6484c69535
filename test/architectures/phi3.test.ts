import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { buildGraph } from '../../src/architectures/index.js';
import { referenceModels, tensorsOf } from './reference-models.js';
import { expectWriter, type Writer } from './writer.js';

const models = referenceModels('phi3') as readonly Writer[];
const folder = mkdtempSync(join(tmpdir(), 'validate-card-phi3-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the graph of a Phi-3 model', () => {
  it.each(models)('$name gives what PyTorch gives', (model) => expectWriter(folder, model));
});

const [plain, , long] = models;

async function altered(model: Writer | undefined, change: Readonly<Record<string, unknown>>) {
  if (model === undefined) throw new Error('no sample');
  const built = buildGraph({ ...model.config, ...change }, await tensorsOf(model), 'ForCausalLM');
  return built.kind === 'built' ? `built for ${built.graph.longest}` : `${built.kind}: ${built.reason}`;
}

const HUB = 'microsoft/Phi-3-mini-4k-instruct--';

describe('refusal', () => {
  it.each([
    [{}, 'built for 40'],
    [{ sliding_window: null }, 'built for 64'],
    // The classes that transformers has itself.
    [
      {
        auto_map: {
          AutoConfig: 'configuration_phi3.Phi3Config',
          AutoModelForCausalLM: `${HUB}modeling_phi3.Phi3ForCausalLM`,
        },
      },
      'built for 40',
    ],
    [
      { auto_map: { AutoModelForCausalLM: 'modeling_mine.Phi3ForCausalLM' } },
      'unsupported: it needs Python code of its own (auto_map)',
    ],
    [
      { auto_map: { AutoModelForCausalLM: 'evil/../modeling_phi3.Phi3ForCausalLM' } },
      'unsupported: it needs Python code of its own (auto_map)',
    ],
    [
      { auto_map: 'modeling_phi3.Phi3ForCausalLM' },
      'unsupported: it needs Python code of its own (auto_map)',
    ],
    [{ hidden_size: 18 }, 'contradiction: its width of 18 cannot be shared out among 4 attention heads'],
    [{ hidden_size: 12 }, 'contradiction: head_dim is 3, which cannot be halved'],
    [{ partial_rotary_factor: 0.1 }, 'contradiction: partial_rotary_factor is 0.1, and heads are 4 wide'],
    [{ partial_rotary_factor: 2 }, 'contradiction: partial_rotary_factor is 2, and heads are 4 wide'],
    [{ partial_rotary_factor: 'all' }, 'contradiction: partial_rotary_factor of rope_scaling is "all"'],
    [
      { rope_parameters: { rope_type: 'default', rope_theta: 1e4, partial_rotary_factor: 0.5 } },
      'built for 40',
    ],
    [{ rope_scaling: { type: 'yarn' } }, 'unsupported: its rotary positions are scaled by "yarn"'],
    [
      { rope_scaling: { type: 'linear', factor: 2 } },
      'unsupported: its rotary positions are scaled by "linear"',
    ],
    [
      { num_key_value_heads: 2 },
      /^contradiction: the tensor model\.layers\.0\.self_attn\.qkv_proj\.weight has the shape \[48, 16\], and config\.json tells \[32, 16\]/,
    ],
    [{ tie_word_embeddings: true }, 'built for 40'],
    [{ attention_bias: true }, 'unsupported: attention_bias is true'],
    [{ num_local_experts: 16 }, 'unsupported: nothing is known of its key "num_local_experts"'],
    [
      { architectures: ['Phi3ForTokenClassification'] },
      'unsupported: its class is "Phi3ForTokenClassification"',
    ],
    [
      { intermediate_size: 40 },
      /^contradiction: the tensor model\.layers\.0\.mlp\.gate_up_proj\.weight has the shape \[40, 16\]/,
    ],
  ] as const)('of config.json with %o', async (change, wanted) => {
    const outcome = await altered(plain, change);
    if (typeof wanted === 'string') expect(outcome).toBe(wanted);
    else expect(outcome).toMatch(wanted);
  });

  const factors = { short_factor: [1, 1], long_factor: [1, 1] };
  it.each([
    [{}, 'built for 64'],
    [{ original_max_position_embeddings: undefined }, 'built for 256'],
    [
      {
        original_max_position_embeddings: undefined,
        rope_scaling: { ...factors, type: 'longrope', original_max_position_embeddings: 32 },
      },
      'built for 32',
    ],
    [
      { rope_scaling: { type: 'longrope', short_factor: [1, 1] } },
      'contradiction: long_factor of rope_scaling is no list of 2 numbers',
    ],
    [
      { rope_scaling: { ...factors, type: 'longrope', short_factor: [1] } },
      'contradiction: short_factor of rope_scaling is no list of 2 numbers',
    ],
    [
      { rope_scaling: { ...factors, type: 'longrope', short_factor: [1, 'a'] } },
      'contradiction: short_factor of rope_scaling is "a"',
    ],
    [
      { rope_scaling: { ...factors, type: 'longrope', attention_factor: 2 } },
      'unsupported: nothing is known of its key "attention_factor" in rope_scaling',
    ],
  ] as const)('of config.json for long texts with %o', async (change, wanted) => {
    expect(await altered(long, change)).toBe(wanted);
  });
});
