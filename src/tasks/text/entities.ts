import type { Piece } from '../../smoke/session.js';
import { indexOfLargest } from '../numbers/numbers.js';
import { characterIndexes } from '../reading/text-input.js';

/** Names of the ways in which tokens become entities. */
export const STRATEGIES = ['none', 'simple', 'first', 'average', 'max'] as const;
/** How tokens become entities (`AggregationStrategy` of transformers). */
export type Strategy = (typeof STRATEGIES)[number];

/** An entity as the Inference API gives it. `start` and `end` count characters; `word` is what lies between them. */
export interface Entity {
  /** Where tokens are grouped. */
  readonly entity_group?: string;
  /** Where they are not. */
  readonly entity?: string;
  readonly score: number;
  /** Which token it is, where they are not grouped. */
  readonly index?: number;
  readonly word: string;
  readonly start: number;
  readonly end: number;
}

/** A token with its scores. */
export interface TaggedToken {
  readonly piece: Piece;
  readonly logits: readonly number[];
  readonly scores: readonly number[];
  /** Its place among all tokens, special ones counted. */
  readonly index: number;
}

/** The mean of rows, place by place. */
export function meanRow(rows: readonly (readonly number[])[]): readonly number[] {
  const [first = []] = rows;
  return first.map((_, index) => rows.reduce((sum, row) => sum + (row[index] ?? 0), 0) / rows.length);
}

/** A token or a word with the label that was chosen for it; places as for `slice`. */
interface Labelled {
  readonly label: string;
  readonly score: number;
  readonly index: number;
  readonly start: number;
  readonly end: number;
}

/** Groups tokens as `TokenClassificationPipeline.aggregate` of transformers does. */
export function entitiesOf(
  text: string,
  tokens: readonly TaggedToken[],
  strategy: Strategy,
  name: (index: number) => string,
): readonly Entity[] {
  const place = characterIndexes(text);
  const span = ({ start, end }: { readonly start: number; readonly end: number }) => ({
    word: text.slice(start, end),
    start: place(start),
    end: place(end),
  });
  // A token that is only a space has no place in the text.
  const visible = tokens.filter(({ piece }) => piece.end > piece.start);
  const labelled = (
    strategy === 'none' || strategy === 'simple' ? visible.map((token) => [token]) : wordsOf(visible)
  ).map((word) => labelWord(word, strategy, name));
  if (strategy === 'none') {
    return labelled.map((one) => ({ entity: one.label, score: one.score, index: one.index, ...span(one) }));
  }
  const groups: Labelled[][] = [];
  for (const one of labelled) {
    const group = groups.at(-1);
    const last = group?.at(-1);
    const { begins, kind } = tagOf(one.label);
    if (group !== undefined && last !== undefined && !begins && tagOf(last.label).kind === kind)
      group.push(one);
    else groups.push([one]);
  }
  return groups.flatMap((group) => {
    const [first] = group;
    const last = group.at(-1);
    if (first === undefined || last === undefined) return [];
    const score = group.reduce((sum, one) => sum + one.score, 0) / group.length;
    // What follows the first hyphen: names may have more of them (`B-GPE-LOC`).
    const group_name = first.label.slice(first.label.indexOf('-') + 1);
    return [{ entity_group: group_name, score, ...span({ start: first.start, end: last.end }) }];
  });
}

/** Tokens by the words of the tokenizer. */
function wordsOf(tokens: readonly TaggedToken[]): readonly (readonly TaggedToken[])[] {
  const words: TaggedToken[][] = [];
  for (const token of tokens) {
    const word = words.at(-1);
    if (word === undefined || token.piece.startsWord) words.push([token]);
    else word.push(token);
  }
  return words;
}

/** The label of a word: that of its first token, of its surest one, or of the mean of their scores. */
function labelWord(
  word: readonly TaggedToken[],
  strategy: Strategy,
  name: (index: number) => string,
): Labelled {
  const [first] = word;
  const highest = (token: TaggedToken | undefined) => Math.max(...(token?.scores ?? []));
  const surest = word.reduce<TaggedToken | undefined>(
    (best, token) => (best === undefined || highest(token) > highest(best) ? token : best),
    undefined,
  );
  const scores =
    strategy === 'average'
      ? meanRow(word.map((token) => token.scores))
      : ((strategy === 'max' ? surest : first)?.scores ?? []);
  const top = indexOfLargest(scores);
  return {
    label: name(top),
    score: scores[top] ?? Number.NaN,
    index: first?.index ?? 0,
    start: first?.piece.start ?? 0,
    end: word.at(-1)?.piece.end ?? 0,
  };
}

/** `B-PER` begins an entity, `I-PER` continues one; a label without either counts as continuing. */
function tagOf(label: string): { readonly begins: boolean; readonly kind: string } {
  if (label.startsWith('B-')) return { begins: true, kind: label.slice(2) };
  return { begins: false, kind: label.startsWith('I-') ? label.slice(2) : label };
}
