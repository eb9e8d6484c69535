import { architecture } from '../../hub/architectures.js';
import { retiredTasks, tasks } from '../../hub/tasks.js';
import { isMapping, own } from '../../mapping.js';
import { decideSupport } from '../../support/decide.js';
import type { Clue } from '../clue.js';
import type { Sources } from '../sources.js';
import { isCrossEncoder, isStableBaselines } from './library.js';

/** Pipelines of diffusers that stand for a task (diffusers auto_pipeline.py and the pipelines' own pages). */
const DIFFUSERS: readonly (readonly [RegExp, string])[] = [
  [
    /^(?:DDPM|DDIM|PNDM|LDM|KarrasVe|ScoreSdeVe|ConsistencyModel|DiT)Pipeline$/,
    'unconditional-image-generation',
  ],
  [/(?:Img2Img|InstructPix2Pix|Inpaint|Upscale|Kontext|ImageEdit|Edit|Fill)\w*Pipeline$/, 'image-to-image'],
  [/(?:ImageToVideo|Image2Video|StableVideoDiffusion)\w*Pipeline$/, 'image-to-video'],
  [
    /^(?:TextToVideo|CogVideoX|Wan|HunyuanVideo|Mochi|LTX|Allegro|Latte|AnimateDiff)\w*Pipeline$/,
    'text-to-video',
  ],
  [/^(?:AudioLDM|AudioLDM2|MusicLDM|StableAudio)Pipeline$/, 'text-to-audio'],
  [
    /^(?:Onnx)?(?:StableDiffusion(?:XL|3)?|Flux|Flux2|PixArtAlpha|PixArtSigma|Kandinsky\w*|Sana|Sana\w*|AuraFlow|Lumina\w*|HunyuanDiT|QwenImage|Chroma|StableCascadeCombined|LatentConsistencyModel|Wuerstchen\w*|IF|HiDreamImage|CogView\w*)Pipeline$/,
    'text-to-image',
  ],
];

/** `task_type` of adapter_config.json (peft TaskType). */
const PEFT: Readonly<Record<string, string>> = {
  CAUSAL_LM: 'text-generation',
  SEQ_CLS: 'text-classification',
  TOKEN_CLS: 'token-classification',
  QUESTION_ANS: 'question-answering',
  FEATURE_EXTRACTION: 'feature-extraction',
};

/** Libraries with one task. */
const BY_LIBRARY: Readonly<Record<string, string>> = {
  setfit: 'text-classification',
  'span-marker': 'token-classification',
  open_clip: 'zero-shot-image-classification',
  'sample-factory': 'reinforcement-learning',
};

/** Classes that do something narrower than the task transformers publishes them under. */
const NARROWER: Readonly<Record<string, string>> = {
  VitsModel: 'text-to-speech',
  SpeechT5ForTextToSpeech: 'text-to-speech',
  FastSpeech2ConformerWithHifiGan: 'text-to-speech',
  VisionEncoderDecoderModel: 'image-to-text',
  MarianMTModel: 'translation',
  TFMarianMTModel: 'translation',
  FlaxMarianMTModel: 'translation',
  M2M100ForConditionalGeneration: 'translation',
  FSMTForConditionalGeneration: 'translation',
  PegasusForConditionalGeneration: 'summarization',
  PatchTSTForPrediction: 'time-series-forecasting',
  PatchTSMixerForPrediction: 'time-series-forecasting',
  InformerForPrediction: 'time-series-forecasting',
  AutoformerForPrediction: 'time-series-forecasting',
  TimeSeriesTransformerForPrediction: 'time-series-forecasting',
  TimesFmModelForPrediction: 'time-series-forecasting',
};

/** Architectures of GGUF files that turn text into vectors, or text into text by an encoder. */
const NO_GENERATOR = /bert|t5|embed|wavtokenizer|clip/;

/** The task of the model, for the library the files tell; several guesses where a class can do several tasks. */
export function taskClues(sources: Sources, library: string | undefined): readonly Clue[] {
  const clue = (value: string, certainty: Clue['certainty'], evidence: string): readonly Clue[] => [
    { key: 'pipeline_tag', value, certainty, evidence },
  ];
  const { modelConfig, adapterConfig, modelIndex } = sources;
  switch (library) {
    case 'diffusers': {
      const name = own(modelIndex, '_class_name');
      const found =
        typeof name === 'string' && /^\w{1,100}$/.test(name)
          ? DIFFUSERS.find(([pattern]) => pattern.test(name))
          : undefined;
      return found === undefined ? [] : clue(found[1], 'told', `${String(name)} in model_index.json`);
    }
    case 'sentence-transformers':
      return sentenceTransformers(sources, clue);
    case 'peft': {
      const type = own(adapterConfig, 'task_type');
      const task = typeof type === 'string' && Object.hasOwn(PEFT, type) ? PEFT[type] : undefined;
      return task === undefined ? [] : clue(task, 'told', `task_type ${String(type)} in adapter_config.json`);
    }
    case 'sklearn': {
      const task = own(own(modelConfig, 'sklearn'), 'task');
      return typeof task === 'string' && tasks().has(task)
        ? clue(task, 'told', 'sklearn.task in config.json')
        : [];
    }
    case 'timm':
      return own(modelConfig, 'num_classes') === 0
        ? clue('image-feature-extraction', 'told', 'num_classes 0 in config.json')
        : clue('image-classification', 'told', 'a timm model with classes in config.json');
    case 'gguf':
      return gguf(sources, clue);
    case 'stable-baselines3':
      return isStableBaselines(sources) ? clue('reinforcement-learning', 'told', 'the library') : [];
    case undefined:
      return [];
    default: {
      const only = Object.hasOwn(BY_LIBRARY, library) ? BY_LIBRARY[library] : undefined;
      if (only !== undefined) return clue(only, 'told', `the library: ${library}`);
      return CONFIG_OF_TRANSFORMERS.has(library) ? fromConfig(sources) : [];
    }
  }
}

/** Libraries whose config.json is that of transformers. */
const CONFIG_OF_TRANSFORMERS: ReadonlySet<string> = new Set([
  'transformers',
  'transformers.js',
  'mlx',
  'onnx',
]);

type MakeClue = (value: string, certainty: Clue['certainty'], evidence: string) => readonly Clue[];

function sentenceTransformers(sources: Sources, clue: MakeClue): readonly Clue[] {
  const { modelConfig, json, files } = sources;
  if (files.some(({ path }) => path === 'modules.json')) {
    const type = own(json.get('config_sentence_transformers.json'), 'model_type');
    if (type === 'SparseEncoder')
      return clue('feature-extraction', 'told', 'a SparseEncoder in modules.json');
    if (type === 'CrossEncoder') return clue('text-ranking', 'likely', 'a CrossEncoder in modules.json');
    return clue('sentence-similarity', 'told', 'modules.json of sentence-transformers');
  }
  if (!isCrossEncoder(sources)) return [];
  const labels = own(modelConfig, 'id2label');
  return isMapping(labels) && Object.keys(labels).length === 1
    ? clue('text-ranking', 'told', 'a cross encoder with one score in config.json')
    : clue('text-classification', 'likely', 'a cross encoder with several labels in config.json');
}

function gguf({ gguf: file, files }: Sources, clue: MakeClue): readonly Clue[] {
  if (file === null) return [];
  const { values } = file.head;
  const name = values.get('general.architecture');
  if (typeof name !== 'string' || !values.has('tokenizer.ggml.model')) return [];
  const pooled = values.get(`${name}.pooling_type`);
  if (values.get(`${name}.attention.causal`) === false || (typeof pooled === 'number' && pooled !== 0)) {
    return pooled === 4 ? [] : clue('feature-extraction', 'told', `pooling in ${file.path}`);
  }
  if (NO_GENERATOR.test(name)) return [];
  const projector = files.find(({ path }) => /mmproj[^/]*\.gguf$/i.test(path));
  return projector === undefined
    ? clue(
        'text-generation',
        'told',
        `architecture ${/^[\w.-]{1,40}$/.test(name) ? name : ''} in ${file.path}`,
      )
    : clue('image-text-to-text', 'likely', projector.path);
}

function fromConfig(sources: Sources): readonly Clue[] {
  const { modelConfig, files } = sources;
  const classes = own(modelConfig, 'architectures');
  const name = Array.isArray(classes) && typeof classes[0] === 'string' ? classes[0] : undefined;
  if (name === undefined || !/^\w{1,100}$/.test(name)) return [];
  const evidence = `${name} in config.json`;
  const clue = (value: string, certainty: Clue['certainty'], why = evidence): Clue => ({
    key: 'pipeline_tag',
    value,
    certainty,
    evidence: why,
  });
  const narrower = Object.hasOwn(NARROWER, name) ? NARROWER[name] : undefined;
  if (narrower !== undefined) return [clue(narrower, 'likely')];

  // What the Hub itself makes of the class.
  const { task } = decideSupport({ metadata: { library_name: 'transformers' }, files, modelConfig });
  if (task.name !== null) {
    const told = clue(task.name, 'told');
    return task.name === 'text-classification' && hasEntailment(modelConfig)
      ? [
          told,
          clue('zero-shot-classification', 'guess', 'labels of natural language inference in config.json'),
        ]
      : [told];
  }

  const retired = retiredTasks().get(architecture(name)?.task ?? '');
  const parameters = own(modelConfig, 'task_specific_params');
  const kinds = isMapping(parameters)
    ? [
        ...new Set(
          Object.keys(parameters).map((key) => (key.startsWith('translation_') ? 'translation' : key)),
        ),
      ]
    : [];
  const [only] = kinds;
  if (only !== undefined && kinds.length === 1 && tasks().has(only)) {
    return [clue(only, 'likely', `task_specific_params in config.json`)];
  }
  return (retired?.successors ?? []).map((successor) => clue(successor, 'guess'));
}

function hasEntailment(config: unknown): boolean {
  const labels = own(config, 'id2label');
  return (
    isMapping(labels) &&
    Object.values(labels).some((label) => typeof label === 'string' && /^entail/i.test(label))
  );
}
