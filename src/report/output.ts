/**
 * Short words for the inputs and outputs of a smoke inference, whatever the task: the answer with the highest score, a
 * text in quotes, the shape of an array of numbers.
 */

import { isMapping } from '../mapping.js';
import { pictureSize } from '../media/picture-size.js';
import { probe } from '../media/probe.js';
import type { SmokeCase, SmokeCheck } from '../smoke/report.js';
import { bytes, decimal } from './quantities.js';

type Mapping = Readonly<Record<string, unknown>>;

/** One line that says what went in. */
export function inputInWords(input: unknown): string {
  if (typeof input === 'string') return quoted(input);
  if (isMapping(input)) {
    if ('inputs' in input) return inputInWords(input.inputs);
    const medium = mediumInWords(input);
    if (medium !== undefined) return medium;
    const seen = Object.values(input).flatMap((value) =>
      isMapping(value) ? (mediumInWords(value) ?? []) : [],
    );
    if (seen.length > 0) {
      const texts = Object.values(input).filter((value) => typeof value === 'string');
      return [...seen, ...texts.map(quoted)].join(', ');
    }
    for (const key of ['text', 'src', 'prompt', 'question']) {
      const value = input[key];
      if (typeof value === 'string') return quoted(value);
    }
    const table = input.structured_data ?? input.structuredData ?? input.table ?? input.data;
    if (isMapping(table)) return tableInWords(table);
    const messages = input.messages;
    if (Array.isArray(messages)) {
      const pictures: readonly unknown[] = Array.isArray(input.images) ? input.images : [];
      const names = pictures.flatMap((one) => (isMapping(one) ? (mediumInWords(one) ?? []) : []));
      return [...names, inputInWords(messages)].join(', ');
    }
  }
  if (Array.isArray(input)) {
    const last: unknown = input.at(-1);
    if (isMapping(last) && 'content' in last) {
      const words = contentInWords(last.content);
      if (words !== '') return words;
    }
    if (input.every(isMapping)) return input.length === 1 ? '1 row' : `${input.length} rows`;
  }
  return compact(input);
}

/** A picture or sound that went in; undefined when it is none. */
function mediumInWords(source: Mapping): string | undefined {
  const { kind, path, name, base64 } = source;
  if (kind === 'file' && typeof path === 'string') return path;
  if (kind === 'sample' && typeof name === 'string') return `${name} (made by formula)`;
  return kind === 'data' && typeof base64 === 'string' ? dataInWords(base64) : undefined;
}

const MEDIUM = { image: 'picture', audio: 'recording', video: 'video' } as const;

/** What bytes without a name are: `PNG picture, 64 × 48, 3.3 kB`. */
function dataInWords(base64: string): string {
  const data = Buffer.from(base64, 'base64');
  const medium = probe(data, 0);
  const size = bytes(data.byteLength);
  if (!Object.hasOwn(MEDIUM, medium.kind) || !('format' in medium) || medium.kind === 'damaged') {
    return `${size} of data`;
  }
  const pixels = pictureSize(data);
  const shape = pixels === null ? '' : `, ${pixels.width} × ${pixels.height}`;
  return `${medium.format} ${MEDIUM[medium.kind]}${shape}, ${size}`;
}

/** The texts of a message of a chat, and the names of its pictures. */
function contentInWords(content: unknown): string {
  if (!Array.isArray(content)) return inputInWords(content);
  return content
    .flatMap((part: unknown) => {
      if (!isMapping(part)) return [];
      if (typeof part.text === 'string') return [quoted(part.text)];
      return Object.values(part).flatMap((value) => (isMapping(value) ? (mediumInWords(value) ?? []) : []));
    })
    .join(', ');
}

/** The answer to an input in a table, made fit for it by `shown`; else why there is none. */
export function answerInWords(one: SmokeCase, shown: (text: string) => string): string {
  if (one.output !== undefined) return shown(outputInWords(one.output));
  return skippedChecks(one).length > 0 ? 'not run' : 'no answer';
}

/** Why an input was left out, where that is no fault of it; empty when it was run, or is at fault. */
export function skippedChecks({ checks }: SmokeCase): readonly SmokeCheck[] {
  return checks.every(({ status }) => status === 'skipped') ? checks : [];
}

/** One line that says what came out: the top answer. */
export function outputInWords(output: unknown): string {
  if (output === undefined) return '';
  if (typeof output === 'string') return quoted(output);
  if (Array.isArray(output)) {
    if (output.length === 1) return outputInWords(output[0]);
    const scores = output.map(scoreOf);
    if (scores.length > 0 && scores.every((score) => score !== undefined)) {
      const top = scores.reduce((best, score, index) => (score > (scores[best] ?? score) ? index : best), 0);
      return outputInWords(output[top]);
    }
    const shape = shapeOf(output);
    if (shape.length > 1) return `${shape.join(' × ')} numbers`;
    const labels = output.map((item) => (isMapping(item) ? item.label : undefined));
    if (labels.length > 0 && labels.every((label) => typeof label === 'string')) return labels.join(', ');
    if (output.length > 0 && output.every(isMapping)) return `${output.length} × ${outputInWords(output[0])}`;
  }
  if (isMapping(output)) {
    const label = output.label ?? output.answer ?? output.word ?? output.token_str;
    if (label !== undefined && typeof label !== 'object') {
      const score = scoreOf(output);
      return score === undefined ? String(label) : `${String(label)} ${decimal(score)}`;
    }
    for (const [key, value] of Object.entries(output)) {
      if (typeof value === 'string' && /(^|_)text$/.test(key)) return quoted(value);
    }
    const made = output.image ?? output.audio ?? output.depth;
    if (typeof made === 'string') return made;
  }
  if (typeof output === 'number') return decimal(output);
  return compact(output);
}

/** The score of an answer; numbers that JSON lacks come as `"NaN"` from the process that ran the model. */
function scoreOf(value: unknown): number | undefined {
  const score = isMapping(value) ? value.score : undefined;
  if (typeof score === 'number') return score;
  return score === 'NaN' || score === 'Infinity' || score === '-Infinity' ? Number(score) : undefined;
}

/** Sizes of a nested array of numbers, outermost first; empty when it is something else. */
function shapeOf(value: unknown): readonly number[] {
  const shape: number[] = [];
  let inner: unknown = value;
  while (Array.isArray(inner) && shape.length < 8) {
    shape.push(inner.length);
    inner = inner[0];
  }
  return typeof inner === 'number' ? shape : [];
}

function tableInWords(table: Mapping): string {
  const inner = isMapping(table.data) ? table.data : table;
  const columns = Object.values(inner);
  const rows = Math.max(0, ...columns.map((column) => (Array.isArray(column) ? column.length : 1)));
  const count = (number: number, noun: string) => `${number} ${noun}${number === 1 ? '' : 's'}`;
  return `${count(rows, 'row')} × ${count(columns.length, 'column')}`;
}

/** Longest stretch of a text that is ever shown; the format cuts further to the room it has. */
const LONGEST = 400;

function quoted(text: string): string {
  return `"${text.slice(0, LONGEST)}"`;
}

/** JSON without line breaks, cut early: the value may be huge, or hold itself. */
function compact(value: unknown): string {
  let room = LONGEST;
  const write = (item: unknown, depth: number): string => {
    if (room <= 0) return '…';
    if (typeof item === 'number') return spend(decimal(item));
    if (typeof item === 'string') return spend(JSON.stringify(item.slice(0, room)));
    if (typeof item !== 'object' || item === null) return spend(String(item));
    if (depth > 4) return spend('…');
    if (ArrayBuffer.isView(item)) return spend(`${item.byteLength} bytes`);
    const parts: string[] = [];
    const entries = Array.isArray(item)
      ? item.map((one: unknown) => ['', one] as const)
      : Object.entries(item);
    for (const [key, one] of entries) {
      if (room <= 0) {
        parts.push('…');
        break;
      }
      parts.push((key === '' ? '' : `${spend(key)}: `) + write(one, depth + 1));
    }
    return Array.isArray(item) ? `[${parts.join(', ')}]` : `{${parts.join(', ')}}`;
  };
  const spend = (text: string): string => {
    room -= text.length;
    return text;
  };
  return write(value, 0);
}
