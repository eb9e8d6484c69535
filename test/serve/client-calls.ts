import { InferenceClient } from '@huggingface/inference';
import { HfInference } from 'huggingface-inference-2';
import { expect } from 'vitest';
import { bytes } from './served.js';

const today = new InferenceClient();
const yesterday = new HfInference();
/** Release 4 is told an address, release 2 takes one for the name of a model. */
const there = (at: string, id: string) => ({ endpointUrl: `${at}/models/${id}` });
const model = (at: string, id: string) => ({ model: `${at}/models/${id}` });
/** Release 4 has no such option, and asks again for as long as the model is not there. */
const wait = { wait_for_model: true };

const file = async (path: string, type = '') => new Blob([await bytes(path)], { type });
const close = (score: number) => expect.closeTo(score, 1);

const PATIENT = {
  age: ['0.03808'],
  sex: ['0.05068'],
  bmi: ['0.0617'],
  bp: ['0.02187'],
  s1: ['-0.04422'],
  s2: ['-0.03482'],
  s3: ['-0.0434'],
  s4: ['-0.00259'],
  s5: ['0.01991'],
  s6: ['-0.01765'],
};
const FLOWERS = {
  sepal_width: ['3.5', '2'],
  sepal_length: ['5.1', '5'],
  petal_length: ['1.4', '3.5'],
  petal_width: ['0.2', '1'],
};
const SENTENCES = {
  source_sentence: 'The team won the football match',
  sentences: ['The coach and the player', 'The bank rose on the stock market', 'A tasty soup recipe'],
};
const CITIES = {
  query: 'in which city is John ?',
  table: {
    Person: ['Anna', 'John', 'Maria'],
    City: ['Paris', 'Berlin', 'Rome'],
    Company: ['Google', 'Apple', 'Amazon'],
  },
};

/** A task: what each client is asked for it of the server at an address, and what both must get. */
export interface ClientCall {
  /** Name of the task, and of the model. */
  readonly id: string;
  readonly today: (at: string) => Promise<unknown>;
  readonly yesterday?: (at: string) => Promise<unknown>;
  readonly answer: unknown;
}

/** What the clients of `@huggingface/inference` know, each asked once. */
export const CALLS: readonly ClientCall[] = [
  {
    id: 'text-classification',
    today: (at) =>
      today.textClassification({ ...there(at, 'text-classification'), inputs: 'The movie was great!' }),
    yesterday: (at) =>
      yesterday.textClassification(
        { ...model(at, 'text-classification'), inputs: 'The movie was great!' },
        wait,
      ),
    answer: [
      { label: 'POSITIVE', score: close(1) },
      { label: 'NEGATIVE', score: close(0) },
    ],
  },
  {
    id: 'token-classification',
    today: (at) =>
      today.tokenClassification({
        ...there(at, 'token-classification'),
        inputs: 'Anna Paul works for Google in Berlin.',
      }),
    yesterday: (at) =>
      yesterday.tokenClassification(
        { ...model(at, 'token-classification'), inputs: 'Anna Paul works for Google in Berlin.' },
        wait,
      ),
    answer: [
      { entity_group: 'PER', word: 'Anna Paul', score: close(1), start: 0, end: 9 },
      { entity_group: 'ORG', word: 'Google', score: close(1), start: 20, end: 26 },
      { entity_group: 'LOC', word: 'Berlin', score: close(1), start: 30, end: 36 },
    ],
  },
  {
    id: 'fill-mask',
    today: (at) => today.fillMask({ ...there(at, 'fill-mask'), inputs: 'The capital of France is [MASK].' }),
    yesterday: (at) =>
      yesterday.fillMask({ ...model(at, 'fill-mask'), inputs: 'The capital of France is [MASK].' }, wait),
    answer: expect.arrayContaining([
      {
        sequence: 'the capital of france is paris.',
        score: expect.any(Number),
        token: expect.any(Number),
        token_str: 'paris',
      },
    ]),
  },
  {
    id: 'question-answering',
    today: (at) =>
      today.questionAnswering({
        ...there(at, 'question-answering'),
        inputs: { question: 'Where does Anna live?', context: 'Anna lives in Berlin and works for Google.' },
      }),
    yesterday: (at) =>
      yesterday.questionAnswering(
        {
          ...model(at, 'question-answering'),
          inputs: {
            question: 'Where does Anna live?',
            context: 'Anna lives in Berlin and works for Google.',
          },
        },
        wait,
      ),
    answer: { answer: 'Berlin', score: expect.any(Number), start: 14, end: 20 },
  },
  {
    id: 'table-question-answering',
    today: (at) =>
      today.tableQuestionAnswering({
        ...there(at, 'table-question-answering'),
        inputs: { ...CITIES, question: CITIES.query },
      }),
    yesterday: (at) =>
      yesterday.tableQuestionAnswering({ ...model(at, 'table-question-answering'), inputs: CITIES }, wait),
    answer: { answer: 'Berlin', coordinates: [[1, 1]], cells: ['Berlin'], aggregator: 'NONE' },
  },
  {
    id: 'summarization',
    today: (at) =>
      today.summarization({
        ...there(at, 'summarization'),
        inputs: 'the big dog sleeps in the park . many people were there and the day was old .',
      }),
    yesterday: (at) =>
      yesterday.summarization(
        {
          ...model(at, 'summarization'),
          inputs: 'the big dog sleeps in the park . many people were there and the day was old .',
        },
        wait,
      ),
    answer: { summary_text: 'dog sleeps in park' },
  },
  {
    id: 'translation',
    today: (at) => today.translation({ ...there(at, 'translation'), inputs: 'the big dog sleeps' }),
    yesterday: (at) =>
      yesterday.translation({ ...model(at, 'translation'), inputs: 'the big dog sleeps' }, wait),
    answer: { translation_text: 'le chien grand dort' },
  },
  {
    id: 'text-generation',
    // Release 4 asks the OpenAI route instead.
    today: (at) =>
      today.request({
        ...there(at, 'text-generation'),
        inputs: 'The quick brown',
        parameters: { max_new_tokens: 30 },
      }),
    yesterday: (at) =>
      yesterday
        .textGeneration(
          { ...model(at, 'text-generation'), inputs: 'The quick brown', parameters: { max_new_tokens: 30 } },
          wait,
        )
        .then((one) => [one]),
    answer: [{ generated_text: 'The quick brown fox jumps over the lazy dog.' }],
  },
  {
    id: 'zero-shot-classification',
    today: (at) =>
      today.zeroShotClassification({
        ...there(at, 'zero-shot-classification'),
        inputs: 'The bank and the stock market',
        parameters: { candidate_labels: ['sports', 'finance', 'cooking'] },
      }),
    answer: expect.arrayContaining([{ label: 'finance', score: close(1) }]),
  },
  {
    id: 'sentence-similarity',
    today: (at) => today.sentenceSimilarity({ ...there(at, 'sentence-similarity'), inputs: SENTENCES }),
    yesterday: (at) =>
      yesterday.sentenceSimilarity({ ...model(at, 'sentence-similarity'), inputs: SENTENCES }, wait),
    answer: [expect.any(Number), expect.any(Number), expect.any(Number)],
  },
  {
    id: 'feature-extraction',
    today: (at) =>
      today.featureExtraction({ ...there(at, 'feature-extraction'), inputs: SENTENCES.sentences }),
    yesterday: (at) =>
      yesterday.featureExtraction({ ...model(at, 'feature-extraction'), inputs: SENTENCES.sentences }, wait),
    answer: [expect.any(Array), expect.any(Array), expect.any(Array)],
  },
  {
    id: 'tabular-regression',
    today: (at) => today.tabularRegression({ ...there(at, 'tabular-regression'), inputs: { data: PATIENT } }),
    yesterday: (at) =>
      yesterday.tabularRegression({ ...model(at, 'tabular-regression'), inputs: { data: PATIENT } }, wait),
    answer: [expect.closeTo(231.3, 0)],
  },
  {
    // Its graph names the classes; these clients take their numbers.
    id: 'tabular-classification',
    today: (at) =>
      today.tabularClassification({ ...there(at, 'tabular-classification'), inputs: { data: FLOWERS } }),
    yesterday: (at) =>
      yesterday.tabularClassification(
        { ...model(at, 'tabular-classification'), inputs: { data: FLOWERS } },
        wait,
      ),
    answer: [0, 1],
  },
  {
    id: 'audio-classification',
    today: async (at) =>
      today.audioClassification({
        ...there(at, 'audio-classification'),
        data: await file('audio-classification/samples/low.wav'),
      }),
    yesterday: async (at) =>
      yesterday.audioClassification(
        { ...model(at, 'audio-classification'), data: await file('audio-classification/samples/low.wav') },
        wait,
      ),
    answer: expect.arrayContaining([{ label: 'low', score: expect.any(Number) }]),
  },
  {
    id: 'automatic-speech-recognition',
    today: async (at) =>
      today.automaticSpeechRecognition({
        ...there(at, 'automatic-speech-recognition'),
        data: await file('automatic-speech-recognition/samples/hello.wav'),
      }),
    yesterday: async (at) =>
      yesterday.automaticSpeechRecognition(
        {
          ...model(at, 'automatic-speech-recognition'),
          data: await file('automatic-speech-recognition/samples/hello.wav'),
        },
        wait,
      ),
    answer: { text: 'HELLO WORLD' },
  },
  {
    id: 'audio-to-audio',
    today: async (at) =>
      today.audioToAudio({
        ...there(at, 'audio-to-audio'),
        data: await file('audio-to-audio/samples/noisy.wav'),
      }),
    yesterday: async (at) =>
      yesterday.audioToAudio(
        { ...model(at, 'audio-to-audio'), data: await file('audio-to-audio/samples/noisy.wav') },
        wait,
      ),
    answer: [
      expect.objectContaining({ blob: expect.stringMatching(/^ZkxhQ/), 'content-type': 'audio/flac' }),
    ],
  },
  {
    id: 'image-classification',
    today: async (at) =>
      today.imageClassification({
        ...there(at, 'image-classification'),
        data: await file('image-classification/samples/red.png'),
      }),
    yesterday: async (at) =>
      yesterday.imageClassification(
        { ...model(at, 'image-classification'), data: await file('image-classification/samples/red.png') },
        wait,
      ),
    answer: expect.arrayContaining([{ label: 'red', score: close(1) }]),
  },
  {
    id: 'image-segmentation',
    today: async (at) =>
      today.imageSegmentation({
        ...there(at, 'image-segmentation'),
        inputs: await file('image-segmentation/samples/scene.png'),
      }),
    yesterday: async (at) =>
      yesterday.imageSegmentation(
        { ...model(at, 'image-segmentation'), data: await file('image-segmentation/samples/scene.png') },
        wait,
      ),
    answer: expect.arrayContaining([
      expect.objectContaining({ label: 'blue', mask: expect.stringMatching(/^iVBORw0KGgo/) }),
    ]),
  },
  {
    id: 'object-detection',
    today: async (at) =>
      today.objectDetection({
        ...there(at, 'object-detection'),
        data: await file('object-detection/samples/scene.png'),
      }),
    yesterday: async (at) =>
      yesterday.objectDetection(
        { ...model(at, 'object-detection'), data: await file('object-detection/samples/scene.png') },
        wait,
      ),
    answer: [
      {
        label: 'red box',
        score: expect.any(Number),
        box: {
          xmin: expect.closeTo(20, -1),
          ymin: expect.closeTo(10, -1),
          xmax: expect.closeTo(60, -1),
          ymax: expect.closeTo(40, -1),
        },
      },
    ],
  },
  {
    id: 'image-to-text',
    today: async (at) =>
      today.imageToText({
        ...there(at, 'image-to-text'),
        data: await file('image-to-text/samples/red_left.png'),
      }),
    yesterday: async (at) =>
      yesterday.imageToText(
        { ...model(at, 'image-to-text'), data: await file('image-to-text/samples/red_left.png') },
        wait,
      ),
    answer: { generated_text: 'a red box on the left side' },
  },
  {
    id: 'zero-shot-image-classification',
    today: async (at) =>
      today.zeroShotImageClassification({
        ...there(at, 'zero-shot-image-classification'),
        inputs: { image: await file('zero-shot-image-classification/samples/blue.png') },
        parameters: { candidate_labels: ['a red square', 'a green square', 'a blue square'] },
      }),
    yesterday: async (at) =>
      yesterday.zeroShotImageClassification(
        {
          ...model(at, 'zero-shot-image-classification'),
          inputs: { image: await file('zero-shot-image-classification/samples/blue.png') },
          parameters: { candidate_labels: ['a red square', 'a green square', 'a blue square'] },
        },
        wait,
      ),
    answer: expect.arrayContaining([{ label: 'a blue square', score: close(1) }]),
  },
  {
    id: 'document-question-answering',
    today: async (at) =>
      today.documentQuestionAnswering({
        ...there(at, 'document-question-answering'),
        inputs: {
          image: await file('document-question-answering/samples/page.png'),
          question: 'what color is the stamp ?',
        },
      }),
    yesterday: async (at) =>
      yesterday.documentQuestionAnswering(
        {
          ...model(at, 'document-question-answering'),
          inputs: {
            image: await file('document-question-answering/samples/page.png'),
            question: 'what color is the stamp ?',
          },
        },
        wait,
      ),
    answer: expect.objectContaining({ answer: 'green' }),
  },
  {
    id: 'visual-question-answering',
    today: async (at) =>
      today.visualQuestionAnswering({
        ...there(at, 'visual-question-answering'),
        inputs: {
          image: await file('visual-question-answering/samples/green.png'),
          question: 'what color is it ?',
        },
      }),
    yesterday: async (at) =>
      yesterday.visualQuestionAnswering(
        {
          ...model(at, 'visual-question-answering'),
          inputs: {
            image: await file('visual-question-answering/samples/green.png'),
            question: 'what color is it ?',
          },
        },
        wait,
      ),
    answer: expect.objectContaining({ answer: 'green' }),
  },
  {
    id: 'image-to-image',
    today: async (at) =>
      kind(
        await today.imageToImage({
          ...there(at, 'image-to-image'),
          inputs: await file('image-to-image/samples/small.png'),
        }),
      ),
    yesterday: async (at) =>
      kind(
        await yesterday.imageToImage(
          { ...model(at, 'image-to-image'), inputs: await file('image-to-image/samples/small.png') },
          wait,
        ),
      ),
    answer: ['image/jpeg', 'ffd8ffdb'],
  },
  {
    id: 'text-to-image',
    today: async (at) =>
      kind(
        (await today.textToImage(
          {
            ...there(at, 'text-to-image'),
            inputs: 'a photo of a red square',
            parameters: { num_inference_steps: 5, seed: 7 },
          },
          { outputType: 'blob' },
        )) as Blob,
      ),
    yesterday: async (at) =>
      kind(
        await yesterday.textToImage(
          { ...model(at, 'text-to-image'), inputs: 'a photo of a red square' },
          wait,
        ),
      ),
    answer: ['image/jpeg', 'ffd8ffdb'],
  },
  {
    id: 'text-to-speech',
    today: async (at) => kind(await today.textToSpeech({ ...there(at, 'text-to-speech'), inputs: 'ffff' })),
    yesterday: async (at) =>
      kind(await yesterday.textToSpeech({ ...model(at, 'text-to-speech'), inputs: 'ffff' }, wait)),
    answer: ['audio/flac', '664c6143'],
  },
];

/** The type of a file, and the first of its bytes. */
async function kind(blob: Blob): Promise<readonly [string, string]> {
  return [blob.type, Buffer.from(await blob.slice(0, 4).arrayBuffer()).toString('hex')];
}
