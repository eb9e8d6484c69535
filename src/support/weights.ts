import type { RepoFile } from '../repo/repo.js';

/**
 * Largest weights the Hub's own inference loads, in bytes. Its message reads "too large to be loaded automatically
 * (24GB > 10GB)", for gpt-j-6b with 24.2·10⁹ bytes of weights in each of several formats (stephensanwo/
 * fullstack-ai-chatbot issue 6, 2024-11), so a gigabyte is 10⁹ bytes, and one format counts.
 */
export const MAX_WEIGHT_BYTES = 10e9;

/** The weight files a library would load, out of all formats and variants in the repository. */
export interface Weights {
  readonly bytes: number;
  readonly files: readonly RepoFile[];
}

/** Formats in the order libraries try them; those of training frameworks before those of others. */
const FORMATS = [
  '.safetensors',
  '.bin',
  '.pt',
  '.pth',
  '.ckpt',
  '.h5',
  '.keras',
  '.msgpack',
  '.nemo',
  '.joblib',
  '.pkl',
  '.skops',
  '.pdparams',
  '.onnx',
  '.gguf',
  '.mlmodel',
  '.tflite',
  '.ot',
];

/** Names that save_pretrained and its kin write; other files of the same format in the folder are not loaded. */
const CANONICAL =
  /^(?:model|pytorch_model|tf_model|flax_model|diffusion_pytorch_model|diffusion_flax_model|adapter_model|open_clip_model|open_clip_pytorch_model|sklearn_model)$/;

/** State of a training run. */
const NOT_WEIGHTS =
  /(?:^|\/)(?:optimizer|scheduler|training_args|trainer_state|rng_state[^/]*|scaler|tokenizer)\.[^/.]+$/;

/** Folders with copies of the weights, in another format or from another moment of the training. */
const COPIES = /(?:^|\/)(?:checkpoint-[^/]*|onnx|openvino|original|coreml|gguf|tflite|runs|logs|\.[^/]+)\//;

/** `model-00002-of-00005.safetensors`: name without the number, and that it is a shard. */
const SHARD = /^(.*)-\d{5}-of-\d{5}$/;

/**
 * The weights `library` loads: in each folder the first format there is, of it the files with canonical names (a single
 * file rather than shards, the plain ones rather than a variant such as `.fp16.`), otherwise all. transformers loads
 * from the root alone when it finds weights there.
 */
export function servedWeights(files: readonly RepoFile[], library: string): Weights {
  const folders = new Map<string, { file: RepoFile; format: number; stem: string }[]>();
  for (const file of files) {
    const format = FORMATS.findIndex((extension) => file.path.endsWith(extension));
    if (format === -1 || NOT_WEIGHTS.test(file.path) || COPIES.test(file.path)) continue;
    const slash = file.path.lastIndexOf('/') + 1;
    const stem = file.path.slice(slash, file.path.length - (FORMATS[format] ?? '').length);
    const folder = file.path.slice(0, slash);
    const entries = folders.get(folder);
    const entry = { file, format, stem };
    if (entries === undefined) folders.set(folder, [entry]);
    else entries.push(entry);
  }

  // A diffusers pipeline is made of its folders; a checkpoint at the root is the same weights for other programs.
  if (library === 'diffusers' && folders.size > 1 && files.some((file) => file.path === 'model_index.json')) {
    folders.delete('');
  }
  const rootOnly = library === 'transformers' && folders.has('');
  const served: RepoFile[] = [];
  for (const [folder, entries] of folders) {
    if (rootOnly && folder !== '') continue;
    const format = Math.min(...formatsOf(entries));
    const candidates = entries.filter((entry) => entry.format === format);
    const single = candidates.filter((entry) => CANONICAL.test(entry.stem));
    const shards = candidates.filter((entry) => CANONICAL.test(SHARD.exec(entry.stem)?.[1] ?? ''));
    const chosen = single.length > 0 ? single : shards.length > 0 ? shards : candidates;
    served.push(...chosen.map((entry) => entry.file));
  }
  return { bytes: served.reduce((sum, file) => sum + sizeOf(file), 0), files: served };
}

function formatsOf(entries: readonly { readonly format: number }[]): Set<number> {
  return new Set(entries.map((entry) => entry.format));
}

function sizeOf(file: RepoFile): number {
  return Number.isFinite(file.size) && file.size > 0 ? file.size : 0;
}
