const INPUTS = [
  'text',
  'context',
  'table',
  'structured_data',
  'src',
  'prompt',
  'candidate_labels',
  'multi_class',
  'source_sentence',
  'sentences',
  'messages',
] as const;

/** A key of a widget example that goes into the inference (widget-example.ts). */
export type InputKey = (typeof INPUTS)[number];

/** All of them. */
export const INPUT_KEYS: ReadonlySet<string> = new Set(INPUTS);

/** Kinds of files. */
export type MediaKind = 'image' | 'audio' | 'video';

/** What `output` of an example looks like; `any` where nothing is known of it. */
export type OutputKind =
  /** `[{label, score}]` */
  | 'labels'
  /** `[{entity_group or entity, word, score, start, end}]` */
  | 'entities'
  /** `[{label, score}]` or the API’s `[{token_str, sequence, score}]` */
  | 'tokens'
  /** `[{label, score}]` or the API’s older `{labels, scores, sequence}` */
  | 'zero-shot'
  /** `{answer, score}` with `start` and `end` in the context, or a list of these */
  | 'answer'
  /** `{answer, coordinates, cells, aggregator}` */
  | 'table-answer'
  /** `{text}`, or what the API calls it (`generated_text`, `summary_text`, `translation_text`) */
  | 'text'
  /** `[{label, score, box}]` */
  | 'boxes'
  /** `[{label, mask}]` */
  | 'segments'
  /** One number for each sentence. */
  | 'similarities'
  /** Numbers, nested to any depth. */
  | 'vectors'
  /** One class or number for each row. */
  | 'rows'
  /** `{url}`: a file. */
  | 'file'
  | 'any';

/** What a widget example of a task looks like. */
export interface ExampleShape {
  /** The keys an example needs; several sets where there are several ways. Empty: not known to need any. */
  readonly needs: readonly (readonly InputKey[])[];
  /** Keys that are read when they are there. */
  readonly also: readonly InputKey[];
  /** All of these. */
  readonly reads: ReadonlySet<string>;
  /** What `src` may be. */
  readonly src: readonly MediaKind[];
  readonly output: OutputKind;
  /** What `output.url` may be, where the output is a file. */
  readonly url: readonly MediaKind[];
  /** Whether hub-docs or the widgets’ own code show it; else it follows from what the task means. */
  readonly documented: boolean;
}

function shape(
  needed: string,
  output: OutputKind,
  rest: Partial<Omit<ExampleShape, 'needs' | 'reads' | 'output'>> = {},
): ExampleShape {
  const needs = needed === '' ? [] : needed.split(' | ').map((keys) => keys.split(' + ') as InputKey[]);
  const { also = [] } = rest;
  return {
    needs,
    also,
    reads: new Set([...needs.flat(), ...also]),
    src: IMAGE,
    output,
    url: IMAGE,
    documented: true,
    ...rest,
  };
}

const IMAGE = ['image'] as const;
/** ffmpeg takes the sound out of a video. */
const AUDIO = ['audio', 'video'] as const;
/** Moving pictures are often shown as GIF or WebP. */
const VIDEO = ['video', 'image'] as const;
const ANY = ['image', 'audio', 'video'] as const;

const INFERRED = { documented: false } as const;
/** What a model that speaks is given: a text, a chat, or a file with or without a question. */
const PROMPTS = 'text | messages | src';

/**
 * By pipeline tag. Sources: hub-docs models-widgets-examples.md and models-widgets.md (242f4a1, 2026-08-22), the types in
 * huggingface.js packages/tasks/src/widget-example.ts (0.21.54), and the widgets’ code (packages/widgets at 671d03ac3^,
 * 2025-02-06, since deleted).
 */
const SHAPES: Readonly<Record<string, ExampleShape>> = {
  'text-classification': shape('text', 'labels'),
  'token-classification': shape('text', 'entities'),
  'table-question-answering': shape('text + table', 'table-answer'),
  'question-answering': shape('text + context', 'answer'),
  'zero-shot-classification': shape('text + candidate_labels', 'zero-shot', { also: ['multi_class'] }),
  translation: shape('text', 'text'),
  summarization: shape('text', 'text'),
  'feature-extraction': shape('text', 'vectors'),
  'text-generation': shape('text | messages', 'text'),
  'fill-mask': shape('text', 'tokens'),
  'sentence-similarity': shape('source_sentence + sentences', 'similarities'),
  'text-ranking': shape('', 'any', INFERRED),

  'text-to-speech': shape('text', 'file', { url: AUDIO }),
  'text-to-audio': shape('text', 'file', { url: AUDIO }),
  'automatic-speech-recognition': shape('src', 'text', { src: AUDIO }),
  'audio-to-audio': shape('src', 'file', { src: AUDIO, url: AUDIO }),
  'audio-classification': shape('src', 'labels', { src: AUDIO }),
  'voice-activity-detection': shape('src', 'any', { src: AUDIO }),
  'audio-text-to-text': shape(PROMPTS, 'text', { ...INFERRED, also: ['text', 'prompt'], src: AUDIO }),

  'image-classification': shape('src', 'labels'),
  'object-detection': shape('src', 'boxes'),
  'image-segmentation': shape('src', 'segments'),
  'text-to-image': shape('text', 'file', { also: ['prompt', 'src'] }),
  'image-to-text': shape('src', 'text', { also: ['text', 'prompt'] }),
  'image-to-image': shape('src', 'file', { also: ['prompt', 'text'] }),
  'image-to-video': shape('src', 'file', { also: ['prompt', 'text'], url: VIDEO }),
  'depth-estimation': shape('src', 'any', INFERRED),
  'image-feature-extraction': shape('src', 'vectors', INFERRED),
  'mask-generation': shape('src', 'any', { ...INFERRED, also: ['text', 'prompt'] }),
  'keypoint-detection': shape('src', 'any', INFERRED),
  'zero-shot-image-classification': shape('src + candidate_labels', 'labels', {
    also: ['multi_class', 'text'],
  }),
  'zero-shot-object-detection': shape('src + candidate_labels', 'boxes', { ...INFERRED, also: ['text'] }),
  'video-classification': shape('src', 'labels', { ...INFERRED, src: VIDEO }),
  'video-to-video': shape('src', 'file', { ...INFERRED, also: ['text', 'prompt'], src: VIDEO, url: VIDEO }),
  'text-to-video': shape('text', 'file', { ...INFERRED, also: ['prompt', 'src'], url: VIDEO }),

  'visual-question-answering': shape('src + text', 'answer'),
  'document-question-answering': shape('src + text', 'answer'),
  'image-text-to-text': shape(PROMPTS, 'text', { also: ['text', 'prompt'], src: VIDEO }),
  'video-text-to-text': shape(PROMPTS, 'text', { ...INFERRED, also: ['text', 'prompt'], src: VIDEO }),
  'any-to-any': shape(PROMPTS, 'any', { ...INFERRED, also: ['text', 'prompt'], src: ANY, url: ANY }),
  'image-text-to-image': shape('src | text | prompt', 'file', { ...INFERRED, also: ['prompt', 'text'] }),
  'image-text-to-video': shape('src | text | prompt', 'file', {
    ...INFERRED,
    also: ['prompt', 'text'],
    url: VIDEO,
  }),

  'tabular-classification': shape('structured_data | table', 'rows'),
  'tabular-regression': shape('structured_data | table', 'rows'),

  // Retired, and still in many cards.
  'text2text-generation': shape('text', 'text'),
  conversational: shape('text | messages', 'text'),
  'structured-data-classification': shape('structured_data | table', 'rows'),
};

/** What a widget example of a pipeline tag looks like; undefined where nothing is known of it. */
export function exampleShape(tag: string): ExampleShape | undefined {
  return Object.hasOwn(SHAPES, tag) ? SHAPES[tag] : undefined;
}
