import type { JsonPath } from '../../card/path.js';
import { isMapping, own } from '../../mapping.js';
import type { Fault } from '../task.js';
import { kindOf } from '../task.js';
import type { OutputKind } from '../widget-examples.js';

/** A widget example, for what its output is about. */
type Example = Readonly<Record<string, unknown>>;

/** Most items of an output that are looked at. */
const MOST = 1000;

/** How an output of each kind is written. */
const FORMS: Readonly<Record<OutputKind, string>> = {
  labels: 'a list of "label" and "score"',
  entities: 'a list of "entity_group", "word" and "score"',
  tokens: 'a list of "label" and "score"',
  'zero-shot': 'a list of "label" and "score"',
  answer: '"answer" and "score"',
  'table-answer': '"answer", with "cells" and "coordinates"',
  text: '"text: …"',
  boxes: 'a list of "label", "score" and "box"',
  segments: 'a list of "label" and "mask"',
  similarities: 'a list of numbers, one for each sentence',
  vectors: 'lists of numbers',
  rows: 'a list with one value for each row',
  file: '"url: …"',
  any: 'anything',
};

/** How an output of a kind is written, for a sentence. */
export function outputForm(kind: OutputKind): string {
  return FORMS[kind];
}

/**
 * What does not fit in the `output` of a widget example; paths begin inside the output. Any task may show a file, as
 * `{url}`. `bounded` says that scores are probabilities, as they are unless the model is a regression.
 */
export function outputFaults(
  kind: OutputKind,
  output: unknown,
  example: Example,
  bounded: boolean,
): readonly Fault[] {
  if (isMapping(output) && typeof own(output, 'url') === 'string') return [];
  return [
    ...shapeFaults(kind, output, example),
    ...scoreFaults(output, bounded),
    ...spanFaults(kind, output, example),
  ];
}

function* shapeFaults(kind: OutputKind, output: unknown, example: Example): Generator<Fault> {
  const wrong = (value = output, path: JsonPath = []): Fault => ({
    path,
    message: `must be ${FORMS[kind]}, not ${kindOf(value)}`,
  });
  switch (kind) {
    case 'any':
      return;
    case 'file':
      yield isMapping(output) ? { path: [], message: 'lacks "url", the file that came out' } : wrong();
      return;
    case 'text': {
      const items = Array.isArray(output) && output.length > 0 ? output : [output];
      for (const item of items.slice(0, MOST)) {
        if (!isMapping(item)) yield wrong(item);
        else if (TEXTS.every((key) => typeof own(item, key) !== 'string')) {
          const key = TEXTS.find((name) => own(item, name) !== undefined);
          yield key === undefined
            ? { path: [], message: 'lacks "text"' }
            : { path: [key], message: `must be a text, not ${kindOf(own(item, key))}` };
        }
      }
      return;
    }
    case 'answer':
    case 'table-answer': {
      const items = Array.isArray(output) && output.length > 0 ? output : [output];
      for (const [index, item] of items.slice(0, MOST).entries()) {
        const path = Array.isArray(output) ? [index] : [];
        if (!isMapping(item)) yield wrong(item, path);
        else yield* keyFaults(item, path, kind === 'answer' ? ANSWER : TABLE_ANSWER);
      }
      return;
    }
    case 'similarities':
    case 'rows':
    case 'vectors':
      yield* numberFaults(kind, output, example, wrong());
      return;
    case 'zero-shot':
      if (isMapping(output) && Array.isArray(own(output, 'labels')) && Array.isArray(own(output, 'scores')))
        return;
      break;
    default:
  }
  if (!Array.isArray(output)) {
    yield wrong();
    return;
  }
  for (const [index, item] of output.slice(0, MOST).entries()) {
    if (!isMapping(item)) yield wrong(item, [index]);
    else yield* keyFaults(item, [index], ITEM_KEYS[kind]?.(item) ?? LABEL);
  }
}

/** What the API calls a text that came out, beside the widget’s own name. */
const TEXTS = ['text', 'generated_text', 'summary_text', 'translation_text'];

type Keys = readonly (readonly [name: string, type: 'string' | 'number' | 'object'])[];

const LABEL: Keys = [
  ['label', 'string'],
  ['score', 'number'],
];
const ANSWER: Keys = [
  ['answer', 'string'],
  ['score', 'number'],
];
const TABLE_ANSWER: Keys = [['answer', 'string']];

/** The keys of an item, where they depend on it. */
const ITEM_KEYS: Partial<Record<OutputKind, (item: Example) => Keys>> = {
  entities: (item) => [
    [Object.hasOwn(item, 'entity') ? 'entity' : 'entity_group', 'string'],
    ['word', 'string'],
    ['score', 'number'],
  ],
  tokens: (item) => (Object.hasOwn(item, 'token_str') ? [['score', 'number']] : LABEL),
  boxes: () => [...LABEL, ['box', 'object']],
  segments: () => [['label', 'string']],
};

function* keyFaults(item: Example, path: JsonPath, keys: Keys): Generator<Fault> {
  for (const [key, type] of keys) {
    const value = own(item, key);
    if (value === undefined) yield { path, message: `lacks "${key}"` };
    else if (type === 'object' ? !isMapping(value) : typeof value !== type) {
      const wanted = { string: 'a text', number: 'a number', object: 'a mapping' }[type];
      yield { path: [...path, key], message: `must be ${wanted}, not ${kindOf(value)}` };
    }
  }
}

function* numberFaults(kind: OutputKind, output: unknown, example: Example, wrong: Fault): Generator<Fault> {
  if (!Array.isArray(output)) {
    yield wrong;
    return;
  }
  if (kind !== 'similarities') return;
  const index = output.slice(0, MOST).findIndex((item) => typeof item !== 'number');
  const sentences = own(example, 'sentences');
  if (index !== -1) yield { path: [index], message: `must be a number, not ${kindOf(output[index])}` };
  else if (Array.isArray(sentences) && sentences.length !== output.length) {
    yield { path: [], message: `has ${output.length} numbers for ${sentences.length} sentences` };
  }
}

/** Items of a list, or the output itself, that are mappings. */
function* itemsOf(output: unknown): Generator<{ readonly item: Example; readonly path: JsonPath }> {
  if (isMapping(output)) yield { item: output, path: [] };
  if (!Array.isArray(output)) return;
  for (const [index, item] of output.slice(0, MOST).entries()) {
    if (isMapping(item)) yield { item, path: [index] };
  }
}

function* scoreFaults(output: unknown, bounded: boolean): Generator<Fault> {
  if (!bounded) return;
  for (const { item, path } of itemsOf(output)) {
    const score = own(item, 'score');
    if (typeof score !== 'number' || (score >= 0 && score <= 1)) continue;
    const percent =
      score > 1 && score <= 100 ? `; ${score} percent is ${Number((score / 100).toPrecision(12))}` : '';
    yield { path: [...path, 'score'], message: `is ${score}, but a score lies between 0 and 1${percent}` };
  }
}

/** Offsets count characters, as Python does, in the text of entities and in the context of answers. */
function* spanFaults(kind: OutputKind, output: unknown, example: Example): Generator<Fault> {
  if (kind !== 'entities' && kind !== 'answer') return;
  const key = kind === 'entities' ? 'text' : 'context';
  const text = own(example, key);
  if (typeof text !== 'string') return;
  let length: number | undefined;
  for (const { item, path } of itemsOf(output)) {
    const start = own(item, 'start');
    const end = own(item, 'end');
    if (typeof start !== 'number' || typeof end !== 'number') continue;
    length ??= countCharacters(text);
    if (start < 0 || end < start || end > length) {
      yield {
        path: [...path, end > length ? 'end' : 'start'],
        message: `${start} to ${end} is no part of "${key}", which has ${length} characters`,
      };
    }
  }
}

function countCharacters(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
