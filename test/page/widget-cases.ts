import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { bytes } from '../serve/served.js';

/** A task whose widget is run once. */
export interface WidgetCase {
  /** Folder of the model among the fixtures. */
  readonly id: string;
  /** Where the API is asked, without a leading slash; at the model when absent. */
  readonly route?: string;
  /** Enters what no example of the card gives. */
  readonly enter?: (page: Page) => Promise<void>;
  /** What the API is asked for the same. */
  readonly body: () => unknown;
  /** Whether the widget shows what the API answered. */
  readonly shows: (answer: Locator, json: unknown) => Promise<void>;
}

type Row = Readonly<Record<string, unknown>>;

function rows(json: unknown): readonly Row[] {
  const list: unknown = Array.isArray(json) && Array.isArray(json[0]) ? json[0] : json;
  return Array.isArray(list) ? (list as readonly Row[]) : [list as Row];
}

/** All of these stand in the answer. */
async function says(answer: Locator, texts: readonly string[]): Promise<void> {
  expect(texts.length).toBeGreaterThan(0);
  const text = await answer.innerText();
  for (const one of texts) expect(text).toContain(one);
}

const fixed = (score: unknown) => Number(score).toFixed(3);

const bars = (key: string) => (answer: Locator, json: unknown) =>
  says(
    answer,
    rows(json).map((row) => `${String(row[key])}\n${fixed(row.score)}`),
  );
const text = (key: string) => (answer: Locator, json: unknown) =>
  says(answer, [String(rows(json)[0]?.[key])]);

/** Waits for something on the page; `expect.poll` knows only tests that run alone. */
async function until<T>(read: () => Promise<T>, holds: (value: T) => boolean): Promise<void> {
  const end = Date.now() + 30_000;
  let value = await read();
  while (!holds(value)) {
    if (Date.now() > end) throw new Error(`It stays ${String(value)}: ${holds.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    value = await read();
  }
}

/** One picture that the browser could decode. */
async function picture(answer: Locator): Promise<void> {
  const image = answer.locator('img').first();
  await image.waitFor();
  await until(
    () => image.evaluate((one) => (one as HTMLImageElement).naturalWidth),
    (width) => width > 0,
  );
}

/** One recording that the browser could decode. */
async function sound(answer: Locator): Promise<void> {
  const audio = answer.locator('audio').first();
  await audio.waitFor();
  await until(
    () => audio.evaluate((one) => (one as HTMLAudioElement).duration),
    (seconds) => seconds > 0.01,
  );
}

const columns = (names: readonly string[], row: readonly string[]) =>
  Object.fromEntries(names.map((name, index) => [name, [row[index]]]));

/** Each task that the server serves, by an example of its card, or by hand where that has none. */
export const WIDGET_CASES: readonly WidgetCase[] = [
  { id: 'text-classification', body: () => 'The movie was great!', shows: bars('label') },
  {
    id: 'token-classification',
    body: () => 'Anna Paul works for Google in Berlin.',
    async shows(answer, json) {
      await says(
        answer,
        rows(json).map(({ start, end }) => `${start} – ${end}`),
      );
      const marks = await answer.locator('mark').allInnerTexts();
      expect(marks).toEqual(rows(json).map(({ word, entity_group: group }) => `${word}${group}`));
    },
  },
  {
    id: 'fill-mask',
    body: () => 'The capital of France is [MASK].',
    shows: (answer, json) =>
      says(
        answer,
        rows(json).map(({ sequence }) => String(sequence)),
      ),
  },
  {
    id: 'question-answering',
    body: () => ({
      question: 'Where does Anna live?',
      context: 'Anna lives in Berlin and works for Google.',
    }),
    async shows(answer, json) {
      const [{ answer: found, start, end, score } = {}] = rows(json);
      await says(answer, [`${found} characters ${start} – ${end}, score ${fixed(score)}`]);
      expect(await answer.locator('mark').innerText()).toContain(String(found));
    },
  },
  {
    id: 'table-question-answering',
    body: () => ({
      query: 'in which city is John ?',
      table: {
        Person: ['Anna', 'John', 'Maria'],
        City: ['Paris', 'Berlin', 'Rome'],
        Company: ['Google', 'Apple', 'Amazon'],
      },
    }),
    async shows(answer, json) {
      expect(await answer.locator('mark').allInnerTexts()).toEqual(rows(json)[0]?.cells);
    },
  },
  {
    id: 'zero-shot-classification',
    body: () => ({
      inputs: 'The bank and the stock market',
      parameters: { candidate_labels: ['sports', 'finance', 'cooking'] },
    }),
    shows: bars('label'),
  },
  {
    id: 'sentence-similarity',
    body: () => ({
      source_sentence: 'The team won the football match',
      sentences: ['The coach and the player', 'The bank rose on the stock market', 'A tasty soup recipe'],
    }),
    shows: (answer, json) => says(answer, (json as readonly number[]).map(fixed)),
  },
  {
    id: 'text-ranking',
    async enter(page) {
      await page.getByLabel('Query').fill('the football team');
      await page.getByRole('textbox', { name: 'Text 1' }).fill('the soup recipe');
      await page.getByRole('button', { name: 'Add text' }).click();
      await page.getByRole('textbox', { name: 'Text 2' }).fill('the coach of the player');
    },
    body: () => ({ query: 'the football team', texts: ['the soup recipe', 'the coach of the player'] }),
    async shows(answer, json) {
      await says(
        answer,
        rows(json).map(({ score }) => fixed(score)),
      );
      expect(await answer.locator('li').first().innerText()).toContain('the coach of the player');
    },
  },
  {
    id: 'feature-extraction',
    body: () => 'The team won the football match',
    shows: (answer, json) => {
      const tokens = rows(json) as unknown as readonly (readonly number[])[];
      return says(answer, [`Shape 1 × ${tokens.length} × ${tokens[0]?.length}`]);
    },
  },
  {
    id: 'summarization',
    body: () => 'the big dog sleeps in the park . many people were there and the day was old .',
    shows: text('summary_text'),
  },
  { id: 'translation', body: () => 'the big dog sleeps', shows: text('translation_text') },
  {
    id: 'translation-languages',
    async enter(page) {
      await page.getByLabel('Text', { exact: true }).fill('chair');
      await page.getByText('Parameters', { exact: true }).click();
      await page.getByLabel('src_lang').fill('fra_Latn');
      await page.getByLabel('tgt_lang').fill('deu_Latn');
    },
    body: () => ({ inputs: 'chair', parameters: { src_lang: 'fra_Latn', tgt_lang: 'deu_Latn' } }),
    async shows(answer, json) {
      expect(json).toEqual([{ translation_text: 'fleisch' }]);
      await says(answer, ['fleisch']);
    },
  },
  {
    // The Hub retired the task: the card alone names it, as the next one.
    id: 'text2text-generation',
    route: 'pipeline/text2text-generation/text2text-generation',
    body: () => 'in french : the big dog sleeps',
    shows: text('generated_text'),
  },
  {
    id: 'conversational',
    route: 'pipeline/conversational/conversational',
    body: () => ({ text: 'Who are you?' }),
    shows: text('generated_text'),
  },
  { id: 'text-generation', body: () => 'Once upon a time', shows: text('generated_text') },
  {
    id: 'image-classification',
    body: () => bytes('image-classification/samples/red.png'),
    shows: bars('label'),
  },
  {
    id: 'object-detection',
    body: () => bytes('object-detection/samples/scene.png'),
    async shows(answer, json) {
      await picture(answer);
      const boxes = answer.locator('.widget-box');
      await until(
        () => boxes.count(),
        (count) => count === rows(json).length,
      );
      // The box lies where the answer says, in shares of the picture.
      const drawn = await boxes.first().boundingBox();
      const whole = await answer.locator('img').boundingBox();
      const [first = {}] = rows(json);
      const { xmin, ymin, xmax, ymax } = first.box as Readonly<Record<string, number>>;
      const { naturalWidth, naturalHeight } = await answer.locator('img').evaluate((one) => ({
        naturalWidth: (one as HTMLImageElement).naturalWidth,
        naturalHeight: (one as HTMLImageElement).naturalHeight,
      }));
      if (drawn === null || whole === null) throw new Error('nothing is drawn');
      const [x, y] = [whole.width / naturalWidth, whole.height / naturalHeight];
      expect(drawn.x - whole.x).toBeCloseTo(Number(xmin) * x, 0);
      expect(drawn.y - whole.y).toBeCloseTo(Number(ymin) * y, 0);
      expect(drawn.width).toBeCloseTo((Number(xmax) - Number(xmin)) * x, 0);
      expect(drawn.height).toBeCloseTo((Number(ymax) - Number(ymin)) * y, 0);
    },
  },
  {
    id: 'image-segmentation',
    body: () => bytes('image-segmentation/samples/scene.png'),
    async shows(answer, json) {
      await picture(answer);
      const masks = answer.locator('.widget-mask');
      await until(
        () => masks.count(),
        (count) => count === rows(json).length,
      );
      const first = answer.getByRole('button', { name: String(rows(json)[0]?.label) });
      await first.click();
      await until(
        () => masks.count(),
        (count) => count === rows(json).length - 1,
      );
      expect(await first.getAttribute('aria-pressed')).toBe('false');
    },
  },
  { id: 'depth-estimation', body: () => bytes('depth-estimation/samples/ramp.png'), shows: picture },
  {
    id: 'image-feature-extraction',
    body: () => bytes('image-feature-extraction/samples/red.png'),
    shows: (answer) => says(answer, ['Shape 1 × 17 × 32']),
  },
  { id: 'image-to-image', body: () => bytes('image-to-image/samples/small.png'), shows: picture },
  {
    id: 'image-to-text',
    body: () => bytes('image-to-text/samples/red_left.png'),
    shows: text('generated_text'),
  },
  {
    id: 'image-text-to-text',
    body: async () => ({
      inputs: {
        image: await base64('image-text-to-text/samples/stamp.png'),
        text: 'what color is the stamp ?',
      },
    }),
    shows: text('generated_text'),
  },
  {
    id: 'video-classification',
    body: () => bytes('video-classification/samples/darker.gif'),
    shows: bars('label'),
  },
  {
    id: 'zero-shot-image-classification',
    body: async () => ({
      inputs: await base64('zero-shot-image-classification/samples/blue.png'),
      parameters: { candidate_labels: ['a red square', 'a green square', 'a blue square'] },
    }),
    shows: bars('label'),
  },
  {
    id: 'zero-shot-object-detection',
    body: async () => ({
      inputs: await base64('zero-shot-object-detection/samples/scene.png'),
      parameters: { candidate_labels: ['a green box', 'a red box'] },
    }),
    async shows(answer, json) {
      await picture(answer);
      await until(
        () => answer.locator('.widget-box').count(),
        (count) => count === rows(json).length,
      );
      await says(
        answer,
        rows(json).map(({ label, score }) => `${label} ${fixed(score)}`),
      );
    },
  },
  {
    id: 'visual-question-answering',
    body: async () => ({
      inputs: {
        image: await base64('visual-question-answering/samples/green.png'),
        question: 'what color is it ?',
      },
    }),
    shows: bars('answer'),
  },
  {
    id: 'document-question-answering',
    body: async () => ({
      inputs: {
        image: await base64('document-question-answering/samples/page.png'),
        question: 'what color is the stamp ?',
      },
    }),
    shows: text('answer'),
  },
  { id: 'text-to-image', body: () => 'a photo of a red square', shows: picture },
  { id: 'unconditional-image-generation', body: () => ({ inputs: null }), shows: picture },
  {
    id: 'audio-classification',
    body: () => bytes('audio-classification/samples/low.wav'),
    shows: bars('label'),
  },
  {
    id: 'automatic-speech-recognition',
    body: () => bytes('automatic-speech-recognition/samples/hello.wav'),
    shows: text('text'),
  },
  {
    id: 'automatic-speech-recognition-whisper',
    async enter(page) {
      await page.getByText('Parameters', { exact: true }).click();
      await page.getByLabel('return_timestamps').selectOption('true');
    },
    body: async () => ({
      inputs: await base64('automatic-speech-recognition-whisper/samples/melody.wav'),
      parameters: { return_timestamps: true },
    }),
    async shows(answer, json) {
      const chunks = rows(json)[0]?.chunks as readonly Row[];
      await says(
        answer,
        chunks.map(({ text: said, timestamp }) => {
          const [from, to] = (timestamp as readonly number[]).map((second) => second.toFixed(2));
          return `${from} – ${to} s${said}`;
        }),
      );
    },
  },
  { id: 'audio-to-audio', body: () => bytes('audio-to-audio/samples/noisy.wav'), shows: sound },
  {
    // The Hub knows no such task: the card alone names it.
    id: 'zero-shot-audio-classification',
    route: 'pipeline/zero-shot-audio-classification/zero-shot-audio-classification',
    body: async () => ({
      inputs: await base64('zero-shot-audio-classification/samples/mid.wav'),
      parameters: { candidate_labels: ['a low tone', 'a mid tone', 'a high tone'] },
    }),
    shows: bars('label'),
  },
  { id: 'text-to-speech', body: () => 'hello', shows: sound },
  { id: 'text-to-audio', body: () => 'cde c', shows: sound },
  {
    id: 'tabular-classification',
    async enter(page) {
      await page.getByRole('button', { name: 'Add row' }).click();
      for (const [name, cell] of [
        ['sepal_length', '6.9'],
        ['sepal_width', '3.2'],
        ['petal_length', '5.7'],
        ['petal_width', '2.3'],
      ] as const) {
        await page.getByLabel(`${name}, row 2`).fill(cell);
      }
    },
    body: () => ({
      data: {
        sepal_length: ['5.1', '6.9'],
        sepal_width: ['3.5', '3.2'],
        petal_length: ['1.4', '5.7'],
        petal_width: ['0.2', '2.3'],
      },
    }),
    async shows(answer, json) {
      expect(await answer.locator('tbody td:first-child').allInnerTexts()).toEqual(json);
      expect(json).toEqual(['setosa', 'virginica']);
    },
  },
  {
    id: 'tabular-regression',
    body: () => ({
      data: columns(
        ['age', 'sex', 'bmi', 'bp', 's1', 's2', 's3', 's4', 's5', 's6'],
        [
          '0.03808',
          '0.05068',
          '0.0617',
          '0.02187',
          '-0.04422',
          '-0.03482',
          '-0.0434',
          '-0.00259',
          '0.01991',
          '-0.01765',
        ],
      ),
    }),
    async shows(answer, json) {
      const [first] = await answer.locator('tbody td:first-child').allInnerTexts();
      expect(Number(first)).toBeCloseTo((json as readonly number[])[0] ?? Number.NaN, 2);
    },
  },
  {
    id: 'time-series-forecasting',
    enter: (page) => page.getByLabel('Past values').fill('[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15]'),
    body: () => ({ inputs: { past_values: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15] } }),
    shows: (answer, json) =>
      says(
        answer,
        (json as readonly number[]).map((one) => String(Math.round(one))),
      ),
  },
  {
    id: 'reinforcement-learning',
    enter: (page) => page.getByLabel('Observations').fill('[[0, 0, 0.1, 0], [0, 0, -0.1, 0]]'),
    body: () => ({
      inputs: [
        [0, 0, 0.1, 0],
        [0, 0, -0.1, 0],
      ],
    }),
    async shows(answer, json) {
      const shown = await answer.locator('.widget-numbers span').allInnerTexts();
      expect(shown.map((one) => one.trim())).toEqual((json as readonly number[]).map(String));
    },
  },
];

async function base64(path: string): Promise<string> {
  return Buffer.from(await bytes(path)).toString('base64');
}
