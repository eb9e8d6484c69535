import { architecture, headTask } from '../hub/architectures.js';
import { tasks } from '../hub/tasks.js';
import { own } from '../mapping.js';
import { preview } from '../preview.js';
import { classOf } from '../repo/model-class.js';
import { modelFiles } from '../repo/model-files.js';
import { libraryTraces } from '../support/traces.js';
import type { Rule, RuleContext } from './rule.js';

export const pipelineTagContradictsFiles: Rule = {
  id: 'pipeline-tag-contradicts-files',
  severity: 'warning',
  description: 'The pipeline tag is a task that the files can do.',
  why: 'The page offers the widget and the code of that task, and lists the model under it. A model with a head for another task answers with noise, or not at all.',
  source: 'transformers, models/auto/modeling_auto.py and pipelines; hub-docs, models-tasks.md',
  fixable: false,
  keys: ['pipeline_tag'],
  good: [
    {
      text: '---\npipeline_tag: token-classification\n---\n',
      contents: { 'config.json': '{"architectures": ["BertForTokenClassification"]}' },
    },
    {
      text: '---\npipeline_tag: zero-shot-classification\n---\n',
      contents: { 'config.json': '{"architectures": ["BartForSequenceClassification"]}' },
    },
  ],
  bad: [
    {
      text: '---\npipeline_tag: text-classification\n---\n',
      contents: { 'config.json': '{"architectures": ["BertForTokenClassification"]}' },
    },
    {
      text: '---\nlibrary_name: diffusers\npipeline_tag: text-to-video\n---\n',
      contents: { 'model_index.json': '{"_class_name": "StableDiffusionPipeline"}' },
    },
    {
      text: '---\npipeline_tag: text-classification\n---\n',
      files: ['modules.json'],
      contents: { 'config.json': '{"architectures": ["BertModel"]}' },
    },
  ],
  check(context) {
    const tag = context.card.metadata?.pipeline_tag;
    if (typeof tag !== 'string' || !tasks().has(tag)) return;
    const contradiction =
      ofPipeline(context, tag) ??
      ofSentenceModel(context, tag) ??
      ofAdapter(context, tag) ??
      ofHead(context, tag);
    if (contradiction === undefined) return;
    const { evidence, instead } = contradiction;
    context.report({
      message: `The task is ${preview(tag)}, but ${evidence}.`,
      path: ['pipeline_tag'],
      part: 'value',
      help:
        instead === undefined
          ? 'Write the task that the model does, or delete the key.'
          : `Write "pipeline_tag: ${instead}" if that is what the model does.`,
    });
  },
};

interface Contradiction {
  /** What the files show instead, as a part of a sentence. */
  readonly evidence: string;
  readonly instead?: string;
}

const TEXT_HEADS = ['text-classification', 'token-classification', 'question-answering', 'fill-mask'];
const WRITING = ['text-generation', 'translation', 'summarization'];
const SPEECH = ['automatic-speech-recognition', 'text-to-speech', 'text-to-audio', 'audio-to-audio'];
const VISION_HEADS = ['image-classification', 'object-detection', 'image-segmentation', 'depth-estimation'];
const MAKING_IMAGES = ['text-to-image', 'image-to-image', 'text-to-video', 'image-to-video'];

/**
 * Tasks that a model with a head for the one task certainly does not do. A head serves other tasks too (a classifier ranks,
 * or sorts into labels it never saw; anything gives features), so what is not named here is left alone.
 */
const IMPOSSIBLE: Readonly<Record<string, ReadonlySet<string>>> = {
  'text-classification': without('text-classification', [
    ...TEXT_HEADS,
    ...WRITING,
    ...SPEECH,
    ...MAKING_IMAGES,
  ]),
  'token-classification': without('token-classification', [
    ...TEXT_HEADS,
    ...WRITING,
    ...SPEECH,
    ...MAKING_IMAGES,
  ]),
  'question-answering': without('question-answering', [
    ...TEXT_HEADS,
    ...WRITING,
    ...SPEECH,
    ...MAKING_IMAGES,
  ]),
  // Masks filled one after the other write text, so writing is possible.
  'fill-mask': without('fill-mask', [...TEXT_HEADS, ...SPEECH, ...MAKING_IMAGES]),
  'image-classification': without('image-classification', [
    ...VISION_HEADS,
    ...TEXT_HEADS,
    ...WRITING,
    ...MAKING_IMAGES,
  ]),
  'object-detection': without('object-detection', [
    'image-classification',
    'depth-estimation',
    ...TEXT_HEADS,
    ...MAKING_IMAGES,
  ]),
  'image-segmentation': new Set(['image-classification', 'depth-estimation', ...TEXT_HEADS]),
  'depth-estimation': without('depth-estimation', [...VISION_HEADS, ...TEXT_HEADS]),
  'video-classification': new Set([...TEXT_HEADS, ...WRITING, 'object-detection', 'image-segmentation']),
  'audio-classification': new Set([
    ...TEXT_HEADS,
    ...WRITING,
    'automatic-speech-recognition',
    'text-to-speech',
    'text-to-audio',
  ]),
  'automatic-speech-recognition': new Set([
    ...TEXT_HEADS,
    'audio-classification',
    'text-to-speech',
    'text-to-audio',
    'audio-to-audio',
  ]),
};

function without(task: string, others: readonly string[]): ReadonlySet<string> {
  return new Set(others.filter((other) => other !== task));
}

/** Whether the card names another library than these; what its files mean is not judged here. */
function namesOther({ card }: RuleContext, ...libraries: readonly string[]): boolean {
  const name = card.metadata?.library_name;
  return name !== undefined && !libraries.some((library) => library === name);
}

/** The class in config.json of transformers. */
function ofHead(context: RuleContext, tag: string): Contradiction | undefined {
  const { files, modelConfig, adapterConfig } = context;
  if (
    modelConfig === null ||
    adapterConfig !== null ||
    namesOther(context, 'transformers', 'transformers.js')
  ) {
    return undefined;
  }
  const name = classOf(modelConfig);
  const task = name === undefined ? undefined : headTask(name);
  if (task === undefined || IMPOSSIBLE[task]?.has(tag) !== true) return undefined;
  // Another library may put a head of its own onto the model.
  const foreign = libraryTraces(files, modelConfig).some(
    ({ library }) => library !== 'transformers' && library !== 'transformers.js',
  );
  if (foreign) return undefined;
  return {
    evidence: `config.json names the class ${preview(name)}, which has a head for ${task}`,
    ...(tasks().has(task) ? { instead: task } : {}),
  };
}

/** Heads that PEFT trains, by `task_type` in adapter_config.json; the others may be put onto any model. */
const ADAPTER_TASKS: ReadonlyMap<unknown, string> = new Map([
  ['SEQ_CLS', 'text-classification'],
  ['TOKEN_CLS', 'token-classification'],
  ['QUESTION_ANS', 'question-answering'],
]);

/** The task of an adapter; it says nothing of models for other things than text, which some train under the same names. */
function ofAdapter(context: RuleContext, tag: string): Contradiction | undefined {
  const { files, adapterConfig } = context;
  if (adapterConfig === null || namesOther(context, 'peft', 'transformers')) return undefined;
  const type = own(adapterConfig, 'task_type');
  const task = ADAPTER_TASKS.get(type);
  if (task === undefined || task === tag || !TEXT_TASKS.has(tag)) return undefined;
  if (files !== null && modelFiles(files).weights !== undefined) return undefined;
  return {
    evidence: `adapter_config.json names the task type ${String(type)}, which is ${task}`,
    instead: task,
  };
}

const TEXT_TASKS: ReadonlySet<string> = new Set([...TEXT_HEADS, ...WRITING]);

const NO_SENTENCE_TASKS: ReadonlySet<string> = new Set([
  'token-classification',
  'translation',
  'summarization',
  'text-generation',
  'automatic-speech-recognition',
  'text-to-speech',
  'object-detection',
  'image-segmentation',
]);

/** modules.json of sentence-transformers. */
function ofSentenceModel(context: RuleContext, tag: string): Contradiction | undefined {
  const { files, modelConfig } = context;
  if (files === null || namesOther(context, 'sentence-transformers')) return undefined;
  if (!files.some(({ path }) => path === 'modules.json')) return undefined;
  // SetFit puts a classifier behind the sentence model; so do others, in files of their own.
  if (files.some(({ path }) => /setfit|model_head|classifier|head\./i.test(path))) return undefined;
  const name = classOf(modelConfig);
  const embeds = name !== undefined && architecture(name)?.task === 'feature-extraction';
  const impossible = NO_SENTENCE_TASKS.has(tag) || (embeds && tag === 'text-classification');
  return impossible
    ? {
        evidence: 'modules.json is that of a model of sentence-transformers, which embeds texts',
        instead: 'sentence-similarity',
      }
    : undefined;
}

/** Pipelines of diffusers that make one kind of thing, with what they make and the tasks of other things. */
const MAKERS: readonly {
  readonly classes: RegExp;
  readonly makes: string;
  readonly not: ReadonlySet<string>;
  readonly instead: string;
}[] = [
  {
    classes: /^(?:StableDiffusion(?:XL|3)?|Flux|PixArtAlpha|PixArtSigma|LatentConsistencyModel)Pipeline$/,
    makes: 'images from text',
    not: new Set([
      'text-to-video',
      'image-to-video',
      'text-to-audio',
      'text-to-speech',
      'text-to-3d',
      'image-to-3d',
    ]),
    instead: 'text-to-image',
  },
  {
    classes: /^(?:AudioLDM2?|MusicLDM|StableAudio)Pipeline$/,
    makes: 'audio from text',
    not: new Set([...MAKING_IMAGES, 'text-to-3d', 'image-to-3d']),
    instead: 'text-to-audio',
  },
];

const NO_PIPELINE_TASKS: ReadonlySet<string> = new Set([
  ...TEXT_HEADS,
  'translation',
  'summarization',
  'sentence-similarity',
  'zero-shot-classification',
  'image-classification',
  'object-detection',
  'automatic-speech-recognition',
  'audio-classification',
  'tabular-classification',
  'tabular-regression',
]);

/** model_index.json of diffusers. */
function ofPipeline(context: RuleContext, tag: string): Contradiction | undefined {
  const { modelIndex } = context;
  if (modelIndex === null || namesOther(context, 'diffusers')) return undefined;
  const name = own(modelIndex, '_class_name');
  if (typeof name !== 'string') return undefined;
  const evidence = `model_index.json names the pipeline ${preview(name)} of diffusers`;
  const maker = MAKERS.find(({ classes }) => classes.test(name));
  if (maker?.not.has(tag) === true)
    return { evidence: `${evidence}, which makes ${maker.makes}`, instead: maker.instead };
  if (!NO_PIPELINE_TASKS.has(tag)) return undefined;
  return { evidence, ...(maker === undefined ? {} : { instead: maker.instead }) };
}
