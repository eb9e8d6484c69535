import { taskSchemas } from '../hub/task-schemas.js';

/** An answer to one text, or a list of such for a list of texts, as the pipelines of Python give them. */
function oneOrMany(one: object): object {
  return { anyOf: [one, { type: 'array', items: one }] };
}

/** A list of numbers inside lists, `depth` deep in all. */
function numbers(depth: number): object {
  return { type: 'array', items: depth === 1 ? { type: 'number' } : numbers(depth - 1) };
}

const ENTITIES = {
  type: 'array',
  items: {
    type: 'object',
    properties: {
      entity_group: { type: 'string' },
      entity: { type: 'string' },
      score: { type: 'number' },
      word: { type: 'string' },
      start: { type: 'integer', minimum: 0 },
      end: { type: 'integer', minimum: 0 },
    },
    required: ['score', 'word', 'start', 'end'],
  },
};

const FILLINGS = {
  type: 'array',
  items: {
    type: 'object',
    properties: {
      sequence: { type: 'string' },
      score: { type: 'number' },
      token: { type: 'integer' },
      token_str: { type: 'string' },
    },
    required: ['sequence', 'score', 'token', 'token_str'],
  },
};

const SPAN = {
  type: 'object',
  properties: {
    answer: { type: 'string' },
    score: { type: 'number' },
    start: { type: 'integer', minimum: 0 },
    end: { type: 'integer', minimum: 0 },
  },
  required: ['answer', 'score', 'start', 'end'],
};

const LABELS = {
  type: 'array',
  items: {
    type: 'object',
    properties: { label: { type: 'string' }, score: { type: 'number' } },
    required: ['label', 'score'],
  },
};

/** A list of texts that a model wrote, under the name that the API gives them. */
function texts(key: string): object {
  return {
    type: 'array',
    items: { type: 'object', properties: { [key]: { type: 'string' } }, required: [key] },
  };
}

/** The answer to a chat client: the parts of OpenAI’s chat completion that clients read. */
const CHAT_COMPLETION = {
  type: 'object',
  properties: {
    choices: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          index: { type: 'integer' },
          message: {
            type: 'object',
            properties: { role: { type: 'string' }, content: { type: 'string' } },
            required: ['role', 'content'],
          },
          finish_reason: { type: 'string' },
        },
        required: ['index', 'message', 'finish_reason'],
      },
    },
  },
  required: ['choices'],
};

/**
 * Schemas of the tasks for which @huggingface/tasks has none, or one that the clients of the Inference API do not keep to; shapes
 * from these clients.
 */
const OWN: Readonly<Record<string, object>> = {
  // The published ones know no lists of texts; that of fill-mask asks for `tokenStr`, which nobody sends.
  'token-classification': oneOrMany(ENTITIES),
  'fill-mask': { anyOf: [FILLINGS, { type: 'array', items: oneOrMany(FILLINGS) }] },
  'zero-shot-classification': oneOrMany(LABELS),
  // One answer is no list, unless several were asked for.
  'question-answering': {
    anyOf: [SPAN, { type: 'array', items: { anyOf: [SPAN, { type: 'array', items: SPAN }] } }],
  },
  'table-question-answering': {
    type: 'object',
    properties: {
      answer: { type: 'string' },
      coordinates: {
        type: 'array',
        items: { type: 'array', items: { type: 'integer', minimum: 0 }, minItems: 2, maxItems: 2 },
      },
      cells: { type: 'array', items: { type: 'string' } },
      aggregator: { type: 'string' },
    },
    required: ['answer', 'coordinates', 'cells', 'aggregator'],
  },
  // A vector of the text, or of each of its tokens; and that for each of several texts.
  'feature-extraction': { anyOf: [numbers(1), numbers(2), numbers(3), numbers(4)] },
  // Text Embeddings Inference, `/rerank`.
  'text-ranking': {
    type: 'array',
    items: {
      type: 'object',
      properties: {
        index: { type: 'integer', minimum: 0 },
        score: { type: 'number' },
        text: { type: 'string' },
      },
      required: ['index', 'score'],
    },
  },
  // The published one asks for `score`, `start` and `end`, which a model that writes its answer does not have.
  'document-question-answering': {
    type: 'array',
    items: {
      type: 'object',
      properties: {
        answer: { type: 'string' },
        score: { type: 'number' },
        start: { type: 'integer' },
        end: { type: 'integer' },
      },
      required: ['answer'],
    },
  },
  // As `feature-extraction`: the first output of the model (transformers, `ImageFeatureExtractionPipeline`).
  'image-feature-extraction': { anyOf: [numbers(2), numbers(3), numbers(4)] },
  // The published ones know a single text; the clients of the Inference API read a list.
  'text-generation': { anyOf: [texts('generated_text'), CHAT_COMPLETION] },
  'text2text-generation': texts('generated_text'),
  summarization: texts('summary_text'),
  translation: texts('translation_text'),
  'image-to-text': texts('generated_text'),
  'image-text-to-text': { anyOf: [texts('generated_text'), CHAT_COMPLETION] },
  // huggingface_hub 0.21, `InferenceClient.conversational`.
  conversational: {
    type: 'object',
    properties: {
      generated_text: { type: 'string' },
      conversation: {
        type: 'object',
        properties: {
          past_user_inputs: { type: 'array', items: { type: 'string' } },
          generated_responses: { type: 'array', items: { type: 'string' } },
        },
        required: ['past_user_inputs', 'generated_responses'],
      },
    },
    required: ['generated_text', 'conversation'],
  },
  // One class per row (huggingface_hub `InferenceClient.tabular_classification`).
  'tabular-classification': { type: 'array', items: { type: ['string', 'number', 'boolean'] } },
  // A number per row (`InferenceClient.tabular_regression`); of several targets, a list per row.
  'tabular-regression': { anyOf: [numbers(1), numbers(2)] },
  // The published one bounds the length of `timestamp` as if it were a text.
  'automatic-speech-recognition': {
    type: 'object',
    properties: {
      text: { type: 'string' },
      chunks: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            text: { type: 'string' },
            timestamp: { type: 'array', items: { type: 'number' }, minItems: 2, maxItems: 2 },
          },
          required: ['text', 'timestamp'],
        },
      },
    },
    required: ['text'],
  },
  // `InferenceClient.audio_to_audio`.
  'audio-to-audio': {
    type: 'array',
    items: {
      type: 'object',
      properties: { label: { type: 'string' }, 'content-type': { type: 'string' }, blob: {} },
      required: ['label', 'content-type', 'blob'],
    },
  },
  'zero-shot-audio-classification': LABELS,
  // As text-to-image.
  'unconditional-image-generation': { type: 'object', properties: { image: {} }, required: ['image'] },
  // No client of the Inference API has these: an action for each observation, and the values of each step.
  'reinforcement-learning': {
    type: 'array',
    items: { anyOf: [{ type: 'number' }, { type: 'array', items: { type: 'number' } }] },
  },
  'time-series-forecasting': { anyOf: [numbers(1), numbers(2)] },
};

/** JSON Schema (draft-06) of what an inference of a task gives, in the shape of the Inference API. */
export function outputSchema(tag: string): object | undefined {
  return Object.hasOwn(OWN, tag) ? OWN[tag] : taskSchemas(tag)?.output;
}
