import { type Asked, type AskedChat, answerFile, fileName, MEDIA_MARK } from './asked.js';
import { literal, textLiteral, type Words } from './literal.js';

const WORDS: Words = { true: 'True', false: 'False', null: 'None', key: textLiteral };

/** How `InferenceClient` is asked for a task. */
interface Method {
  readonly name: string;
  /** Its positional arguments, as code: `file` is the name of the file, others are keys of the inputs; empty is the inputs themselves. */
  readonly takes: readonly string[];
  /** Parameters that it takes by the names of the API. */
  readonly parameters: readonly string[];
  /** The key under which it takes the others; absent where it takes none. */
  readonly others?: 'extra_body' | 'generate_parameters';
}

const CLASSIFIES = ['top_k', 'function_to_apply'];

/** Methods of huggingface_hub 1 by pipeline tag; other tasks are asked with `requests`. */
const METHODS: Readonly<Record<string, Method>> = {
  'text-classification': { name: 'text_classification', takes: [''], parameters: CLASSIFIES },
  'token-classification': {
    name: 'token_classification',
    takes: [''],
    parameters: ['aggregation_strategy', 'ignore_labels', 'stride'],
  },
  'fill-mask': { name: 'fill_mask', takes: [''], parameters: ['targets', 'top_k'] },
  'question-answering': {
    name: 'question_answering',
    takes: ['question', 'context'],
    parameters: [
      'align_to_words',
      'doc_stride',
      'handle_impossible_answer',
      'max_answer_len',
      'max_question_len',
      'max_seq_len',
      'top_k',
    ],
  },
  'table-question-answering': {
    name: 'table_question_answering',
    takes: ['table', 'query'],
    parameters: [],
  },
  summarization: {
    name: 'summarization',
    takes: [''],
    parameters: [],
    others: 'generate_parameters',
  },
  translation: {
    name: 'translation',
    takes: [''],
    parameters: ['src_lang', 'tgt_lang'],
    others: 'generate_parameters',
  },
  'text-generation': {
    name: 'text_generation',
    takes: [''],
    parameters: [
      'do_sample',
      'max_new_tokens',
      'repetition_penalty',
      'return_full_text',
      'seed',
      'stop',
      'temperature',
      'top_k',
      'top_p',
      'truncate',
    ],
  },
  'zero-shot-classification': {
    name: 'zero_shot_classification',
    takes: [''],
    parameters: ['candidate_labels', 'multi_label', 'hypothesis_template'],
  },
  'sentence-similarity': {
    name: 'sentence_similarity',
    takes: ['source_sentence', 'sentences'],
    parameters: [],
  },
  'feature-extraction': {
    name: 'feature_extraction',
    takes: [''],
    parameters: ['normalize', 'prompt_name', 'truncate', 'truncation_direction'],
  },
  'tabular-classification': { name: 'tabular_classification', takes: ['data'], parameters: [] },
  'audio-classification': { name: 'audio_classification', takes: ['file'], parameters: CLASSIFIES },
  'automatic-speech-recognition': {
    name: 'automatic_speech_recognition',
    takes: ['file'],
    parameters: [],
    others: 'extra_body',
  },
  'audio-to-audio': { name: 'audio_to_audio', takes: ['file'], parameters: [] },
  'image-classification': { name: 'image_classification', takes: ['file'], parameters: CLASSIFIES },
  'image-segmentation': {
    name: 'image_segmentation',
    takes: ['file'],
    parameters: ['mask_threshold', 'overlap_mask_area_threshold', 'subtask', 'threshold'],
  },
  'object-detection': { name: 'object_detection', takes: ['file'], parameters: ['threshold'] },
  'image-to-text': { name: 'image_to_text', takes: ['file'], parameters: [] },
  'image-to-image': { name: 'image_to_image', takes: ['file'], parameters: [] },
  'zero-shot-image-classification': {
    name: 'zero_shot_image_classification',
    takes: ['file'],
    parameters: ['candidate_labels', 'hypothesis_template'],
  },
  'document-question-answering': {
    name: 'document_question_answering',
    takes: ['file', 'question'],
    parameters: ['max_answer_len', 'top_k'],
  },
  'visual-question-answering': {
    name: 'visual_question_answering',
    takes: ['file', 'question'],
    parameters: ['top_k'],
  },
  'text-to-image': {
    name: 'text_to_image',
    takes: [''],
    parameters: ['negative_prompt', 'height', 'width', 'num_inference_steps', 'guidance_scale', 'seed'],
  },
  'text-to-speech': { name: 'text_to_speech', takes: [''], parameters: [] },
};

/** The request as a program of Python. */
export function pythonSnippet(asked: Asked): string {
  const { form, parameters } = asked;
  const method = Object.hasOwn(METHODS, form.tag) ? METHODS[form.tag] : undefined;
  const given = Object.keys(parameters);
  const takesAll =
    method !== undefined &&
    (method.others !== undefined || given.every((name) => method.parameters.includes(name)));
  // Its client takes both languages of a translation, or none.
  const half = given.includes('src_lang') !== given.includes('tgt_lang');
  return takesAll && !half ? withClient(asked, method) : withRequests(asked);
}

function withClient(asked: Asked, method: Method): string {
  const { url, request, parameters, token } = asked;
  const inputs = request.kind === 'bytes' ? undefined : request.body(MEDIA_MARK).inputs;
  const file = textLiteral(fileName(asked));
  const positional = method.takes.map((key) => {
    if (key === 'file') return file;
    const value = key === '' ? inputs : (inputs as Readonly<Record<string, unknown>> | undefined)?.[key];
    return literal(value, WORDS, '  ');
  });
  const named = Object.entries(parameters).filter(([name]) => method.parameters.includes(name));
  const others = Object.entries(parameters).filter(([name]) => !method.parameters.includes(name));
  const all = [
    ...positional,
    ...named.map(([name, value]) => `${name}=${literal(value, WORDS, '  ')}`),
    ...(others.length === 0 || method.others === undefined
      ? []
      : [`${method.others}=${literal(Object.fromEntries(others), WORDS, '  ')}`]),
  ];
  const made = answerFile(asked);
  return [
    ...(token ? ['import os', ''] : []),
    'from huggingface_hub import InferenceClient',
    '',
    `client = InferenceClient(model=${textLiteral(url)}${token ? ', token=os.environ["TOKEN"]' : ''})`,
    `answer = client.${method.name}(${arguments_(all)})`,
    made === 'sound.flac'
      ? `open("${made}", "wb").write(answer)`
      : made === null
        ? 'print(answer)'
        : `answer.save("${made}")`,
  ].join('\n');
}

function withRequests(asked: Asked): string {
  const { url, request, token } = asked;
  const made = answerFile(asked);
  const file = `open(${textLiteral(fileName(asked))}, "rb").read()`;
  const encoded = request.kind === 'json' && request.media !== null;
  const body =
    request.kind === 'bytes'
      ? `data=${file}`
      : `json=${literal(request.body(MEDIA_MARK), WORDS, '  ', { [MEDIA_MARK]: `base64.b64encode(${file}).decode()` })}`;
  const headers = `{"x-wait-for-model": "true"${token ? ', "authorization": "Bearer " + os.environ["TOKEN"]' : ''}}`;
  return [
    ...(encoded ? ['import base64'] : []),
    ...(token ? ['import os'] : []),
    ...(encoded || token ? [''] : []),
    'import requests',
    '',
    `response = requests.post(${arguments_([textLiteral(url), `headers=${headers}`, body])})`,
    'response.raise_for_status()',
    made === null ? 'print(response.json())' : `open("${made}", "wb").write(response.content)`,
  ].join('\n');
}

/** A conversation as a program of Python, which prints the answer as it is written. */
export function pythonChatSnippet({ url, messages, parameters, token }: AskedChat): string {
  const taken = ['max_tokens', 'temperature', 'top_p', 'seed', 'stop'];
  const named = Object.entries(parameters).filter(([name]) => taken.includes(name));
  const others = Object.entries(parameters).filter(([name]) => !taken.includes(name));
  const all = [
    literal(messages, WORDS, '  '),
    ...named.map(([name, value]) => `${name}=${literal(value, WORDS, '  ')}`),
    ...(others.length === 0 ? [] : [`extra_body=${literal(Object.fromEntries(others), WORDS, '  ')}`]),
    'stream=True',
  ];
  return [
    ...(token ? ['import os', ''] : []),
    'from huggingface_hub import InferenceClient',
    '',
    `client = InferenceClient(model=${textLiteral(url)}${token ? ', token=os.environ["TOKEN"]' : ''})`,
    `for chunk in client.chat_completion(${arguments_(all)}):`,
    '  if chunk.choices:',
    '    print(chunk.choices[0].delta.content or "", end="", flush=True)',
  ].join('\n');
}

/** Arguments of a call, each on its own line where they are long. */
function arguments_(all: readonly string[]): string {
  const line = all.join(', ');
  if (line.length <= 70 && !line.includes('\n')) return line;
  return `\n${all.map((one) => `  ${one},\n`).join('')}`;
}
