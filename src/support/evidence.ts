import type { Card, Metadata, Part } from '../card/card.js';
import { type JsonPath, toPointer } from '../card/path.js';
import type { Tables } from '../hub/tables.js';
import { own } from '../mapping.js';
import type { RepoFile } from '../repo/repo.js';
import type { Trace } from './traces.js';
import type { EvidencePlace } from './verdict.js';
import type { Weights } from './weights.js';

/** What is known of the repository, in the shape every question of the verdict is asked in. */
export interface Facts {
  readonly metadata: Metadata;
  readonly card: Card | undefined;
  readonly cardFile: string;
  /** Null when the files are unknown. */
  readonly files: readonly RepoFile[] | null;
  /** config.json when it is an object; null when there is none, or none that can be read. */
  readonly modelConfig: Metadata | null;
  /** Whether anything can be said about config.json: it was given, or the file list shows that there is none. */
  readonly configKnown: boolean;
  /** What shows that the model has a chat template, or null. */
  readonly chatTemplate: string | null;
  readonly tables: Tables;
  /** Whether the repository is so old that the Hub takes a config.json for transformers. */
  readonly configMeansTransformers: boolean;
  /** Libraries that left traces in the files, most specific first. */
  readonly traces: () => readonly Trace[];
  /** The weights the API would load for a library; null when the files are unknown. */
  readonly weights: (library: string) => Weights | null;
}

/** The card's tags. A bare string counts as one tag: the Hub has taken such cards. */
export function tagsOf(metadata: Metadata): readonly { readonly tag: string; readonly path: JsonPath }[] {
  const value = own(metadata, 'tags');
  if (typeof value === 'string') return [{ tag: value, path: ['tags'] }];
  if (!Array.isArray(value)) return [];
  return value.flatMap((tag: unknown, index) =>
    typeof tag === 'string' ? [{ tag, path: ['tags', index] }] : [],
  );
}

/** A place in the card, with its range where the card's positions are known. */
export function cardPlace(facts: Facts, path: JsonPath, part: Part = 'entry'): EvidencePlace {
  const span = facts.card?.spanOf(path, part);
  const range = span === undefined ? undefined : facts.card?.rangeAt(span);
  return { file: facts.cardFile, path: toPointer(path), ...(range === undefined ? {} : { range }) };
}

/** ` (line 7)` for a path of the card, or nothing when positions are unknown. */
export function line(facts: Facts, path: JsonPath): string {
  const range = cardPlace(facts, path).range;
  return range === undefined ? '' : ` (line ${range.start.line})`;
}

/** A value for a message: short, on one line, without characters that confuse a terminal. */
export function show(value: unknown): string {
  if (value === null) return 'null';
  if (value instanceof Date) return 'a date';
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Uint8Array) return 'binary data';
  if (typeof value === 'object') return 'a mapping';
  if (typeof value !== 'string') return String(value);
  if (/^[ -~]{0,60}$/.test(value)) return value;
  const printable = value
    .slice(0, 61)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
  return printable.length > 60 ? `${printable.slice(0, 59)}…` : printable;
}

/** Names for a sentence: `a, b or c`; no more than `limit` of them. */
export function list(names: Iterable<string>, word: 'and' | 'or' = 'and', limit = 8): string {
  const all = [...names];
  const shown = all.length > limit ? [...all.slice(0, limit - 1), `${all.length - limit + 1} more`] : all;
  const last = shown.at(-1) ?? '';
  return shown.length < 2 ? last : `${shown.slice(0, -1).join(', ')} ${word} ${last}`;
}
