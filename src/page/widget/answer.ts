import { isMapping } from '../../mapping.js';
import type { OutputKind } from './tasks.js';
import { tensorOf } from './tensor.js';
import { cellText } from './values.js';
import {
  type Box,
  type Chunk,
  type Entity,
  type Mask,
  MOST,
  MOST_CHARACTERS,
  MOST_FILES,
  type Scored,
  type Sound,
  type View,
} from './view.js';

/** Reads the answer of a task, or the `output` that a card states, which has the same form. */
export function readAnswer(output: OutputKind, answer: unknown): View {
  return READERS[output](answer) ?? { kind: 'json', value: answer };
}

type Reader = (answer: unknown) => View | null;

const READERS: Readonly<Record<OutputKind, Reader>> = {
  labels: readLabels,
  answers: readLabels,
  tokens: readLabels,
  entities: (answer) => readEntities(answer, 'entities'),
  span: (answer) => readEntities(Array.isArray(answer) ? answer : [answer], 'span'),
  'table-answer': readTableAnswer,
  text: readTexts,
  transcript: readTexts,
  boxes: readBoxes,
  masks: readMasks,
  depth: readDepth,
  similarities: readSimilarities,
  ranking: readRanking,
  rows: readRows,
  numbers: readTensor,
  sounds: readSounds,
  file: (answer) => (answer instanceof Blob ? { kind: 'file', blob: answer } : null),
};

type Mapping = Readonly<Record<string, unknown>>;

/** Reads the items of a list, as far as they are shown; null where one has another form. */
function items<T>(list: unknown, read: (item: Mapping) => T | null, most = MOST): readonly T[] | null {
  if (!Array.isArray(list)) return null;
  const found: T[] = [];
  for (const item of list.slice(0, most) as readonly unknown[]) {
    const one = isMapping(item) ? read(item) : null;
    if (one === null) return null;
    found.push(one);
  }
  return found;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value.slice(0, MOST_CHARACTERS) : null;
}

function scoreOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function readLabels(answer: unknown): View | null {
  // The answer to several texts, of which the widget sends one.
  const list: unknown = Array.isArray(answer) && Array.isArray(answer[0]) ? answer[0] : answer;
  if (isMapping(list) && Array.isArray(list.labels) && Array.isArray(list.scores)) {
    const { labels, scores } = list;
    return readLabels(labels.map((label: unknown, index) => ({ label, score: scores[index] as unknown })));
  }
  const rows = items(list, (item): Scored | null => {
    const label = textOf(item.label ?? item.answer ?? item.token_str);
    if (label === null) return null;
    const detail = textOf(item.sequence);
    return { label, score: scoreOf(item.score), ...(detail === null ? {} : { detail }) };
  });
  return rows === null || !Array.isArray(list) ? null : { kind: 'labels', rows, all: list.length };
}

function readEntities(answer: unknown, kind: 'entities' | 'span'): View | null {
  const entities = items(answer, (item): Entity | null => {
    const word = textOf(item.word ?? item.answer);
    if (word === null) return null;
    const whole = (value: unknown) => (Number.isInteger(value) ? (value as number) : null);
    return {
      group: textOf(item.entity_group ?? item.entity ?? item.type) ?? 'answer',
      word,
      score: scoreOf(item.score),
      start: whole(item.start),
      end: whole(item.end),
    };
  });
  return entities === null || !Array.isArray(answer) ? null : { kind, entities, all: answer.length };
}

function readTableAnswer(answer: unknown): View | null {
  if (!isMapping(answer)) return null;
  const text = textOf(answer.answer);
  const { cells, coordinates } = answer;
  if (text === null) return null;
  const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value.slice(0, MOST) : []);
  return {
    kind: 'table-answer',
    answer: text,
    aggregator: textOf(answer.aggregator) ?? 'NONE',
    cells: list(cells).map(cellText),
    coordinates: list(coordinates).flatMap((pair): [number, number][] => {
      const [row, column] = list(pair);
      return typeof row === 'number' && typeof column === 'number' ? [[row, column]] : [];
    }),
  };
}

const TEXT_KEYS = ['generated_text', 'summary_text', 'translation_text', 'text'];

function readTexts(answer: unknown): View | null {
  const list: readonly unknown[] = Array.isArray(answer) ? answer : [answer];
  const texts = list.slice(0, MOST).flatMap((one) => {
    const found = isMapping(one)
      ? TEXT_KEYS.map((key) => textOf(one[key])).find((text) => text !== null)
      : textOf(one);
    return found === undefined || found === null ? [] : [found];
  });
  if (texts.length === 0 || texts.length < Math.min(list.length, MOST)) return null;
  const chunks = items(isMapping(answer) ? answer.chunks : undefined, (chunk): Chunk | null => {
    const text = textOf(chunk.text);
    const [from, to] = Array.isArray(chunk.timestamp) ? (chunk.timestamp as readonly unknown[]) : [];
    return text === null || typeof from !== 'number' ? null : { text, from, to: scoreOf(to) };
  });
  return { kind: 'texts', texts, chunks: chunks ?? [], all: list.length };
}

function readBoxes(answer: unknown): View | null {
  const boxes = items(answer, (item): Box | null => {
    const { box } = item;
    const label = textOf(item.label);
    if (label === null || !isMapping(box)) return null;
    const [xmin, ymin, xmax, ymax] = ['xmin', 'ymin', 'xmax', 'ymax'].map(
      (key) => scoreOf(box[key]) ?? Number.NaN,
    );
    if (xmin === undefined || ymin === undefined || xmax === undefined || ymax === undefined) return null;
    const score = scoreOf(item.score);
    return [xmin, ymin, xmax, ymax].every(Number.isFinite) ? { label, score, xmin, ymin, xmax, ymax } : null;
  });
  return boxes === null || !Array.isArray(answer) ? null : { kind: 'boxes', boxes, all: answer.length };
}

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

function base64Of(value: unknown): string | null {
  return typeof value === 'string' && BASE64.test(value) ? value : null;
}

function readMasks(answer: unknown): View | null {
  const masks = items(
    answer,
    (item): Mask | null => {
      const png = base64Of(item.mask);
      const label = textOf(item.label);
      const other = png === null && item.mask !== undefined;
      return other || label === null ? null : { label, score: scoreOf(item.score), png };
    },
    MOST_FILES,
  );
  return masks === null || !Array.isArray(answer) ? null : { kind: 'masks', masks, all: answer.length };
}

function readDepth(answer: unknown): View | null {
  if (!isMapping(answer)) return null;
  const png = base64Of(answer.depth);
  return png === null ? null : { kind: 'depth', png, tensor: tensorOf(answer.predicted_depth) };
}

function readSimilarities(answer: unknown): View | null {
  const numbers = Array.isArray(answer) && answer.every((one) => typeof one === 'number');
  return numbers
    ? { kind: 'similarities', scores: answer.slice(0, MOST) as readonly number[], all: answer.length }
    : null;
}

function readRanking(answer: unknown): View | null {
  const rows = items(answer, ({ index, score }) =>
    typeof index === 'number' && typeof score === 'number' ? { index, score } : null,
  );
  return rows === null || !Array.isArray(answer) ? null : { kind: 'ranking', rows, all: answer.length };
}

function readRows(answer: unknown): View | null {
  if (!Array.isArray(answer)) return null;
  const rows = answer
    .slice(0, MOST)
    .flatMap((row: unknown) => rowText(isMapping(row) ? row.label : row) ?? []);
  return rows.length < Math.min(answer.length, MOST) ? null : { kind: 'rows', rows, all: answer.length };
}

/** What is said of a row: a class, a number, or several of them; null where it is something else. */
function rowText(value: unknown): string | null {
  if (typeof value === 'string') return value.slice(0, MOST_CHARACTERS);
  // More digits than six say nothing of a prediction.
  if (typeof value === 'number') return String(Number(value.toPrecision(6)));
  const several = Array.isArray(value)
    ? value.slice(0, MOST).map((one: unknown) => (Array.isArray(one) ? null : rowText(one)))
    : [];
  return several.length === 0 || several.includes(null) ? null : several.join(', ');
}

function readTensor(answer: unknown): View | null {
  const tensor = tensorOf(answer);
  return tensor === null ? null : { kind: 'tensor', tensor };
}

function readSounds(answer: unknown): View | null {
  const sounds = items(
    answer,
    (item): Sound | null => {
      const data = base64Of(item.blob);
      const type = item['content-type'];
      return data === null || typeof type !== 'string' || !/^audio\/[\w.+-]+$/.test(type)
        ? null
        : { label: textOf(item.label) ?? 'sound', data, type };
    },
    MOST_FILES,
  );
  return sounds === null || sounds.length === 0 ? null : { kind: 'sounds', sounds };
}
