import type { JsonPath } from '../card/path.js';
import { isMapping } from '../mapping.js';
import { label, preview } from '../preview.js';
import type { Finding, Rule } from './rule.js';
import { widgetExamples } from './shared/widget.js';

/** Keys whose value is a table; the last is an old name. */
const TABLES = ['table', 'structured_data', 'structuredData'];

export const widgetTableRagged: Rule = {
  id: 'widget-table-ragged',
  severity: 'warning',
  description: 'Tables of widget examples are columns of equal length, with a single value in each cell.',
  why: 'The widget sends the table as it stands, and the model refuses one whose columns differ in length.',
  source:
    'TableData in huggingface.js packages/tasks/src/widget-example.ts; hub-docs models-widgets-examples.md; pandas.DataFrame, into which the API turns the table',
  fixable: false,
  keys: ['widget'],
  good: [
    {
      text: '---\nwidget:\n- text: How many stars?\n  table:\n    Repository: [Transformers, Datasets]\n    Stars: [36542, 4512]\n---\n',
    },
  ],
  bad: [
    {
      text: '---\nwidget:\n- structured_data:\n    petal_length: [1.4, 4.7]\n    petal_width: [0.2]\n---\n',
    },
    { text: '---\nwidget:\n- structured_data:\n  - [petal_length, 1.4]\n---\n' },
  ],
  check(context) {
    if (context.card.metadata?.widget === undefined) return;
    for (const { path, value } of widgetExamples(context)) {
      for (const key of TABLES) {
        if (!Object.hasOwn(value, key)) continue;
        for (const found of tableFaults([...path, key], value[key])) context.report(found);
      }
    }
  },
};

function* tableFaults(path: JsonPath, table: unknown): Generator<Finding> {
  const name = `"${label(path)}"`;
  if (!isMapping(table)) {
    yield {
      message: `${name} must be a mapping of columns, not ${preview(table)}.`,
      path,
      part: table === null ? 'key' : 'value',
      help: 'Write each column as a key with the list of its values.',
    };
    return;
  }
  const columns = Object.keys(table);
  if (columns.length === 0) {
    yield {
      message: `${name} has no columns.`,
      path,
      part: 'value',
      help: 'Write the columns, or delete the example.',
    };
    return;
  }
  const lists = columns.filter((column) => Array.isArray(table[column]));
  // Single values make one row.
  const usual = lists.length === 0 ? 1 : usualLength(lists.map((column) => lengthOf(table[column])));
  for (const column of columns) {
    const value = table[column];
    const at = { path: [...path, column], part: 'value' as const };
    const length = lengthOf(value);
    if (length === 0) {
      yield {
        message: `The column "${label(at.path)}" is empty.`,
        ...at,
        help: 'Give it one value for each row.',
      };
    } else if (length !== usual) {
      yield {
        message: `The column "${label(at.path)}" has ${rows(length)}, the others have ${usual}.`,
        ...at,
        help: 'Give every column one value for each row.',
      };
    }
    const cells: readonly unknown[] = Array.isArray(value) ? value : [value];
    const wrong = cells.findIndex(
      (cell) => typeof cell === 'object' && cell !== null && !(cell instanceof Date),
    );
    if (wrong !== -1) {
      yield {
        message: `A cell must be a number or a text, but "${label([...at.path, wrong])}" is ${preview(cells[wrong])}.`,
        ...at,
        help: 'Write one value in each cell.',
      };
    }
  }
}

function lengthOf(column: unknown): number {
  return Array.isArray(column) ? column.length : 1;
}

/** The length that most columns have; of equally frequent ones the first. */
function usualLength(lengths: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const length of lengths) counts.set(length, (counts.get(length) ?? 0) + 1);
  let usual = lengths[0] ?? 0;
  for (const [length, count] of counts) if (count > (counts.get(usual) ?? 0)) usual = length;
  return usual;
}

function rows(count: number): string {
  return count === 1 ? '1 value' : `${count} values`;
}
