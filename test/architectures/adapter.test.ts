import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { readAdapterConfig, withAdapter } from '../../src/architectures/adapter.js';
import { buildGraph } from '../../src/architectures/index.js';
import type { LocatedTensor, ModelTensors } from '../../src/architectures/weights.js';
import { referenceModels, tensorsOf } from './reference-models.js';
import { expectWriter, type Writer } from './writer.js';

/** A model that writes, with an adapter whose tensors stand in the same file. */
interface Adapted extends Writer {
  readonly adapter: Readonly<Record<string, unknown>>;
}

const models = referenceModels('lora') as readonly Adapted[];
const folder = mkdtempSync(join(tmpdir(), 'validate-card-lora-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The tensors of a file by whom they belong to. */
function parts(all: ReadonlyMap<string, LocatedTensor>) {
  const of = (adapter: boolean) =>
    new Map([...all].filter(([name]) => name.startsWith('base_model.') === adapter));
  return { base: of(false), added: of(true) };
}

function joined(model: Adapted, all: ReadonlyMap<string, LocatedTensor>): ModelTensors {
  const { base, added } = parts(all);
  return withAdapter(base, added, readAdapterConfig(model.adapter));
}

describe('a model with a LoRA adapter', () => {
  it.each(models)('$name gives what PyTorch gives', (model) =>
    expectWriter(folder, model, (all) => joined(model, all)),
  );

  it('covers three kinds of layers', () => {
    expect(models.map(({ config }) => config.model_type)).toEqual(['llama', 'llama', 'phi3', 'gpt2', 'gpt2']);
  });
});

const [plain, saved] = models;

async function outcome(
  model: Adapted | undefined,
  change: Readonly<Record<string, unknown>>,
  alter: (added: Map<string, LocatedTensor>) => void = () => undefined,
): Promise<string> {
  if (model === undefined) throw new Error('no sample');
  const { base, added } = parts(await tensorsOf(model));
  alter(added);
  try {
    const tensors = withAdapter(base, added, readAdapterConfig({ ...model.adapter, ...change }));
    const built = buildGraph(model.config, tensors, 'ForCausalLM');
    return built.kind === 'built' ? 'built' : `${built.kind}: ${built.reason}`;
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : 'unknown';
  }
}

describe('refusal', () => {
  it.each([
    [{}, 'built'],
    [{ lora_dropout: 0.5, inference_mode: false, peft_version: '0.18.0', runtime_config: {} }, 'built'],
    [{ target_modules: '.*proj' }, 'built'],
    [{ peft_type: 'LOHA' }, 'Unsupported: peft_type is "LOHA"'],
    [{ peft_type: 'PROMPT_TUNING', num_virtual_tokens: 8 }, 'Unsupported: peft_type is "PROMPT_TUNING"'],
    [{ bias: 'lora_only' }, 'Unsupported: bias is "lora_only"'],
    [{ use_dora: true }, 'Unsupported: use_dora is true'],
    [{ rank_pattern: { q_proj: 8 } }, 'Unsupported: rank_pattern is a mapping'],
    [{ alpha_pattern: { q_proj: 8 } }, 'Unsupported: alpha_pattern is a mapping'],
    [{ layer_replication: [[0, 1]] }, 'Unsupported: layer_replication is a list'],
    [{ init_lora_weights: 'pissa' }, 'Unsupported: init_lora_weights is "pissa"'],
    [{ task_type: 'SEQ_CLS' }, 'Unsupported: task_type is "SEQ_CLS"'],
    [{ something: 1 }, 'Unsupported: nothing is known of its key "something"'],
    [{ r: 0 }, 'Contradiction: r is 0'],
    [{ lora_alpha: 'a' }, 'Contradiction: lora_alpha is "a"'],
    [{ use_rslora: 'yes' }, 'Contradiction: use_rslora is "yes"'],
    [{ modules_to_save: 'lm_head' }, 'Contradiction: modules_to_save is "lm_head"'],
    [{ target_modules: [1] }, 'Contradiction: target_modules is a list'],
    [
      { target_modules: ['q_proj'] },
      'Contradiction: it changes "model.layers.0.self_attn.v_proj", which is not in target_modules',
    ],
    [
      { target_modules: ['proj'] },
      'Contradiction: it changes "model.layers.0.self_attn.q_proj", which is not in target_modules',
    ],
    [
      { r: 4 },
      'contradiction: the tensor model.layers.0.self_attn.q_proj.lora_A.weight has the shape [2, 16], and config.json tells [4, 16]',
    ],
  ] as const)('of adapter_config.json with %o', async (change, wanted) => {
    expect(await outcome(plain, change)).toBe(wanted);
  });

  const lora = 'base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight';
  it.each<[string, (added: Map<string, LocatedTensor>, one: LocatedTensor) => unknown, string | RegExp]>([
    [
      'half of a layer',
      (added) => added.delete(lora),
      'contradiction: the tensor model.layers.0.self_attn.q_proj.lora_A.weight is missing',
    ],
    [
      'the other half',
      (added) => added.delete(lora.replace('_A', '_B')),
      'contradiction: the tensor model.layers.0.self_attn.q_proj.lora_B.weight is missing',
    ],
    [
      'names of something else',
      (added, one) => added.set('unet.lora_A.weight', one),
      'Unsupported: its tensor "unet.lora_A.weight" is none of LoRA',
    ],
    [
      'a magnitude of DoRA',
      (added, one) => added.set(lora.replace('lora_A.weight', 'lora_magnitude_vector'), one),
      /^Unsupported: its tensor ".*lora_magnit…" is none of LoRA, and of no module in modules_to_save$/,
    ],
    [
      'a module that is not to be saved',
      (added, one) => added.set('base_model.model.lm_head.weight', one),
      'Unsupported: its tensor "base_model.model.lm_head.weight" is none of LoRA, and of no module in modules_to_save',
    ],
    [
      'a layer too many',
      (added, one) => added.set(lora.replace('layers.0', 'layers.7'), one),
      'Unsupported: it changes "model.layers.7.self_attn.q_proj", which is not stored in the base model',
    ],
  ])('of tensors with %s', async (_, alter, wanted) => {
    const said = await outcome(plain, {}, (added) => {
      const [one] = added.values();
      if (one !== undefined) alter(added, one);
    });
    if (typeof wanted === 'string') expect(said).toBe(wanted);
    else expect(said).toMatch(wanted);
  });

  it('of layers that are no plain ones', async () => {
    const said = await outcome(saved, { modules_to_save: ['input_layernorm'] }, (added) => {
      const [a] = added.values();
      added.delete('base_model.model.lm_head.weight');
      if (a === undefined) return;
      for (const part of ['A', 'B']) added.set(`base_model.model.lm_head.lora_${part}.weight`, a);
    });
    expect(said).toBe('unsupported: an adapter of lm_head is not built');
  });

  it('of whatever a stranger writes, with a reason', async () => {
    const odd = fc.oneof(
      fc.constantFrom(null, 0, -1, 2, 1e300, '', 'a', true, [], ['a'], {}),
      fc.jsonValue(),
    );
    const all = await Promise.all(models.map((model) => tensorsOf(model)));
    fc.assert(
      fc.property(
        fc.nat(4),
        fc.dictionary(fc.string(), odd, { maxKeys: 1 }),
        fc.array(fc.tuple(fc.nat(20), odd), { maxLength: 3 }),
        (index, more, changes) => {
          const model = models[index];
          if (model === undefined) return;
          const config: Record<string, unknown> = { ...model.adapter, ...more };
          const keys = Object.keys(model.adapter);
          for (const [at, value] of changes) config[keys[at % keys.length] ?? ''] = value;
          const { base, added } = parts(all[index] ?? new Map());
          try {
            const built = buildGraph(
              model.config,
              withAdapter(base, added, readAdapterConfig(config)),
              'ForCausalLM',
            );
            if (built.kind !== 'built') expect(built.reason.length).toBeGreaterThan(5);
          } catch (error) {
            expect((error as Error).name).toMatch(/^(?:Unsupported|Contradiction)$/);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});
