import { preview } from '../preview.js';
import { type ConfigContract, expectKnown, type ModelConfig, numberOf, sizeOf } from './config.js';
import { Contradiction, Unsupported } from './refusal.js';
import type { LocatedTensor, ModelTensors } from './weights.js';

const CONTRACT: ConfigContract = {
  geometry: [
    'base_model_name_or_path',
    'lora_alpha',
    'modules_to_save',
    'r',
    'revision',
    'target_modules',
    'task_type',
    'use_rslora',
  ],
  fixed: {
    alora_invocation_tokens: [null],
    alpha_pattern: [{}, null],
    arrow_config: [null],
    bias: ['none'],
    corda_config: [null],
    ensure_weight_tying: [false],
    eva_config: [null],
    exclude_modules: [null],
    // Other ways to begin a training change the weights of the base model, too.
    init_lora_weights: [true, false, 'gaussian'],
    layer_replication: [null],
    layers_pattern: [null],
    layers_to_transform: [null],
    lora_bias: [false],
    megatron_config: [null],
    peft_type: ['LORA'],
    rank_pattern: [{}, null],
    target_parameters: [null, []],
    trainable_token_indices: [null],
    use_dora: [false],
    use_qalora: [false],
  },
  inert: [
    'auto_mapping',
    // How the base model stores its layers; PEFT stores those of an adapter always in one way.
    'fan_in_fan_out',
    'inference_mode',
    'loftq_config',
    'lora_dropout',
    'megatron_core',
    'peft_version',
    'qalora_group_size',
    'runtime_config',
  ],
};

/** What an adapter is trained for, by `task_type`; other types put a head on the base model. */
const TASKS: ReadonlySet<unknown> = new Set([undefined, null, 'CAUSAL_LM', 'SEQ_2_SEQ_LM']);

/** How a LoRA adapter changes its base model: each layer that it names gives `scale` · B · A · x more. */
export interface Adapter {
  /** Rows of A, and columns of B. */
  readonly rank: number;
  readonly scale: number;
  /** Endings of the names of the layers it changes; null where that is not told as a list. */
  readonly targets: readonly string[] | null;
  /** Endings of the names of the modules that it replaces. */
  readonly saved: readonly string[];
}

/**
 * Reads adapter_config.json (`LoraConfig` of PEFT 0.18). Throws `Unsupported` with the key or value that is not built, `Contradiction` where it makes no sense.
 */
export function readAdapterConfig(config: ModelConfig): Adapter {
  if (config.peft_type !== 'LORA') throw new Unsupported(`peft_type is ${preview(config.peft_type)}`);
  expectKnown(config, CONTRACT);
  if (!TASKS.has(config.task_type)) throw new Unsupported(`task_type is ${preview(config.task_type)}`);
  const { target_modules: targets, use_rslora: rooted = false } = config;
  if (typeof rooted !== 'boolean') throw new Contradiction(`use_rslora is ${preview(rooted)}`);
  const rank = sizeOf(config, 'r', 8);
  return {
    rank,
    scale: numberOf(config, 'lora_alpha', 8) / (rooted ? Math.sqrt(rank) : rank),
    // A text is a regular expression of Python, or `all-linear`.
    targets: Array.isArray(targets) ? names(targets, 'target_modules') : null,
    saved: names(config.modules_to_save ?? [], 'modules_to_save'),
  };
}

function names(value: unknown, key: string): readonly string[] {
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value;
  throw new Contradiction(`${key} is ${preview(value)}`);
}

/** What PEFT wraps a model in. */
const WRAPPED = 'base_model.model.';
const LAYER = /^(.+)\.lora_[AB]\.weight$/;

/**
 * The tensors of a base model with those of its adapter: modules that it replaces, and the layers beside those it changes. Throws `Unsupported`
 * and `Contradiction`.
 */
export function withAdapter(
  base: ReadonlyMap<string, LocatedTensor>,
  added: ReadonlyMap<string, LocatedTensor>,
  adapter: Adapter,
): ModelTensors {
  const tensors = new Map(base);
  for (const [stored, tensor] of added) {
    const told = stored.startsWith(WRAPPED) ? stored.slice(WRAPPED.length) : null;
    if (told === null) throw new Unsupported(`its tensor ${preview(stored)} is none of LoRA`);
    const layer = LAYER.exec(told)?.[1];
    const module = layer ?? told.slice(0, told.lastIndexOf('.'));
    const ends = (ending: string) => module === ending || module.endsWith(`.${ending}`);
    if (layer === undefined && !adapter.saved.some(ends)) {
      throw new Unsupported(
        `its tensor ${preview(stored)} is none of LoRA, and of no module in modules_to_save`,
      );
    }
    if (layer !== undefined && adapter.targets !== null && !adapter.targets.some(ends)) {
      throw new Contradiction(`it changes ${preview(module)}, which is not in target_modules`);
    }
    const name = inBase(base, told, layer === undefined ? told : `${layer}.weight`);
    if (name === null)
      throw new Unsupported(`it changes ${preview(module)}, which is not stored in the base model`);
    tensors.set(name, tensor);
  }
  return Object.assign(tensors, { adapter });
}

/** What a tensor is called in the base model: files may leave out what the names of their model begin with. Null when `beside` is not there. */
function inBase(base: ReadonlyMap<string, LocatedTensor>, name: string, beside: string): string | null {
  if (base.has(beside)) return name;
  const short = (text: string) => text.slice(text.indexOf('.') + 1);
  return base.has(short(beside)) ? short(name) : null;
}
