import { posix } from 'node:path';
import { CONFIG_FILES } from '../config/find.js';
import { fieldsIn } from '../hub/fields.js';
import type { RepoFile } from '../repo/repo.js';
import { draftFrontMatter } from './front-matter.js';

/** What an open document is to us. */
export type DocumentKind = 'card' | 'eval-result' | 'settings' | 'other';

/** What is known of an open document. */
export interface OpenFile {
  /** Path with forward slashes; for a document that was never saved, the rest of its address. */
  readonly path: string;
  readonly languageId: string;
  readonly text: string;
  /** Whether it lies on this machine's disk. */
  readonly saved: boolean;
}

/** Keys that only model cards have; of the others blogs and handbooks have some too. */
const OF_MODELS: ReadonlySet<string> = new Set([
  'base_model',
  'base_model_relation',
  'library_name',
  'model-index',
  'new_version',
  'pipeline_tag',
  'widget',
]);

/** Keys of the cards of datasets and Spaces, which follow other rules. */
const OF_OTHERS: ReadonlySet<string> = new Set([
  'annotations_creators',
  'app_file',
  'app_port',
  'colorFrom',
  'configs',
  'dataset_info',
  'sdk',
  'size_categories',
  'source_datasets',
  'task_categories',
  'task_ids',
]);

/** Files that make a folder a model's: its configuration, or weights. */
const OF_A_MODEL =
  /^(?:(?:config|adapter_config|model_index|tokenizer_config)\.json|[^/]+\.(?:safetensors|gguf|onnx|bin|pt|h5|tflite|joblib|skops))$/;

/** Most of the front matter that is looked at for the kind, in UTF-16 units. */
const LONGEST_LOOKED_AT = 100_000;

/**
 * Tells what an open document is. README.md is taken for a model card when it has front matter that is not a dataset's or a
 * Space's, or when it lies beside a model; other Markdown only when its front matter has keys that only model cards have.
 * @param files Files of its folder; null or left out when unknown.
 */
export function kindOf(file: OpenFile, files?: readonly RepoFile[] | null): DocumentKind {
  const name = posix.basename(file.path);
  if (CONFIG_FILES.some((one) => one === name)) return 'settings';
  if (/\.ya?ml$/.test(name) && posix.basename(posix.dirname(file.path)) === '.eval_results')
    return 'eval-result';
  const isReadme = name === 'README.md';
  if (!isReadme && file.languageId !== 'markdown') return 'other';
  const keys = keysOf(file.text);
  if (keys === undefined) {
    const besideModel = isReadme && files?.some(({ path }) => OF_A_MODEL.test(path)) === true;
    return besideModel ? 'card' : 'other';
  }
  if (keys.some((key) => OF_MODELS.has(key))) return 'card';
  if (keys.some((key) => OF_OTHERS.has(key))) return 'other';
  if (isReadme) return keys.length === 0 || keys.some((key) => fieldsIn().has(key)) ? 'card' : 'other';
  return keys.includes('license') && keys.some((key) => key === 'language' || key === 'datasets')
    ? 'card'
    : 'other';
}

/** Whether a document without front matter may become a card, so that front matter is offered. */
export function mayBecomeCard({ path, languageId, saved }: OpenFile): boolean {
  const name = posix.basename(path);
  return name === 'README.md' || (languageId === 'markdown' && (!saved || /card/i.test(name)));
}

/** The keys at the left edge of the front matter; undefined when there is none. */
function keysOf(text: string): readonly string[] | undefined {
  const block = draftFrontMatter(text);
  if (block === undefined) return undefined;
  const yaml = text.slice(block.yaml.start, Math.min(block.yaml.end, block.yaml.start + LONGEST_LOOKED_AT));
  return [...yaml.matchAll(/^(["']?)([A-Za-z_][\w-]*)\1[ \t]*:(?=\s|$)/gm)].map(([, , key = '']) => key);
}
