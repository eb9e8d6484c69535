import { isMapping, own } from '../../mapping.js';
import { fault, kindOf, type Read, read } from '../task.js';

/** One value of a table. */
export type Cell = string | number | boolean | null;

/** Columns by name, all of the same length. */
export type Columns = Readonly<Record<string, readonly Cell[]>>;

/** A table as the Inference API takes it. */
export interface TableInput {
  readonly data: Columns;
}

/** Most rows or columns of an example that are run. */
const MAX_ROWS = 10_000;
const MAX_COLUMNS = 10_000;

/**
 * Reads a table of columns. A column that is a single value counts as one row, as the widgets of the Hub took it.
 * Cells that are dates (YAML reads bare dates as such) become their ISO text.
 */
export function readColumns(value: unknown): Read<Columns> {
  if (!isMapping(value)) {
    return fault([], `The table must be a mapping of column names to lists of values, not ${kindOf(value)}.`);
  }
  const names = Object.keys(value);
  if (names.length === 0) return fault([], 'The table has no columns.');
  if (names.length > MAX_COLUMNS) return fault([], `The table has more than ${MAX_COLUMNS} columns.`);
  const columns: Record<string, readonly Cell[]> = Object.create(null) as Record<string, readonly Cell[]>;
  let rows: number | undefined;
  for (const name of names) {
    const given = own(value, name);
    const list: readonly unknown[] = Array.isArray(given) ? given : [given];
    if (list.length > MAX_ROWS) return fault([name], `Column ${name} has more than ${MAX_ROWS} rows.`);
    const cells: Cell[] = [];
    for (const [index, item] of list.entries()) {
      const cell = item instanceof Date ? item.toISOString() : item;
      if (!isCell(cell)) {
        return fault(
          Array.isArray(given) ? [name, index] : [name],
          `A cell must be a number, a text or true or false, not ${kindOf(cell)}.`,
        );
      }
      // JSON has no infinity: `1e999` is read as one, and would be passed on as a missing value.
      if (cell === Number.POSITIVE_INFINITY || cell === Number.NEGATIVE_INFINITY) {
        return fault(
          Array.isArray(given) ? [name, index] : [name],
          'A cell must be a finite number: this one is larger than any.',
        );
      }
      cells.push(cell);
    }
    rows ??= cells.length;
    if (cells.length !== rows) {
      return fault(
        [name],
        `Column ${name} has ${cells.length} rows, ${names[0]} has ${rows}: all columns must have the same length.`,
      );
    }
    columns[name] = cells;
  }
  if (rows === 0) return fault([], 'The table has no rows.');
  return read(columns);
}

function isCell(value: unknown): value is Cell {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

/** How many rows a table has. */
export function rowCount(columns: Columns): number {
  for (const cells of Object.values(columns)) return cells.length;
  return 0;
}

/** Whether a table has all of some columns; more are allowed, as the Hub ignores them. */
export function missingColumns(columns: Columns, wanted: readonly string[]): readonly string[] {
  return wanted.filter((name) => !Object.hasOwn(columns, name));
}

/** A table’s cell as a number; texts that hold one count, as the API sends cells as texts. Null and empty are NaN. */
export function toNumber(cell: Cell | undefined): number | undefined {
  if (typeof cell === 'number') return cell;
  if (typeof cell === 'boolean') return cell ? 1 : 0;
  if (cell === null || cell === undefined) return Number.NaN;
  const text = cell.trim();
  if (text === '' || /^nan$/i.test(text)) return Number.NaN;
  const number = Number(text);
  return Number.isNaN(number) ? undefined : number;
}
