import type { Metadata } from '../card/card.js';
import { replaceString } from '../card/scalar-edit.js';
import { headTask } from '../hub/architectures.js';
import { own } from '../mapping.js';
import { preview } from '../preview.js';
import { classOf } from '../repo/model-class.js';
import { type ModelFiles, modelFiles } from '../repo/model-files.js';
import type { RepoFile } from '../repo/repo.js';
import { libraryTraces, type Trace } from '../support/traces.js';
import type { Finding, Rule } from './rule.js';

export const libraryContradictsFiles: Rule = {
  id: 'library-contradicts-files',
  severity: 'warning',
  description: 'The files are those of the library that the card names.',
  why: 'The page shows code that loads the model with that library. Without the file the library begins with, that code fails for everyone.',
  source:
    'huggingface.js packages/tasks/src/model-libraries-snippets.ts; the loaders of transformers, diffusers, peft and sentence-transformers',
  fixable: true,
  needs: 'files',
  keys: ['library_name'],
  good: [
    {
      text: '---\nlibrary_name: transformers\n---\n',
      files: ['config.json', 'model.safetensors'],
    },
    { text: '---\nlibrary_name: transformers\n---\n', files: ['tokenizer.json'] },
    { text: '---\nlibrary_name: peft\n---\n', files: ['adapter_config.json', 'adapter_model.safetensors'] },
  ],
  bad: [
    { text: '---\nlibrary_name: transformers\n---\n', files: ['model_index.json', 'unet/config.json'] },
    { text: '---\nlibrary_name: transformers\n---\n', files: ['model.safetensors'] },
    {
      text: '---\nlibrary_name: peft\n---\n',
      files: ['model.safetensors'],
      contents: { 'config.json': '{"architectures": ["LlamaForCausalLM"]}' },
    },
    {
      text: '---\nlibrary_name: diffusers\n---\n',
      contents: { 'config.json': '{"architectures": ["BertForTokenClassification"]}' },
    },
  ],
  check({ card, files, modelConfig, report }) {
    const library = card.metadata?.library_name;
    const judge = typeof library === 'string' ? JUDGES.get(library) : undefined;
    if (typeof library !== 'string' || judge === undefined || files === null) return;
    const contradiction = judge({ files, modelConfig, found: modelFiles(files) });
    if (contradiction === undefined) return;
    const { evidence, meant, severity, help } = contradiction;
    const path = ['library_name'];
    const fix = meant === undefined ? undefined : replaceString(card, path, library, meant);
    report({
      message: `The library is ${preview(library)}, but ${evidence}.`,
      path,
      part: 'value',
      ...(severity === undefined ? {} : { severity }),
      help: help ?? (meant === undefined ? HELP : `Write "library_name: ${meant}".`),
      ...(fix === undefined ? {} : { fix }),
    });
  },
};

const HELP = 'Name the library that loads these files, or upload the missing file.';

interface Contradiction {
  /** What the files show instead, as a part of a sentence. */
  readonly evidence: string;
  /** The library the files are certainly those of. */
  readonly meant?: string;
  readonly severity?: Finding['severity'];
  readonly help?: string;
}

interface Known {
  readonly files: readonly RepoFile[];
  readonly modelConfig: Metadata | null;
  readonly found: ModelFiles;
}

/** How the files contradict a library, by its name. Libraries that can be contradicted by nothing certain are left out. */
const JUDGES: ReadonlyMap<string, (known: Known) => Contradiction | undefined> = new Map([
  ['transformers', transformers],
  ['sentence-transformers', sentenceTransformers],
  ['diffusers', diffusers],
  ['peft', peft],
]);

/** transformers begins with config.json, or with adapter_config.json. */
function transformers({ files, modelConfig, found }: Known): Contradiction | undefined {
  if (found.config !== undefined || found.adapter !== undefined) return undefined;
  const pipeline = rootPipeline(files);
  if (pipeline !== undefined) return pipeline;
  if (found.anyConfig !== undefined) return undefined;
  const trace = libraryTraces(files, modelConfig).find(isClear);
  if (trace !== undefined) {
    return { evidence: `there is no config.json, and ${preview(trace.file)} is a file of ${trace.library}` };
  }
  if (found.weights !== undefined) {
    return {
      evidence: `${preview(found.weights)} has no config.json beside it`,
      help: 'Upload config.json; transformers loads nothing without it.',
    };
  }
  if (found.gguf === undefined || found.anyWeights !== undefined) return undefined;
  return {
    evidence: `there is no config.json, and the weights are GGUF (${preview(found.gguf)})`,
    // It can load them when told the file.
    severity: 'info',
    help: 'Delete the key unless the model is meant to be loaded with gguf_file; the page offers the programs that run GGUF by itself.',
  };
}

/** A library that is not named by chance: other files of it are read by the Hub or the library itself. */
function isClear({ library, by }: Trace): boolean {
  return by !== 'inferred' && !NEAR.has(library);
}

/** Libraries whose files transformers reads, or that are made from its models and lie beside them. */
const NEAR: ReadonlySet<string> = new Set([
  'transformers',
  'transformers.js',
  'peft',
  'sentence-transformers',
  'setfit',
  'coreml',
  'litert',
  'litert-lm',
  'unity-sentis',
]);

/** sentence-transformers loads its own layout, and any config.json of transformers. */
function sentenceTransformers({ files, modelConfig, found }: Known): Contradiction | undefined {
  if (files.some(({ path }) => OWN_LAYOUT.test(path))) return undefined;
  const head = headIn(modelConfig);
  if (head !== undefined && NO_SENTENCE_TASKS.has(head.task)) {
    return {
      evidence: `there is no modules.json, and config.json names the class ${preview(head.name)}`,
      meant: 'transformers',
    };
  }
  return found.weights === undefined || found.anyConfig !== undefined
    ? undefined
    : { evidence: `there is neither modules.json nor config.json beside ${preview(found.weights)}` };
}

const OWN_LAYOUT =
  /(?:^|\/)(?:modules|config_sentence_transformers|sentence_\w+_config|config_setfit)\.json$/;

const NO_SENTENCE_TASKS: ReadonlySet<string> = new Set([
  'token-classification',
  'question-answering',
  'object-detection',
  'image-segmentation',
  'automatic-speech-recognition',
]);

/** diffusers loads pipelines, models of its own, single files and LoRAs: any weights may be its, but not a classifier. */
function diffusers({ files, modelConfig, found }: Known): Contradiction | undefined {
  if (found.anyAdapter !== undefined || files.some(({ path }) => path.endsWith('model_index.json')))
    return undefined;
  if (own(modelConfig, '_class_name') !== undefined || own(modelConfig, '_diffusers_version') !== undefined) {
    return undefined;
  }
  if (found.config !== undefined && files.some(({ path }) => path === 'modules.json')) {
    return {
      evidence: 'there is no model_index.json, and "modules.json" is a file of sentence-transformers',
      meant: 'sentence-transformers',
    };
  }
  const head = headIn(modelConfig);
  return head === undefined
    ? undefined
    : {
        evidence: `there is no model_index.json, and config.json names the class ${preview(head.name)}`,
        meant: 'transformers',
      };
}

/** peft begins with adapter_config.json. */
function peft({ files, modelConfig, found }: Known): Contradiction | undefined {
  if (found.anyAdapter !== undefined) return undefined;
  const pipeline = rootPipeline(files);
  if (pipeline !== undefined) return pipeline;
  const classes = own(modelConfig, 'architectures');
  if (found.weights === undefined || !Array.isArray(classes) || classes.length === 0) return undefined;
  const [clear, ...more] = libraryTraces(files, modelConfig).filter(({ by }) => by !== 'inferred');
  return {
    evidence: `there is no adapter_config.json, and ${preview(found.weights)} and config.json are those of a whole model`,
    ...(clear?.library === 'transformers' && more.length === 0 ? { meant: 'transformers' } : {}),
  };
}

function rootPipeline(files: readonly RepoFile[]): Contradiction | undefined {
  return files.some(({ path }) => path === 'model_index.json') &&
    !files.some(({ path }) => path === 'config.json')
    ? {
        evidence: 'there is no config.json, and "model_index.json" is that of a pipeline of diffusers',
        meant: 'diffusers',
      }
    : undefined;
}

/** The class in config.json, where its head does one task only. */
function headIn(config: Metadata | null): { readonly name: string; readonly task: string } | undefined {
  const name = classOf(config);
  const task = name === undefined ? undefined : headTask(name);
  return name === undefined || task === undefined ? undefined : { name, task };
}
