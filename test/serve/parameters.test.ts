import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { own } from '../../src/mapping.js';
import type { ServedModels } from '../../src/serve/server-options.js';
import { OUTPUT_VALIDATORS } from '../../src/tasks/output-validators.generated.js';
import { FIXTURES, post, serve } from './served.js';

/** A request with some parameters, and what must come of it. Those of one model share a base, which they change. */
interface Asked {
  readonly what: string;
  readonly body: unknown;
  readonly answer: unknown;
}

/** A model and what is asked of it. */
interface Of {
  readonly id: string;
  /** Where it is not the name of the folder. */
  readonly task?: string;
  readonly asked: readonly Asked[];
}

const base64 = (path: string) => readFileSync(`${FIXTURES}${path}`).toString('base64');
const close = (score: number, digits = 2) => expect.closeTo(score, digits);
const number = expect.any(Number);

const REVIEW = 'The movie was great!';
const PEOPLE = 'Anna Paul works for Google in Berlin.';
const MANY_PEOPLE = `${PEOPLE} `.repeat(60);
const CAPITAL = 'The capital of France is [MASK].';
const ANNA = {
  question: 'Where does Anna live?',
  context: 'Anna lives in Berlin and works for Google.',
};
const MARIA = {
  question: 'Where does Maria live?',
  context: `${'Anna lives in Berlin and works for Google. '.repeat(12)}Maria lives in Rome. ${'The dog sleeps. '.repeat(10)}`,
};
const SLEEPS = { question: 'Who ate the soup?', context: 'The dog sleeps.' };
const CITIES = {
  query: 'in which city is John ?',
  table: { Person: ['Anna', 'John', 'Maria'], City: ['Paris', 'Berlin', 'Rome'] },
};
const STOCKS = 'The bank and the stock market';
const PARK = 'the big dog sleeps in the park . many people were there and the day was old .';
const FOOTBALL = {
  source_sentence: 'The team won the football match',
  sentences: ['The coach and the player', 'A tasty soup recipe'],
};
const SIMILAR = [close(0.97), close(-0.59)];

const LOW = base64('audio-classification/samples/low.wav');
const HELLO = base64('automatic-speech-recognition/samples/hello.wav');
const RED = base64('image-classification/samples/red.png');
const BLUE = base64('zero-shot-image-classification/samples/blue.png');
const SCENE = base64('object-detection/samples/scene.png');
const LEFT = base64('image-to-text/samples/red_left.png');
const GREEN = base64('visual-question-answering/samples/green.png');
const PAGE = base64('document-question-answering/samples/page.png');

const BERLIN = { answer: 'Berlin', score: close(1), start: 14, end: 20 };
const IN_BERLIN = { answer: 'Berlin', coordinates: [[1, 1]], cells: ['Berlin'], aggregator: 'NONE' };
const of = (...labels: readonly string[]) => labels.map((label) => ({ label, score: number }));
const scored = (...scores: readonly number[]) =>
  scores.map((score) => ({ label: expect.any(String), score: close(score) }));
const words = (...all: readonly string[]) => all.map((token_str) => expect.objectContaining({ token_str }));

const RANKED = { query: 'Where is Berlin?', texts: ['soup', 'Berlin is in Germany', 'dog'] };
const BOXES = base64('zero-shot-object-detection/samples/scene.png');
const LABELS = { candidate_labels: ['red', 'blue'] };
/** So many ranks, whose scores lie between a whole number and the next. */
const ranks = (count: number, above: number) =>
  Array.from({ length: count }, () => ({
    index: number,
    score: satisfies((score) => typeof score === 'number' && Math.floor(score) === above),
  }));

const MODELS: readonly Of[] = [
  {
    id: 'text-classification',
    asked: [
      { what: 'nothing', body: { inputs: REVIEW }, answer: [of('POSITIVE', 'NEGATIVE')] },
      { what: 'top_k', body: { inputs: REVIEW, parameters: { top_k: 1 } }, answer: [of('POSITIVE')] },
      {
        what: 'function_to_apply none',
        body: { inputs: REVIEW, parameters: { function_to_apply: 'none' } },
        answer: [scored(4.61, -4.1)],
      },
      {
        what: 'function_to_apply sigmoid',
        body: { inputs: REVIEW, parameters: { function_to_apply: 'sigmoid' } },
        answer: [scored(0.99, 0.02)],
      },
      {
        what: 'options to ignore',
        body: { inputs: REVIEW, options: { use_gpu: true, use_cache: null, wait_for_model: null, x: 1 } },
        answer: [of('POSITIVE', 'NEGATIVE')],
      },
    ],
  },
  {
    id: 'token-classification',
    asked: [
      {
        what: 'nothing, which means simple',
        body: { inputs: PEOPLE },
        answer: [
          { entity_group: 'PER', word: 'Anna Paul', score: number, start: 0, end: 9 },
          { entity_group: 'ORG', word: 'Google', score: number, start: 20, end: 26 },
          { entity_group: 'LOC', word: 'Berlin', score: number, start: 30, end: 36 },
        ],
      },
      {
        what: 'aggregation_strategy none',
        body: { inputs: PEOPLE, parameters: { aggregation_strategy: 'none' } },
        answer: ['B-PER', 'I-PER', 'B-ORG', 'B-LOC'].map((entity) => expect.objectContaining({ entity })),
      },
      {
        what: 'ignore_labels',
        body: {
          inputs: PEOPLE,
          parameters: { aggregation_strategy: 'none', ignore_labels: ['O', 'B-PER', 'I-PER'] },
        },
        answer: ['B-ORG', 'B-LOC'].map((entity) => expect.objectContaining({ entity })),
      },
      {
        what: 'no stride, which leaves the end of a long text',
        body: { inputs: MANY_PEOPLE },
        answer: satisfies((all) => Array.isArray(all) && lastEnd(all) < MANY_PEOPLE.length / 2),
      },
      {
        what: 'stride',
        body: { inputs: MANY_PEOPLE, parameters: { stride: 20 } },
        answer: satisfies((all) => Array.isArray(all) && lastEnd(all) > MANY_PEOPLE.length - 5),
      },
      {
        what: 'characters beyond the first plane',
        body: { inputs: '👋👋 Anna' },
        answer: expect.arrayContaining([expect.objectContaining({ word: 'Anna', start: 3, end: 7 })]),
      },
    ],
  },
  {
    id: 'fill-mask',
    asked: [
      {
        what: 'nothing',
        body: { inputs: CAPITAL },
        answer: expect.arrayContaining([
          { sequence: 'the capital of france is paris.', score: close(0.99), token: 189, token_str: 'paris' },
        ]),
      },
      { what: 'top_k', body: { inputs: CAPITAL, parameters: { top_k: 1 } }, answer: words('paris') },
      {
        what: 'targets',
        body: { inputs: CAPITAL, parameters: { targets: ['rome', 'paris'] } },
        answer: words('paris', 'rome'),
      },
      {
        what: 'one target',
        body: { inputs: CAPITAL, parameters: { targets: 'rome' } },
        answer: words('rome'),
      },
    ],
  },
  {
    id: 'question-answering',
    asked: [
      { what: 'inputs', body: { inputs: ANNA }, answer: BERLIN },
      { what: 'keys at the root', body: ANNA, answer: BERLIN },
      { what: 'top_k 1', body: { inputs: ANNA, parameters: { top_k: 1 } }, answer: BERLIN },
      {
        what: 'top_k 2',
        body: { ...ANNA, parameters: { top_k: 2 } },
        answer: [BERLIN, { answer: 'Anna lives in Berlin', score: number, start: 0, end: 20 }],
      },
      {
        what: 'max_answer_len',
        body: { inputs: ANNA, parameters: { top_k: 2, max_answer_len: 1 } },
        answer: [
          BERLIN,
          { answer: expect.stringMatching(/^\S+$/), score: number, start: number, end: number },
        ],
      },
      {
        what: 'max_question_len',
        body: { inputs: MARIA, parameters: { max_question_len: 2 } },
        answer: expect.objectContaining({ answer: 'Rome' }),
      },
      {
        what: 'none of those of length, by which the answer is another one',
        body: { inputs: MARIA },
        answer: expect.objectContaining({ answer: 'sleeps' }),
      },
      {
        what: 'max_seq_len',
        body: { inputs: MARIA, parameters: { max_seq_len: 40 } },
        answer: expect.objectContaining({ answer: 'Rome', score: close(0.9997, 4) }),
      },
      {
        what: 'doc_stride',
        body: { inputs: MARIA, parameters: { max_seq_len: 40, doc_stride: 30 } },
        answer: expect.objectContaining({ answer: 'Rome', score: close(0.9998, 4) }),
      },
      {
        what: 'align_to_words',
        body: { inputs: SLEEPS, parameters: { align_to_words: false } },
        answer: expect.objectContaining({ answer: expect.stringMatching(/^\S$/) }),
      },
      {
        what: 'no align_to_words',
        body: { inputs: SLEEPS },
        answer: expect.objectContaining({ answer: 'sleeps' }),
      },
    ],
  },
  {
    id: 'table-question-answering',
    asked: [
      { what: 'inputs', body: { inputs: CITIES }, answer: IN_BERLIN },
      { what: 'a stray model', body: { ...CITIES, parameters: { model: 'other' } }, answer: IN_BERLIN },
    ],
  },
  {
    id: 'summarization',
    asked: [
      { what: 'nothing', body: { inputs: PARK }, answer: [{ summary_text: 'dog sleeps in park' }] },
      {
        what: 'max_length',
        body: { inputs: PARK, parameters: { max_length: 3 } },
        answer: [{ summary_text: 'dog sleeps' }],
      },
      {
        what: 'min_length',
        body: { inputs: PARK, parameters: { min_length: 10 } },
        answer: [{ summary_text: expect.stringMatching(/^(\S+ ){8,}\S+$/) }],
      },
      {
        what: 'max_new_tokens',
        body: { inputs: PARK, parameters: { max_new_tokens: 2 } },
        answer: [{ summary_text: 'dog sleeps' }],
      },
      {
        what: 'stop',
        body: { inputs: PARK, parameters: { stop: ['sleeps'] } },
        answer: [{ summary_text: 'dog sleeps' }],
      },
      {
        what: 'num_return_sequences, do_sample, seed and temperature',
        body: {
          inputs: PARK,
          parameters: { num_return_sequences: 2, do_sample: true, seed: 3, temperature: 3 },
        },
        answer: satisfies(
          (all) => Array.isArray(all) && new Set(all.map((one) => JSON.stringify(one))).size === 2,
        ),
      },
      {
        what: 'generate_parameters',
        body: { inputs: PARK, parameters: { generate_parameters: { max_new_tokens: 1 } } },
        answer: [{ summary_text: 'dog' }],
      },
      {
        what: 'several texts',
        body: { inputs: [PARK, 'the dog sleeps'] },
        answer: [{ summary_text: 'dog sleeps in park' }, { summary_text: expect.any(String) }],
      },
    ],
  },
  {
    id: 'translation',
    asked: [
      {
        what: 'several texts',
        body: { inputs: ['the big dog sleeps', 'the dog sleeps'] },
        answer: [{ translation_text: 'le chien grand dort' }, { translation_text: 'le chien dort' }],
      },
      {
        what: 'max_length',
        body: { inputs: 'the big dog sleeps', parameters: { max_length: 3 } },
        answer: [{ translation_text: 'le' }],
      },
    ],
  },
  {
    id: 'translation-languages',
    task: 'translation',
    // The words mean something else in another language: "chair" is flesh in French, and "Gift" poison in German.
    asked: [
      {
        what: 'src_lang',
        body: { inputs: 'chair', parameters: { src_lang: 'fra_Latn', tgt_lang: 'deu_Latn' } },
        answer: [{ translation_text: 'fleisch' }],
      },
      {
        what: 'no src_lang, which means English, after another one',
        body: { inputs: 'chair', parameters: { src_lang: null, tgt_lang: 'deu_Latn' } },
        answer: [{ translation_text: 'stuhl' }],
      },
      {
        what: 'tgt_lang',
        body: { inputs: 'gift', parameters: { src_lang: 'deu_Latn', tgt_lang: 'fra_Latn' } },
        answer: [{ translation_text: 'venin' }],
      },
      {
        what: 'another tgt_lang',
        body: { inputs: 'gift', parameters: { src_lang: 'deu_Latn', tgt_lang: 'eng_Latn' } },
        answer: [{ translation_text: 'venom' }],
      },
      {
        what: 'no tgt_lang, which means French',
        body: { inputs: 'gift' },
        answer: [{ translation_text: 'cadeau' }],
      },
      {
        what: 'languages for several texts',
        body: { inputs: ['gift', 'chair'], parameters: { src_lang: 'eng_Latn', tgt_lang: 'deu_Latn' } },
        answer: [{ translation_text: 'geschenk' }, { translation_text: 'stuhl' }],
      },
    ],
  },
  {
    id: 'zero-shot-classification',
    asked: [
      {
        what: 'candidate_labels in a list',
        body: { inputs: STOCKS, parameters: { candidate_labels: ['sports', 'finance'] } },
        answer: [
          { label: 'finance', score: close(0.9989, 4) },
          { label: 'sports', score: close(0.0011, 4) },
        ],
      },
      {
        what: 'multi_label',
        body: { inputs: STOCKS, parameters: { candidate_labels: ['sports', 'finance'], multi_label: true } },
        answer: [
          { label: 'finance', score: close(0.9988, 4) },
          { label: 'sports', score: close(0.0022, 4) },
        ],
      },
      {
        what: 'hypothesis_template',
        body: {
          inputs: STOCKS,
          parameters: { candidate_labels: ['sports', 'finance'], hypothesis_template: 'no {}' },
        },
        answer: scored(0.918, 0.082),
      },
    ],
  },
  {
    id: 'sentence-similarity',
    asked: [
      { what: 'inputs', body: { inputs: FOOTBALL }, answer: SIMILAR },
      { what: 'keys at the root', body: FOOTBALL, answer: SIMILAR },
    ],
  },
  {
    id: 'feature-extraction',
    asked: [
      { what: 'a text', body: { inputs: 'hello' }, answer: satisfies(levels(3)) },
      { what: 'texts', body: { inputs: ['hello', 'you'] }, answer: satisfies(levels(4)) },
      {
        what: 'normalize at the root',
        body: { inputs: 'hello', normalize: true, truncate: null },
        answer: satisfies(ofLengthOne),
      },
      {
        what: 'normalize among the parameters',
        body: { inputs: 'hello', parameters: { normalize: true } },
        answer: satisfies(ofLengthOne),
      },
      {
        what: 'pooling, which makes one vector of a text',
        body: { inputs: 'hello', parameters: { pooling: 'mean' } },
        answer: satisfies(levels(1)),
      },
      {
        what: 'no normalize',
        body: { inputs: 'hello', normalize: false },
        answer: satisfies((value) => !ofLengthOne(value)),
      },
    ],
  },
  {
    id: 'text-ranking',
    asked: [
      { what: 'raw_scores', body: { inputs: RANKED, parameters: { raw_scores: true } }, answer: ranks(3, 5) },
      { what: 'no raw_scores', body: { ...RANKED, raw_scores: false }, answer: ranks(3, 0) },
      { what: 'top_k', body: { inputs: RANKED, parameters: { top_k: 1 } }, answer: ranks(1, 0) },
      {
        what: 'top_n, its other name',
        body: { inputs: RANKED, parameters: { top_n: 2 } },
        answer: ranks(2, 0),
      },
      {
        what: 'return_text at the root',
        body: { ...RANKED, return_text: true },
        answer: expect.arrayContaining([expect.objectContaining({ index: 0, text: 'soup' })]),
      },
    ],
  },
  {
    id: 'zero-shot-object-detection',
    asked: [
      { what: 'threshold', body: { inputs: BOXES, parameters: LABELS }, answer: [] },
      {
        what: 'a lower threshold',
        body: { inputs: BOXES, parameters: { ...LABELS, threshold: 0 } },
        answer: satisfies((all) => Array.isArray(all) && all.length > 2),
      },
      {
        what: 'top_k',
        body: { inputs: BOXES, parameters: { ...LABELS, threshold: 0, top_k: 2 } },
        answer: satisfies((all) => Array.isArray(all) && all.length === 2),
      },
    ],
  },
  {
    id: 'audio-classification',
    asked: [
      { what: 'nothing', body: { inputs: LOW }, answer: of('low', 'mid', 'high') },
      { what: 'top_k', body: { inputs: LOW, parameters: { top_k: 1 } }, answer: of('low') },
      {
        what: 'function_to_apply',
        body: { inputs: LOW, parameters: { function_to_apply: 'none', top_k: null } },
        answer: scored(10, 0, 0),
      },
    ],
  },
  {
    id: 'automatic-speech-recognition',
    asked: [
      { what: 'nothing', body: { inputs: HELLO }, answer: { text: 'HELLO WORLD' } },
      {
        what: 'return_timestamps of words',
        body: { inputs: HELLO, parameters: { return_timestamps: 'word' } },
        answer: {
          text: 'HELLO WORLD',
          chunks: [
            { text: 'HELLO', timestamp: [0, close(0.28)] },
            { text: 'WORLD', timestamp: [close(0.36), close(0.64)] },
          ],
        },
      },
      {
        what: 'return_timestamps, which means words where a model writes letters',
        body: { inputs: HELLO, parameters: { return_timestamps: true } },
        answer: { text: 'HELLO WORLD', chunks: satisfies((all) => Array.isArray(all) && all.length === 2) },
      },
      {
        what: 'return_timestamps of letters',
        body: { inputs: HELLO, parameters: { return_timestamps: 'char' } },
        answer: { text: 'HELLO WORLD', chunks: satisfies((all) => Array.isArray(all) && all.length === 11) },
      },
    ],
  },
  {
    id: 'image-classification',
    asked: [
      { what: 'null beside image', body: { inputs: null, image: RED }, answer: of('red', 'blue', 'green') },
      {
        what: 'an address of data',
        body: { inputs: `data:image/png;base64,${RED}` },
        answer: of('red', 'blue', 'green'),
      },
      { what: 'top_k', body: { inputs: RED, parameters: { top_k: 1 } }, answer: of('red') },
      {
        what: 'function_to_apply',
        body: { inputs: RED, parameters: { function_to_apply: 'none' } },
        answer: scored(4.99, -2.33, -2.9),
      },
    ],
  },
  {
    id: 'object-detection',
    asked: [
      { what: 'nothing', body: { inputs: SCENE }, answer: [expect.objectContaining({ label: 'red box' })] },
      { what: 'threshold', body: { inputs: SCENE, parameters: { threshold: 0.9995 } }, answer: [] },
    ],
  },
  {
    id: 'image-to-text',
    asked: [
      {
        what: 'max_new_tokens',
        body: { inputs: LEFT, parameters: { max_new_tokens: 2 } },
        answer: [{ generated_text: 'a red' }],
      },
      {
        what: 'generation_parameters',
        body: { inputs: LEFT, parameters: { generation_parameters: { max_new_tokens: 2 } } },
        answer: [{ generated_text: 'a red' }],
      },
      {
        what: 'num_return_sequences',
        body: { inputs: LEFT, parameters: { num_return_sequences: 2, do_sample: true, seed: 1 } },
        answer: [{ generated_text: expect.any(String) }, { generated_text: expect.any(String) }],
      },
    ],
  },
  {
    id: 'zero-shot-image-classification',
    asked: [
      {
        what: 'the picture in inputs',
        body: { inputs: BLUE, parameters: { candidate_labels: ['a red square', 'a blue square'] } },
        answer: of('a blue square', 'a red square'),
      },
      {
        what: 'the picture in inputs.image',
        body: {
          inputs: { image: BLUE },
          parameters: { candidate_labels: ['a red square', 'a blue square'] },
        },
        answer: of('a blue square', 'a red square'),
      },
      {
        what: 'the picture at the root, labels in a text',
        body: { image: BLUE, parameters: { candidate_labels: 'a red square,a blue square' } },
        answer: of('a blue square', 'a red square'),
      },
      {
        what: 'hypothesis_template',
        body: {
          inputs: BLUE,
          parameters: { candidate_labels: ['red', 'blue'], hypothesis_template: 'a {} square' },
        },
        answer: [
          { label: 'blue', score: close(0.999996, 5) },
          { label: 'red', score: close(0.000004, 5) },
        ],
      },
    ],
  },
  {
    id: 'visual-question-answering',
    asked: [
      {
        what: 'inputs',
        body: { inputs: { image: GREEN, question: 'what color is it ?' } },
        answer: satisfies((all) => Array.isArray(all) && all.length === 5),
      },
      {
        what: 'both at the root, and the picture once more',
        body: { inputs: GREEN, image: GREEN, question: 'what color is it ?', parameters: { top_k: 1 } },
        answer: [{ answer: 'green', score: close(1) }],
      },
    ],
  },
  {
    id: 'document-question-answering',
    asked: [
      {
        what: 'both at the root',
        body: { image: PAGE, question: 'what color is the stamp ?', parameters: { top_k: null } },
        answer: [expect.objectContaining({ answer: 'green' })],
      },
      {
        what: 'max_answer_len',
        body: { image: PAGE, question: 'what color is the stamp ?', parameters: { max_answer_len: 1 } },
        answer: [{ answer: '' }],
      },
    ],
  },
];

let server: ServedModels;
beforeAll(async () => {
  // Memory for three or so of them at a time: each is asked all before the next one.
  server = await serve([...MODELS.map(({ id }) => id), 'text-to-image', 'text-to-speech'], {
    maxMemory: 600 * 1024 ** 2,
  });
});
afterAll(() => server.close());

describe.each(MODELS)('$id', ({ id, task = id, asked }) => {
  it.each(asked)('heeds $what', async ({ body, answer }) => {
    const { status, json } = await post(`${server.url}/models/${id}`, body);
    expect([status, json]).toEqual([200, answer]);
    // One text makes a list of one here; the schema is about what is in it.
    const described = task === 'text-classification' && Array.isArray(json) ? json[0] : json;
    const validate = OUTPUT_VALIDATORS[task];
    expect([validate?.(described), validate?.errors]).toEqual([true, null]);
  });
});

describe('a language that the model does not know', () => {
  it.each(['src_lang', 'tgt_lang'])('is refused: %s', async (key) => {
    const body = { inputs: 'chair', parameters: { [key]: 'fr' } };
    const { status, json } = await post(`${server.url}/models/translation-languages`, body);
    expect([status, json]).toEqual([
      400,
      {
        error: `The model cannot answer this: The model does not know the ${key} "fr"; it knows "eng_Latn", "fra_Latn", "deu_Latn".`,
      },
    ]);
  });
});

describe('feature-extraction', () => {
  const TEXT = `${'Anna likes soup. '.repeat(30)}The team won the football match.`;
  const first = async (parameters: Readonly<Record<string, unknown>>) => {
    const { json } = await post(`${server.url}/models/feature-extraction`, { inputs: TEXT, ...parameters });
    return JSON.stringify(json).slice(0, 200);
  };

  it('heeds truncation_direction, in whatever case, at the root and among the parameters', async () => {
    const right = await first({});
    expect(await first({ truncation_direction: 'Right' })).toBe(right);
    const left = await first({ truncation_direction: 'Left' });
    expect(left).not.toBe(right);
    expect(await first({ parameters: { truncation_direction: 'left' } })).toBe(left);
  });

  it('heeds truncate', async () => {
    expect(await first({ truncate: true })).toBe(await first({}));
    expect(await first({ truncate: false })).toContain('the model takes 64 at most');
    expect(await first({ parameters: { truncate: false } })).toContain('the model takes 64 at most');
  });
});

describe('text-to-image', () => {
  const draw = async (parameters: Readonly<Record<string, unknown>>, accept = 'image/png') => {
    const response = await fetch(`${server.url}/models/text-to-image`, {
      method: 'POST',
      body: JSON.stringify({ inputs: 'a photo of a red square', parameters }),
      headers: { accept, 'x-wait-for-model': '1', 'content-type': 'application/json' },
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    return { type: response.headers.get('content-type'), bytes, base64: bytes.toString('base64') };
  };

  it('heeds seed, num_inference_steps, guidance_scale, negative_prompt and scheduler', async () => {
    const given = { seed: 1, num_inference_steps: 3 };
    const first = await draw(given);
    expect((await draw({ ...given, x: 1 })).base64).toBe(first.base64);
    for (const other of [
      { seed: 2 },
      { num_inference_steps: 2 },
      { guidance_scale: 1 },
      { negative_prompt: 'a blue square' },
      { scheduler: 'EulerAncestralDiscreteScheduler' },
    ]) {
      expect((await draw({ ...given, ...other })).base64, JSON.stringify(other)).not.toBe(first.base64);
    }
  });

  it('names the schedulers that it has', async () => {
    const { status, json } = await post(`${server.url}/models/text-to-image`, {
      inputs: 'a red square',
      parameters: { scheduler: 'UniPCMultistepScheduler' },
    });
    expect([status, json]).toEqual([
      400,
      { error: expect.stringMatching(/The scheduler is UniPC.*; DDIMScheduler, .* can be run/) },
    ]);
  });

  it('heeds width and height', async () => {
    const { bytes } = await draw({ width: 16, height: 8, num_inference_steps: 1 });
    expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual([16, 8]);
  });

  it.each([
    ['image/png', 'image/png', '89504e47'],
    ['image/webp, image/png;q=0.5', 'image/webp', '52494646'],
    ['*/*', 'image/jpeg', 'ffd8ff'],
    ['image/avif', 'image/jpeg', 'ffd8ff'],
  ])('makes of Accept %s %s', async (accept, type, begins) => {
    const made = await draw({ seed: 1, num_inference_steps: 1 }, accept);
    expect([made.type, made.bytes.toString('hex').slice(0, begins.length)]).toEqual([type, begins]);
  });
});

describe('text-to-speech', () => {
  it.each([
    ['audio/wav', 'audio/wav', 'RIFF'],
    ['audio/mpeg, */*;q=0.1', 'audio/flac', 'fLaC'],
  ])('makes of Accept %s %s', async (accept, type, begins) => {
    const response = await fetch(`${server.url}/models/text-to-speech`, {
      method: 'POST',
      body: 'ffff',
      headers: { accept, 'x-wait-for-model': '1' },
    });
    expect([response.headers.get('content-type'), response.headers.get('x-compute-characters')]).toEqual([
      type,
      '4',
    ]);
    expect(
      Buffer.from(await response.arrayBuffer())
        .toString('latin1')
        .slice(0, 4),
    ).toBe(begins);
  });
});

describe('a parameter that cannot be', () => {
  it.each([
    ['text-classification', { top_k: 0 }, 'top_k'],
    ['text-classification', { top_k: 1.5 }, 'top_k'],
    ['text-classification', { top_k: '5' }, 'top_k'],
    ['text-classification', { top_k: true }, 'top_k'],
    ['text-classification', { function_to_apply: 'x' }, 'function_to_apply'],
    ['token-classification', { aggregation_strategy: 'x' }, 'aggregation_strategy'],
    ['fill-mask', { targets: [] }, 'targets'],
    ['summarization', { temperature: 101 }, 'temperature'],
    ['summarization', { top_p: 1.1 }, 'top_p'],
    ['summarization', { top_p: -0.1 }, 'top_p'],
    ['summarization', { top_k: 0 }, 'top_k'],
    ['summarization', { repetition_penalty: 101 }, 'repetition_penalty'],
    ['summarization', { num_return_sequences: 11 }, 'num_return_sequences'],
    ['summarization', { max_length: 0 }, 'max_length'],
    ['summarization', { min_length: 5, max_length: 4 }, 'min_length'],
    ['zero-shot-classification', { candidate_labels: [] }, 'candidate_labels'],
    ['zero-shot-classification', { candidate_labels: null }, 'candidate_labels'],
    ['zero-shot-classification', { candidate_labels: 'a', hypothesis_template: 'x' }, 'hypothesis_template'],
    ['text-to-image', { width: 7 }, 'width'],
    ['text-to-image', { num_inference_steps: 0 }, 'num_inference_steps'],
    ['text-to-image', { seed: -1 }, 'seed'],
  ])('is refused: %s, %j', async (id, parameters, name) => {
    const { status, json } = await post(`${server.url}/models/${id}`, { inputs: 'a [MASK]', parameters }, {});
    expect([status, json]).toEqual([400, { error: expect.stringContaining(name) }]);
  });
});

describe('an input that cannot be', () => {
  it.each([
    ['fill-mask', { inputs: 'nothing to guess' }, 'Write [MASK]'],
    ['question-answering', { inputs: { question: 'Who?' } }, 'context'],
    ['table-question-answering', { inputs: { query: 'Who?', table: { a: [1], b: [] } } }, 'length'],
    ['sentence-similarity', { inputs: { source_sentence: 'a' } }, 'sentences'],
    ['visual-question-answering', { inputs: { image: GREEN } }, 'question'],
    ['image-classification', { inputs: 'http://127.0.0.1:1/x.png' }, 'is an address'],
    ['image-classification', { inputs: 'no base64!' }, 'is not the base64 of a picture or sound.'],
    ['text-classification', { inputs: 'a'.repeat(1_000_001) }, '1000000 are read at most'],
  ])('is refused: %s, %j', async (id, body, says) => {
    const { status, json } = await post(`${server.url}/models/${id}`, body, {});
    expect([status, json]).toEqual([400, { error: expect.stringContaining(says) }]);
  });
});

/** Matches what a test holds for. */
function satisfies(test: (value: unknown) => boolean): unknown {
  return { asymmetricMatch: test, toString: () => 'satisfies', getExpectedType: () => 'object' };
}

/** Whether numbers lie in lists, so many in each other. */
function levels(count: number): (value: unknown) => boolean {
  return (value) =>
    count === 0
      ? typeof value === 'number'
      : Array.isArray(value) && value.length > 0 && value.every(levels(count - 1));
}

/** Where the last of some entities ends. */
function lastEnd(entities: readonly unknown[]): number {
  return Math.max(0, ...entities.map((entity) => Number(own(entity, 'end'))));
}

/** Whether all vectors of a text are of length one. */
function ofLengthOne(value: unknown): boolean {
  if (!Array.isArray(value)) return false;
  if (!value.every((one) => typeof one === 'number')) return value.every(ofLengthOne);
  return Math.abs(Math.hypot(...value) - 1) < 1e-3;
}
