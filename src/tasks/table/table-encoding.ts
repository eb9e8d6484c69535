import type { Piece, Tensors, Tokenizer } from '../../smoke/session.js';
import { int64Tensor } from '../numbers/tensors.js';
import { namedToken } from '../text/text-encoding.js';
import { columnValues, compareKeys, sortKeys, type TableValue, valuesIn } from './table-values.js';

/** A table of texts with a question about it. */
export interface TableQuestion {
  readonly query: string;
  readonly columns: readonly string[];
  /** By row and column. */
  readonly rows: readonly (readonly string[])[];
}

/** How large a table a model takes. */
export interface TableLimits {
  /** Most tokens. */
  readonly tokens: number;
  /** How many there are of each of the seven kinds of token types; empty when unknown. */
  readonly types: readonly number[];
}

/** A question with its table as a TAPAS model takes them. */
export interface EncodedTable {
  readonly feeds: Tensors;
  /** For each token the cell that it is a part of, [row, column]; null for the question and the header. */
  readonly cells: readonly (readonly [row: number, column: number] | null)[];
  /** Rows that did not fit. */
  readonly dropped: number;
}

interface TableToken {
  readonly id: number;
  /** 1-based; 0 for the question. */
  readonly column: number;
  /** 1-based; 0 for the header and the question. */
  readonly row: number;
}

/** Where `token_type_ids` has what. */
const WIDTH = 7;

/**
 * Encodes a question and a table as `TapasTokenizer` of transformers does: `[CLS] question [SEP] header cells`, each token with
 * its segment, column, row, the rank of its cell in the column from below and from above, and how its number compares
 * with those of the question. Cells are cut and rows dropped until it fits. Throws when it cannot.
 */
export function encodeTable(
  tokenizer: Tokenizer,
  question: TableQuestion,
  limits: TableLimits,
): EncodedTable {
  const { query, columns, rows } = question;
  const [, mostColumns = 256, mostRows = 256] = limits.types;
  if (columns.length >= mostColumns) {
    throw new Error(
      `The table has ${columns.length} columns, but the model takes ${mostColumns - 1} at most.`,
    );
  }
  const asked = [
    specialId(tokenizer, 'cls_token', '[CLS]'),
    ...idsOf(tokenizer, query).map(({ id }) => id),
    specialId(tokenizer, 'sep_token', '[SEP]'),
  ];
  const cells = [columns, ...rows.slice(0, mostRows - 1)].map((row) =>
    row.map((text) => idsOf(tokenizer, text)),
  );
  const tokens = fitTokens(cells, limits.tokens - asked.length);
  const ranks = ranksOf(question, tokens.rows);
  const relations = relationsOf(question, tokens.rows);
  const capped = (value: number, kind: number) =>
    Math.min(value, (limits.types[kind] ?? Number.POSITIVE_INFINITY) - 1);
  const types = [
    ...asked.map(() => new Array<number>(WIDTH).fill(0)),
    ...tokens.table.map(({ column, row }) => {
      const rank = row === 0 ? undefined : ranks[column - 1]?.[row - 1];
      const relation = row === 0 ? 0 : (relations[column - 1]?.[row - 1] ?? 0);
      return [1, column, row, 0, capped(rank?.fromBelow ?? 0, 4), capped(rank?.fromAbove ?? 0, 5), relation];
    }),
  ];
  const ids = [...asked, ...tokens.table.map(({ id }) => id)];
  return {
    feeds: {
      input_ids: int64Tensor(ids, [1, ids.length]),
      attention_mask: int64Tensor(
        ids.map(() => 1),
        [1, ids.length],
      ),
      token_type_ids: int64Tensor(types.flat(), [1, ids.length, WIDTH]),
    },
    cells: [
      ...asked.map(() => null),
      ...tokens.table.map(({ column, row }) => (row === 0 ? null : ([row - 1, column - 1] as const))),
    ],
    dropped: rows.length - tokens.rows,
  };
}

/** The id of a special token that tokenizer_config.json names. */
function specialId(tokenizer: Tokenizer, key: string, usual: string): number {
  const id = tokenizer.idOf(namedToken(tokenizer.config, key) ?? usual);
  if (id === undefined) throw new Error(`tokenizer_config.json names no ${key} that is in the vocabulary.`);
  return id;
}

type CellToken = Pick<Piece, 'id' | 'startsWord'>;

/** What a cell may say instead of nothing. */
const NOTHING = /^(?:n\/a|\?|nan|[^\p{L}\p{N}]*)$/iu;

function idsOf(tokenizer: Tokenizer, text: string): readonly CellToken[] {
  const empty = NOTHING.test(text.trim()) ? tokenizer.idOf('[EMPTY]') : undefined;
  return empty === undefined ? tokenizer.pieces(text) : [{ id: empty, startsWord: true }];
}

/** As many tokens of each cell, and as many rows, as there is room for; the first row is the header. */
function fitTokens(
  cells: readonly (readonly (readonly CellToken[])[])[],
  room: number,
): { readonly table: readonly TableToken[]; readonly rows: number } {
  for (let rows = mostRows(cells, room); rows >= 1; rows--) {
    const kept = cells.slice(0, rows + 1);
    const longest = kept.flat().reduce((most, cell) => Math.max(most, cell.length), 1);
    // Most tables fit as they are, or with cells of a few tokens.
    for (let length = longest; length >= 1; length = Math.floor(length * 0.8)) {
      const table = kept.flatMap((row, at) =>
        row.flatMap((cell, column) =>
          cut(cell, length).map(({ id }) => ({ id, column: column + 1, row: at })),
        ),
      );
      if (table.length <= room) return { table, rows };
    }
  }
  throw new Error(
    'The question and the header of the table leave no room for a row: they are longer than the model takes.',
  );
}

/** How many rows fit when their cells are cut to their first words; large tables are not tried row by row. */
function mostRows(cells: readonly (readonly (readonly CellToken[])[])[], room: number): number {
  let taken = 0;
  for (const [at, row] of cells.entries()) {
    taken += row.reduce((sum, cell) => sum + cut(cell, 1).length, 0);
    if (taken > room) return at - 1;
  }
  return cells.length - 1;
}

/** The tokens of the words that begin among the first `length` ones. */
function cut(cell: readonly CellToken[], length: number): readonly CellToken[] {
  let begin = 0;
  return cell.filter(({ startsWord }, index) => {
    if (startsWord) begin = index;
    return begin < length;
  });
}

interface Rank {
  readonly fromBelow: number;
  readonly fromAbove: number;
}

/** By column and row, the ranks of cells among the numbers or dates of their column. */
function ranksOf({ columns, rows }: TableQuestion, kept: number): readonly (readonly (Rank | undefined)[])[] {
  return columns.map((_, column) => {
    const values = columnValues(rows.slice(0, kept).map((row) => row[column] ?? ''));
    const keys = keysOf(values);
    if (keys === null) return [];
    const sorted = [...keys.values()].sort(compareKeys);
    const different = sorted.filter(
      (key, index) => index === 0 || compareKeys(sorted[index - 1] ?? [], key) !== 0,
    );
    return values.map((_value, row) => {
      const key = keys.get(row);
      if (key === undefined) return undefined;
      const place = different.findIndex((one) => compareKeys(one, key) === 0);
      return { fromBelow: place + 1, fromAbove: different.length - place };
    });
  });
}

/** Sort keys by row of the rows that have a value. */
function keysOf(values: readonly (TableValue | null)[]): ReadonlyMap<number, readonly number[]> | null {
  const there = values.flatMap((value, row) => (value === null ? [] : [{ row, value }]));
  const keys = sortKeys(there.map(({ value }) => value));
  return keys === null ? null : new Map(there.map(({ row }, index) => [row, keys[index] ?? []]));
}

/** By column and row, how the numbers of the question compare with a cell: 1 equal, 2 less, 4 greater, added up. */
function relationsOf({ query, columns, rows }: TableQuestion, kept: number): readonly (readonly number[])[] {
  const asked = valuesIn(query);
  return columns.map((_, column) => {
    if (asked.length === 0) return [];
    const values = columnValues(rows.slice(0, kept).map((row) => row[column] ?? ''));
    const there = values.filter((value): value is TableValue => value !== null);
    const relations = values.map(() => 0);
    for (const one of asked) {
      const keys = there.length === 0 ? null : sortKeys([one, ...there]);
      if (keys === null) continue;
      const [key = [], ...others] = keys;
      let next = 0;
      for (const [row, value] of values.entries()) {
        if (value === null) continue;
        const apart = compareKeys(key, others[next] ?? []);
        next += 1;
        relations[row] = (relations[row] ?? 0) | (apart === 0 ? 1 : apart < 0 ? 2 : 4);
      }
    }
    return relations;
  });
}
