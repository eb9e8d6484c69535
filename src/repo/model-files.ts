import type { RepoFile } from './repo.js';

/** What the files of a repository are, as far as base models and libraries are concerned. Each is a path. */
export interface ModelFiles {
  /** The settings or weights of an adapter of PEFT or diffusers, at the root. */
  readonly adapter: string | undefined;
  /** Anything that may be an adapter, at any depth. */
  readonly anyAdapter: string | undefined;
  /** Weights of a whole model at the root, under one of the usual names. */
  readonly weights: string | undefined;
  /** Any weights that are not an adapter's: of any name, at any depth, in a format that libraries for training write. */
  readonly anyWeights: string | undefined;
  readonly gguf: string | undefined;
  /** config.json at the root. */
  readonly config: string | undefined;
  /** config.json at any depth. */
  readonly anyConfig: string | undefined;
}

const ADAPTER = /^(?:adapter_config\.json|(?:adapter_model|pytorch_lora_weights)\.(?:safetensors|bin))$/;
const MAY_BE_ADAPTER = /lora|adapter|dora|lokr|lycoris/i;
const WEIGHTS =
  /^(?:model|pytorch_model|tf_model|flax_model|consolidated)[\w.-]*\.(?:safetensors|bin|h5|msgpack|pt|pth)$/;
const ANY_WEIGHTS = /\.(?:safetensors|bin|h5|msgpack|pt|pth|ckpt)$/;
/** What trainers leave beside a model. */
const NO_WEIGHTS = /(?:^|\/)(?:training_args|optimizer|scheduler|rng_state|scaler)[\w.-]*$/;

/** Looks through the files once. */
export function modelFiles(files: readonly RepoFile[]): ModelFiles {
  const found: { -readonly [Key in keyof ModelFiles]: ModelFiles[Key] } = {
    adapter: undefined,
    anyAdapter: undefined,
    weights: undefined,
    anyWeights: undefined,
    gguf: undefined,
    config: undefined,
    anyConfig: undefined,
  };
  for (const { path } of files) {
    if (ADAPTER.test(path)) found.adapter ??= path;
    if (MAY_BE_ADAPTER.test(path)) found.anyAdapter ??= path;
    else if (path.endsWith('.gguf')) found.gguf ??= path;
    else if (ANY_WEIGHTS.test(path) && !NO_WEIGHTS.test(path)) {
      found.anyWeights ??= path;
      if (WEIGHTS.test(path)) found.weights ??= path;
    } else if (path === 'config.json') {
      found.config = path;
      found.anyConfig = path;
    } else if (path.endsWith('/config.json')) found.anyConfig ??= path;
  }
  return found;
}
