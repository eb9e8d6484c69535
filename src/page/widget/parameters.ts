import { cellText } from './values.js';

/** One parameter of a task, as its form asks for it. */
export type ParameterField = { readonly name: string; readonly hint: string } & (
  | {
      readonly kind: 'number';
      readonly least: number;
      /** Absent where there is no limit. */
      readonly most?: number;
      /** Without a fraction. */
      readonly whole: boolean;
    }
  | { readonly kind: 'yes-no' }
  | { readonly kind: 'text' }
  /** One of some names. */
  | { readonly kind: 'choice'; readonly choices: readonly string[] }
  /** Texts with commas between them. */
  | { readonly kind: 'list' }
);

/** What stands in the fields, by name; what is empty or absent is not sent. */
export type ParameterTexts = Readonly<Record<string, string>>;

/** Parameters as they are sent, or what is wrong with one. */
export type ReadParameters =
  | { readonly ok: true; readonly parameters: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly name: string; readonly message: string };

const whole = (name: string, hint: string, least = 1, most?: number): ParameterField => ({
  kind: 'number',
  name,
  hint,
  least,
  whole: true,
  ...(most === undefined ? {} : { most }),
});
const number = (name: string, hint: string, least: number, most: number): ParameterField => ({
  kind: 'number',
  name,
  hint,
  least,
  most,
  whole: false,
});
const yesNo = (name: string, hint: string): ParameterField => ({ kind: 'yes-no', name, hint });
const text = (name: string, hint: string): ParameterField => ({ kind: 'text', name, hint });
const list = (name: string, hint: string): ParameterField => ({ kind: 'list', name, hint });
const choice = (name: string, hint: string, choices: readonly string[]): ParameterField => ({
  kind: 'choice',
  name,
  hint,
  choices,
});

const TOP_K = whole('top_k', 'How many answers there are at most');
const CLASSIFICATION = [
  TOP_K,
  choice('function_to_apply', 'What makes scores of the numbers', ['sigmoid', 'softmax', 'none']),
];
const THRESHOLD = number('threshold', 'Lowest score of what is shown', 0, 1);
const TEMPLATE = text('hypothesis_template', 'The sentence around a label, with {} where the label goes');
const SAMPLING = [
  yesNo('do_sample', 'Whether words are drawn, instead of the likeliest'),
  number('temperature', 'Above 1 is wilder, below 1 is tamer', 0, 100),
  whole('top_k', 'How many of the likeliest words are drawn from'),
  number('top_p', 'Words are drawn from those that make up this share', 0, 1),
  number('repetition_penalty', 'Above 1 makes repetition less likely', 0, 100),
  whole('seed', 'The same seed draws the same', 0),
];
const GENERATION = [
  whole('max_new_tokens', 'Longest answer, in tokens'),
  whole('min_new_tokens', 'Shortest answer, in tokens', 0),
  ...SAMPLING,
  whole('num_return_sequences', 'How many answers; above 1 needs do_sample', 1, 10),
  whole('no_repeat_ngram_size', 'No sequence of so many tokens comes twice', 0),
  list('stop', 'Texts after which it stops'),
  number('max_time', 'Seconds after which it stops', 0, 120),
];

const DRAWING = [
  whole('num_inference_steps', 'More steps draw better, and take longer', 1, 150),
  whole('seed', 'The same seed draws the same', 0),
  whole('width', 'In pixels', 8, 2048),
  whole('height', 'In pixels', 8, 2048),
];

/** By pipeline tag: what the task reads (src/tasks). */
const FIELDS: Readonly<Record<string, readonly ParameterField[]>> = {
  'text-classification': CLASSIFICATION,
  'image-classification': CLASSIFICATION,
  'audio-classification': CLASSIFICATION,
  'video-classification': [
    ...CLASSIFICATION,
    whole('num_frames', 'How many frames the model sees', 1, 256),
    whole('frame_sampling_rate', 'Every how many frames one is taken', 1, 256),
  ],
  'token-classification': [
    choice('aggregation_strategy', 'How tokens become entities', [
      'none',
      'simple',
      'first',
      'average',
      'max',
    ]),
    list('ignore_labels', 'Labels that are left out'),
    whole('stride', 'Tokens that windows of a long text share', 0),
  ],
  'fill-mask': [TOP_K, list('targets', 'Words to choose among')],
  'zero-shot-classification': [
    yesNo('multi_label', 'Whether several labels may be true; then scores do not add up to 1'),
    TEMPLATE,
  ],
  'zero-shot-image-classification': [TEMPLATE],
  'zero-shot-audio-classification': [TEMPLATE],
  'zero-shot-object-detection': [THRESHOLD, TOP_K],
  'object-detection': [THRESHOLD],
  'image-segmentation': [
    choice('subtask', 'What is divided', ['instance', 'panoptic', 'semantic']),
    THRESHOLD,
    number('mask_threshold', 'Lowest score of a pixel of a mask', 0, 1),
    number('overlap_mask_area_threshold', 'Smaller leftovers of masks are dropped', 0, 1),
  ],
  'question-answering': [
    TOP_K,
    whole('max_answer_len', 'Longest answer, in tokens'),
    whole('max_question_len', 'Longest question, in tokens'),
    whole('max_seq_len', 'Longest window of question and context, in tokens'),
    whole('doc_stride', 'Tokens that windows of a long context share', 0),
    yesNo('handle_impossible_answer', 'Whether there may be no answer'),
    yesNo('align_to_words', 'Whether an answer is of whole words'),
  ],
  'document-question-answering': [TOP_K, whole('max_new_tokens', 'Longest answer, in tokens')],
  'visual-question-answering': [TOP_K],
  'feature-extraction': [
    yesNo('normalize', 'Whether vectors get the length 1'),
    yesNo('truncate', 'Whether a text that is too long is cut'),
    choice('truncation_direction', 'Where it is cut', ['left', 'right']),
    choice('pooling', 'What makes one vector of those of the tokens', ['none', 'mean', 'cls']),
    text('prompt_name', 'Which prompt of the model goes before the text'),
  ],
  'image-feature-extraction': [yesNo('pool', 'Whether there is one vector for the whole picture')],
  'text-ranking': [
    whole('top_k', 'How many texts are kept'),
    yesNo('raw_scores', 'Whether scores are the numbers of the model as they are'),
    yesNo('return_text', 'Whether the texts stand in the answer'),
  ],
  summarization: GENERATION,
  'text2text-generation': GENERATION,
  translation: [
    text('src_lang', 'Language of the text, as the model names it'),
    text('tgt_lang', 'Language of the translation, as the model names it'),
    ...GENERATION,
  ],
  'text-generation': [
    ...GENERATION,
    yesNo('return_full_text', 'Whether the answer begins with the prompt'),
    whole('truncate', 'Tokens of the prompt that are kept, from its end'),
  ],
  conversational: GENERATION,
  'image-to-text': GENERATION,
  'image-text-to-text': GENERATION,
  'automatic-speech-recognition': [
    choice('return_timestamps', 'When each part was said', ['true', 'word', 'char']),
    number('chunk_length_s', 'A long recording is cut into pieces of so many seconds', 0, 3600),
    text('language', 'Language that is spoken'),
    choice('task', 'What is written down', ['transcribe', 'translate']),
    whole('max_new_tokens', 'Longest answer, in tokens'),
  ],
  'text-to-image': [
    text('negative_prompt', 'What is not to be seen'),
    number('guidance_scale', 'How closely the prompt is followed', 0, 100),
    ...DRAWING,
  ],
  'unconditional-image-generation': DRAWING,
};

/** The parameters that a task reads, the usual ones first. */
export function parameterFields(tag: string): readonly ParameterField[] {
  return Object.hasOwn(FIELDS, tag) ? (FIELDS[tag] ?? []) : [];
}

/** What a conversation does not take of the parameters of a generation: it is streamed, one answer at a time. */
const NOT_IN_CHAT: ReadonlySet<string> = new Set(['return_full_text', 'truncate', 'num_return_sequences']);

/** Those of the fields that a conversation takes. */
export function chatFields(fields: readonly ParameterField[]): readonly ParameterField[] {
  return fields.filter(({ name }) => !NOT_IN_CHAT.has(name));
}

/** Reads what stands in the fields. */
export function readParameters(fields: readonly ParameterField[], texts: ParameterTexts): ReadParameters {
  const parameters: Record<string, unknown> = {};
  for (const field of fields) {
    const entered = texts[field.name]?.trim() ?? '';
    if (entered === '') continue;
    const value = readParameter(field, entered);
    if (typeof value === 'object' && 'wrong' in value) {
      return { ok: false, name: field.name, message: `${field.name} must be ${value.wrong}.` };
    }
    parameters[field.name] = value;
  }
  return { ok: true, parameters };
}

type One = string | number | boolean | readonly string[] | { readonly wrong: string };

function readParameter(field: ParameterField, entered: string): One {
  switch (field.kind) {
    case 'number': {
      const value = Number(entered);
      const { least, most = Number.MAX_SAFE_INTEGER } = field;
      const fits = Number.isFinite(value) && value >= least && value <= most;
      return fits && (!field.whole || Number.isInteger(value)) ? value : { wrong: limitsOf(field) };
    }
    case 'yes-no':
      return entered === 'true';
    case 'list':
      return entered
        .split(',')
        .map((one) => one.trim())
        .filter((one) => one !== '');
    case 'choice':
      return entered === 'true' ? true : entered;
    case 'text':
      return entered;
  }
}

/** What a number may be, as the end of a sentence. */
export function limitsOf({ whole, least, most }: Extract<ParameterField, { kind: 'number' }>): string {
  const kind = whole ? 'a whole number' : 'a number';
  return most === undefined ? `${kind} of at least ${least}` : `${kind} from ${least} to ${most}`;
}

/** Whether a field would send what was given to it; one for a number tells what is wrong with another value. */
function canShow(field: ParameterField, value: unknown, shown: string): boolean {
  if (field.kind === 'number') return typeof value !== 'object';
  if (field.kind === 'choice' && !field.choices.includes(shown)) return false;
  const meant: unknown = field.kind === 'list' && !Array.isArray(value) ? [value] : value;
  return JSON.stringify(readParameter(field, shown.trim())) === JSON.stringify(meant);
}

/** The texts for fields that show some parameters, and the parameters that no field shows. */
export function textsOf(
  fields: readonly ParameterField[],
  parameters: Readonly<Record<string, unknown>>,
): { readonly texts: ParameterTexts; readonly others: Readonly<Record<string, unknown>> } {
  const texts: [string, string][] = [];
  const others: [string, unknown][] = [];
  for (const [name, value] of Object.entries(parameters)) {
    if (value === null || value === undefined) continue;
    const shown = Array.isArray(value) ? value.map(cellText).join(', ') : cellText(value);
    const field = fields.find((one) => one.name === name);
    if (field !== undefined && canShow(field, value, shown)) texts.push([name, shown]);
    else others.push([name, value]);
  }
  return { texts: Object.fromEntries(texts), others: Object.fromEntries(others) };
}
