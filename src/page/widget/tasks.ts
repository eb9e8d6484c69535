import { type ParameterField, parameterFields } from './parameters.js';
import { columnsOf, type Values } from './values.js';

/** One input of a form. */
export type Field =
  | { readonly kind: 'text' | 'line'; readonly key: 'text' | 'context'; readonly label: string }
  | { readonly kind: 'labels'; readonly label: string }
  | { readonly kind: 'sentences'; readonly label: string; readonly each: string }
  | { readonly kind: 'media'; readonly media: MediaKind; readonly label: string }
  | { readonly kind: 'grid'; readonly label: string }
  | { readonly kind: 'json'; readonly label: string; readonly hint: string };

/** Kinds of files. */
export type MediaKind = 'image' | 'audio' | 'video';

/** What an answer is shown as. */
export type OutputKind =
  | 'labels'
  | 'tokens'
  | 'entities'
  | 'span'
  | 'answers'
  | 'table-answer'
  | 'text'
  | 'transcript'
  | 'boxes'
  | 'masks'
  | 'depth'
  | 'similarities'
  | 'ranking'
  | 'rows'
  | 'numbers'
  | 'sounds'
  | 'file';

/** What the widget of a task asks for, sends and shows. */
export interface TaskForm {
  /** Pipeline tag. */
  readonly tag: string;
  /** For people: `Fill-Mask`. */
  readonly name: string;
  readonly fields: readonly Field[];
  /** `inputs` of the request; `media` stands for the file in base64. */
  readonly inputs: (values: Values, media: string) => unknown;
  /** Whether the body may be the bytes of the file alone, where there are no parameters. */
  readonly bytes: boolean;
  readonly output: OutputKind;
  /** What is seen as it is written: a text of its own, or one that goes on from what was sent. Absent where the answer comes as a whole. */
  readonly streams?: 'new-text' | 'further-text';
  readonly parameters: readonly ParameterField[];
}

type Form = Pick<TaskForm, 'fields' | 'output' | 'streams'> & Partial<Pick<TaskForm, 'inputs' | 'bytes'>>;

const TEXT: Field = { kind: 'text', key: 'text', label: 'Text' };
const PROMPT: Field = { kind: 'text', key: 'text', label: 'Prompt' };
const QUESTION: Field = { kind: 'line', key: 'text', label: 'Question' };
const LABELS: Field = { kind: 'labels', label: 'Candidate labels, with commas between them' };
const PICTURE: Field = { kind: 'media', media: 'image', label: 'Picture' };
const SOUND: Field = { kind: 'media', media: 'audio', label: 'Recording' };

const TEXT_IN = { fields: [TEXT] } as const;
const PICTURE_IN = { fields: [PICTURE], inputs: (_: Values, media: string) => media, bytes: true } as const;
const SOUND_IN = { ...PICTURE_IN, fields: [SOUND] } as const;
const ABOUT_PICTURE = {
  fields: [PICTURE, QUESTION],
  inputs: ({ text }: Values, image: string) => ({ image, question: text }),
} as const;
const TABLE_IN = {
  fields: [{ kind: 'grid', label: 'Table' }],
  inputs: ({ grid }: Values) => ({ data: columnsOf(grid) }),
} as const;
const LABELLED = { inputs: (_: Values, media: string) => media, output: 'labels' } as const;

/** By pipeline tag. */
const FORMS: Readonly<Record<string, Form>> = {
  'text-classification': { ...TEXT_IN, output: 'labels' },
  'token-classification': { ...TEXT_IN, output: 'entities' },
  'fill-mask': { ...TEXT_IN, output: 'tokens' },
  'feature-extraction': { ...TEXT_IN, output: 'numbers' },
  summarization: { ...TEXT_IN, output: 'text' },
  translation: { ...TEXT_IN, output: 'text' },
  'text2text-generation': { ...TEXT_IN, output: 'text', streams: 'new-text' },
  'text-generation': { fields: [PROMPT], output: 'text', streams: 'further-text' },
  conversational: { fields: [{ kind: 'text', key: 'text', label: 'Message' }], output: 'text' },
  'zero-shot-classification': { fields: [TEXT, LABELS], output: 'labels' },
  'question-answering': {
    fields: [QUESTION, { kind: 'text', key: 'context', label: 'Context' }],
    inputs: ({ text, context }) => ({ question: text, context }),
    output: 'span',
  },
  'table-question-answering': {
    fields: [QUESTION, { kind: 'grid', label: 'Table' }],
    inputs: ({ text, grid }) => ({ query: text, table: columnsOf(grid) }),
    output: 'table-answer',
  },
  'sentence-similarity': {
    fields: [
      { kind: 'line', key: 'text', label: 'Source sentence' },
      { kind: 'sentences', label: 'Sentences to compare it with', each: 'Sentence' },
    ],
    inputs: ({ text, sentences }) => ({ source_sentence: text, sentences }),
    output: 'similarities',
  },
  'text-ranking': {
    fields: [
      { kind: 'line', key: 'text', label: 'Query' },
      { kind: 'sentences', label: 'Texts to rank', each: 'Text' },
    ],
    inputs: ({ text, sentences }) => ({ query: text, texts: sentences }),
    output: 'ranking',
  },

  'image-classification': { ...PICTURE_IN, output: 'labels' },
  'object-detection': { ...PICTURE_IN, output: 'boxes' },
  'image-segmentation': { ...PICTURE_IN, output: 'masks' },
  'depth-estimation': { ...PICTURE_IN, output: 'depth' },
  'image-feature-extraction': { ...PICTURE_IN, output: 'numbers' },
  'image-to-image': { ...PICTURE_IN, output: 'file' },
  'image-to-text': { ...PICTURE_IN, output: 'text' },
  'video-classification': {
    ...PICTURE_IN,
    fields: [{ kind: 'media', media: 'video', label: 'Video, or moving GIF or WebP' }],
    output: 'labels',
  },
  'zero-shot-image-classification': { ...LABELLED, fields: [PICTURE, LABELS] },
  'zero-shot-object-detection': { ...LABELLED, fields: [PICTURE, LABELS], output: 'boxes' },
  'visual-question-answering': { ...ABOUT_PICTURE, output: 'answers' },
  'document-question-answering': { ...ABOUT_PICTURE, output: 'answers' },
  'image-text-to-text': {
    fields: [PICTURE, PROMPT],
    inputs: ({ text }, image) => ({ image, text }),
    output: 'text',
    streams: 'new-text',
  },
  'text-to-image': { fields: [PROMPT], output: 'file' },
  'unconditional-image-generation': { fields: [], inputs: () => null, output: 'file' },

  'audio-classification': { ...SOUND_IN, output: 'labels' },
  'automatic-speech-recognition': { ...SOUND_IN, output: 'transcript' },
  'audio-to-audio': { ...SOUND_IN, output: 'sounds' },
  'zero-shot-audio-classification': { ...LABELLED, fields: [SOUND, LABELS] },
  'text-to-speech': { ...TEXT_IN, output: 'file' },
  'text-to-audio': { ...TEXT_IN, output: 'file' },

  'tabular-classification': { ...TABLE_IN, output: 'rows' },
  'tabular-regression': { ...TABLE_IN, output: 'rows' },
  'time-series-forecasting': {
    fields: [
      {
        kind: 'json',
        label: 'Past values',
        hint: 'A list of numbers, or a list of such lists for several channels: [1, 2, 3]',
      },
    ],
    inputs: ({ json }) => ({ past_values: JSON.parse(json) as unknown }),
    output: 'numbers',
  },
  'reinforcement-learning': {
    fields: [{ kind: 'json', label: 'Observations', hint: 'A list of observations: [[0, 0, 0.1, 0]]' }],
    inputs: ({ json }) => JSON.parse(json) as unknown,
    output: 'numbers',
  },
};

/** Names that are not the tag with capitals. */
const NAMES: Readonly<Record<string, string>> = {
  'text2text-generation': 'Text-to-Text Generation',
  'fill-mask': 'Fill-Mask',
  'image-to-image': 'Image-to-Image',
  'image-to-text': 'Image-to-Text',
  'text-to-image': 'Text-to-Image',
  'text-to-speech': 'Text-to-Speech',
  'text-to-audio': 'Text-to-Audio',
  'audio-to-audio': 'Audio-to-Audio',
  'image-text-to-text': 'Image-Text-to-Text',
  'zero-shot-classification': 'Zero-Shot Classification',
  'zero-shot-image-classification': 'Zero-Shot Image Classification',
  'zero-shot-object-detection': 'Zero-Shot Object Detection',
  'zero-shot-audio-classification': 'Zero-Shot Audio Classification',
};

/** The form of a task; undefined where the widget has none. */
export function taskForm(tag: string): TaskForm | undefined {
  if (!Object.hasOwn(FORMS, tag)) return undefined;
  const form = FORMS[tag];
  if (form === undefined) return undefined;
  return {
    inputs: ({ text }) => text,
    bytes: false,
    ...form,
    tag,
    name: (Object.hasOwn(NAMES, tag) ? NAMES[tag] : undefined) ?? capitals(tag),
    parameters: parameterFields(tag),
  };
}

/** All of them. */
export function formTags(): readonly string[] {
  return Object.keys(FORMS);
}

function capitals(tag: string): string {
  return tag
    .split('-')
    .map((word) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`)
    .join(' ');
}
