import { own } from '../../mapping.js';
import { escapeText } from '../../preview.js';
import type { SmokeCheck } from '../../smoke/report.js';
import type { OnnxGraph } from '../onnx-graph.js';

/** What config.json says of the decoder, by the names that model types use. */
const LAYERS = ['num_hidden_layers', 'n_layer', 'num_layers', 'n_layers', 'num_transformer_layers'];
const DECODER_LAYERS = ['decoder_layers', 'num_decoder_layers', 'decoder_num_hidden_layers', ...LAYERS];
const HEADS = [
  'num_key_value_heads',
  'num_kv_heads',
  'num_attention_heads',
  'n_head',
  'n_heads',
  'num_heads',
];
const DECODER_HEADS = ['decoder_num_key_value_heads', 'decoder_attention_heads', ...HEADS];
const HEAD_SIZE = ['head_dim', 'd_kv'];
const WIDTH = ['hidden_size', 'n_embd', 'd_model'];
const ATTENTION_HEADS = ['num_attention_heads', 'decoder_attention_heads', 'n_head', 'n_heads', 'num_heads'];
/** Parts of config.json that describe the decoder, where there are several. */
const DECODER_PARTS = ['text_config', 'decoder', 'llm_config', 'language_config', 'phi_config'];

/** Model types whose heads or layers config.json states in ways of their own. */
const OWN_WAYS =
  /deepseek|mla|glm_moe|youtu|mistral4|openelm|zaya|gemma3n|gemma4|mamba|granitemoehybrid|falcon_h1|nemotron|lfm2|qwen3_next|qwen3_5|olmo_hybrid|voxtral_realtime/;

/** Whether the cache of a decoder fits config.json; nothing for a graph without one. */
export function checkCache(
  graph: Pick<OnnxGraph, 'kvCache'>,
  path: string,
  config: unknown,
): readonly SmokeCheck[] {
  const id = 'kv-cache';
  const { kvCache } = graph;
  if (kvCache === null) return [];
  const [unpaired] = kvCache.unpaired;
  if (unpaired !== undefined) {
    return [
      {
        id,
        status: 'failed',
        message: `${path} takes ${escapeText(unpaired)} but gives no ${escapeText(unpaired.replace('past_key_values', 'present'))}, so a text cannot go on after its first token. Export it again (task text-generation-with-past).`,
      },
    ];
  }
  const part = DECODER_PARTS.map((key) => own(config, key)).find(
    (one) =>
      own(one, 'model_type') !== undefined ||
      own(one, 'hidden_size') !== undefined ||
      own(one, 'n_embd') !== undefined,
  );
  const decoder = part ?? config;
  if (OWN_WAYS.test(`${String(own(config, 'model_type'))} ${String(own(decoder, 'model_type'))}`)) return [];
  const both = own(config, 'is_encoder_decoder') === true;
  const layers = numberOf(decoder, both ? DECODER_LAYERS : LAYERS);
  const heads = own(config, 'multi_query') === true ? 1 : numberOf(decoder, both ? DECODER_HEADS : HEADS);
  const size = headSize(decoder);

  const failed = (what: string): readonly SmokeCheck[] => [
    {
      id,
      status: 'failed',
      message: `${what}. The first step of a generation is given a cache as config.json describes it, and fails. Use the config.json of the export.`,
    },
  ];
  if (layers !== null && kvCache.layers > layers) {
    return failed(`${path} keeps ${kvCache.layers} layers in its cache, but config.json says ${layers}`);
  }
  if (heads !== null && kvCache.heads !== null && kvCache.heads !== heads) {
    return failed(
      `${path} keeps ${kvCache.heads} heads of keys in each layer, but config.json says ${heads}`,
    );
  }
  if (size !== null && kvCache.headSize !== null && kvCache.headSize !== size) {
    return failed(`${path} keeps keys of ${kvCache.headSize} numbers, but by config.json they have ${size}`);
  }
  if (layers !== null && kvCache.layers < layers) {
    return [
      {
        id,
        status: 'warning',
        message: `${path} keeps ${kvCache.layers} layers in its cache, but config.json says ${layers}. Look whether it is the config.json of this model.`,
      },
    ];
  }
  return [{ id, status: 'passed', message: `The cache of ${kvCache.layers} layers fits config.json.` }];
}

function headSize(decoder: unknown): number | null {
  const stated = numberOf(decoder, HEAD_SIZE);
  if (stated !== null) return stated;
  const width = numberOf(decoder, WIDTH);
  const heads = numberOf(decoder, ATTENTION_HEADS);
  return width === null || heads === null || width % heads !== 0 ? null : width / heads;
}

function numberOf(config: unknown, keys: readonly string[]): number | null {
  for (const key of keys) {
    const value = own(config, key);
    if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
  }
  return null;
}
