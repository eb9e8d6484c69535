import { basename, dirname, join } from 'node:path';
import { readdir } from './fs.js';
import { openRegular } from './regular-file.js';

/** Files that hardly anything but a model repository has at its root. */
export const MODEL_FILE =
  /^(?:adapter_config|model_index|modules|generation_config|tokenizer|tokenizer_config|preprocessor_config|processor_config)\.json$|^(?:pytorch_model|diffusion_pytorch_model|tf_model|flax_model|adapter_model|model)[\w.-]*\.bin$|\.(?:safetensors|gguf|onnx|ckpt|pth?|h5|keras|msgpack|tflite|mlmodel|joblib|pkl|skops)$/;

/** A config.json may be of anything; that of a model says which. */
const MODEL_CONFIG = /"(?:model_type|architectures|_class_name|library_name)"\s*:/;

/** Front matter, also such as the Hub does not read because of what is wrong with its fences; no line of hyphens. */
export const FRONT_MATTER = /^\s*---(?!-)/;

/** As much of a file as is looked at, in bytes. */
const LOOKED_AT = 64 * 1024;

/** What a folder looks like from outside. */
export interface FolderTraits {
  /** README.md lies in it. */
  readonly card: boolean;
  /** That README.md begins with front matter, be it broken. */
  readonly frontMatter: boolean;
  /** Weights or settings of a model lie in it. */
  readonly model: boolean;
  /** Names of the folders in it, without links, sorted. */
  readonly folders: readonly string[];
}

/** Looks into a folder; null when it cannot be read. */
export async function traitsOf(folder: string): Promise<FolderTraits | null> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => null);
  if (entries === null) return null;
  const names = new Set(entries.map(({ name }) => name));
  const card = names.has('README.md');
  const model =
    entries.some((entry) => !entry.isDirectory() && MODEL_FILE.test(entry.name)) ||
    (names.has('config.json') && MODEL_CONFIG.test(await beginning(join(folder, 'config.json'))));
  return {
    card,
    frontMatter: card && FRONT_MATTER.test(await beginning(join(folder, 'README.md'))),
    model,
    folders: entries
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .sort(),
  };
}

/** Whether a folder is a model repository among others: a card with front matter, or files of a model. */
export function isModelFolder({ frontMatter, model }: FolderTraits): boolean {
  return frontMatter || model;
}

/** The folder of the repository that a card called README.md stands for; any other path itself. */
export function placeOf(path: string): string {
  return basename(path) === 'README.md' ? dirname(path) : path;
}

/** The first bytes of a file as text; empty when there is no such file. */
async function beginning(path: string): Promise<string> {
  const file = await openRegular(path).catch(() => null);
  if (file === null) return '';
  try {
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(await file.bytes(0, LOOKED_AT));
  } catch {
    return '';
  } finally {
    await file.close();
  }
}
