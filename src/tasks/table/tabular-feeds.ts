import { isMapping, own } from '../../mapping.js';
import { escapeText, preview } from '../../preview.js';
import type { SmokeCheck } from '../../smoke/report.js';
import type { GraphValue, OnnxSession, Tensors, TensorView } from '../../smoke/session.js';
import { numberTensor, rowsOf } from '../numbers/tensors.js';
import { inferenceOf, readExample } from '../reading/example.js';
import { readMapping } from '../reading/parameters.js';
import {
  type Example,
  fault,
  type Inference,
  kindOf,
  type ModelFacts,
  type Read,
  read,
  type Task,
  within,
} from '../task.js';
import {
  type Cell,
  type Columns,
  missingColumns,
  readColumns,
  rowCount,
  type TableInput,
  toNumber,
} from './table.js';

/** Reads a widget example with a table that has the columns of the model. */
export function readTableExample(
  tag: string,
  example: unknown,
  model: ModelFacts,
): Read<Example<TableInput>> {
  return readExample(example, '`structured_data`', (given) => {
    const key = ['structured_data', 'table'].find((name) => Object.hasOwn(given, name));
    if (key === undefined) {
      return fault([], `This widget example has no \`structured_data\`; ${tag} needs one.`);
    }
    const columns = within(key, readFitting(own(given, key), model));
    return columns.ok ? read({ data: columns.value }) : columns;
  });
}

/** Reads a request with a table, in each form in use. */
function readTableRequest(body: unknown, model: ModelFacts): Read<Inference<TableInput>> {
  if (!isMapping(body))
    return fault([], `Expected {"inputs": {"data": {column: [values]}}}, not ${kindOf(body)}.`);
  const path: string[] = [];
  let value: unknown = body;
  // The forms in use: inputs.data (JavaScript client), table (Python client), data, and the widget example’s key.
  for (const key of ['inputs', 'data', 'table', 'structured_data']) {
    const inner = own(value, key);
    if (isMapping(inner)) {
      value = inner;
      path.push(key);
    }
  }
  const columns = readFitting(value, model);
  return columns.ok
    ? read(table(columns.value))
    : fault([...path, ...columns.fault.path], columns.fault.message);
}

/** The table to run when the card has none: that of config.json, else a few rows as wide as the graph takes. */
function defaultTables(model: ModelFacts): readonly Inference<TableInput>[] {
  const example = readColumns(own(sklearnConfig(model), 'example_input'));
  if (example.ok && missingColumns(example.value, columnNames(model) ?? []).length === 0) {
    return [table(example.value)];
  }
  const names = columnNames(model) ?? unnamedColumns(model);
  return names === null ? [] : [table(sameInEachColumn(names, [0, 1, 10]))];
}

/** Rows far from those of the tables that are run. */
function contrastingTables(
  inferences: readonly Inference<TableInput>[],
  model: ModelFacts,
): readonly Inference<TableInput>[] {
  const first = inferences[0]?.input.data;
  const names = first === undefined ? (columnNames(model) ?? unnamedColumns(model)) : Object.keys(first);
  if (names === null) return [];
  if (first === undefined) return [table(sameInEachColumn(names, EXTREMES))];
  return [table(extremesOf(first))];
}

/** Whether config.json lists as many columns as the graph takes. */
function checkColumns(model: ModelFacts): readonly SmokeCheck[] {
  const columns = columnNames(model);
  const width = matrixWidth(model.graph?.inputs);
  if (columns === null || width === null || ownColumns(model) === null) return [];
  const id = 'columns';
  const input = model.graph?.inputs[0]?.name ?? 'the input';
  if (columns.length === width) {
    return [
      { id, status: 'passed', message: `config.json names ${width} columns, as many as the graph takes.` },
    ];
  }
  return [
    {
      id,
      status: 'failed',
      message: `config.json lists ${columns.length} columns (sklearn.columns), but the graph takes ${width} (${input}). Correct the list, or export the model that was trained on these columns.`,
    },
  ];
}

/** Whether there is one answer for each row of the table. */
export function checkRowCount(input: TableInput, answers: number): SmokeCheck {
  const id = 'one-answer-per-row';
  const rows = rowCount(input.data);
  return answers === rows
    ? { id, status: 'passed', message: `${rows} rows, ${rows} answers.` }
    : {
        id,
        status: 'failed',
        message: `The table has ${rows} rows, but the model gave ${answers} answers. The graph must keep the batch dimension.`,
      };
}

/** Runs a graph on a table: its tensors for all rows at once, or row by row where the graph was exported for a single one. */
export async function runTable(session: OnnxSession, input: TableInput): Promise<readonly Tensors[]> {
  const { config, graphs, json } = session;
  const names = columnNames({ config, graph: session, graphs, json }) ?? Object.keys(input.data);
  const rows = rowCount(input.data);
  // A graph that was exported for a single row is asked row by row, as every client has to.
  const size = session.inputs[0]?.shape?.[0] === 1 ? 1 : rows;
  const outputs: Tensors[] = [];
  for (let start = 0; start < rows; start += size) {
    outputs.push(await session.run(feeds(session.inputs, names, input.data, start, size)));
  }
  return outputs;
}

/** What tasks on tables have in common. */
export const TABLES = {
  readRequest: readTableRequest,
  readParameters: readMapping,
  defaultInferences: defaultTables,
  contrast: contrastingTables,
  checkModel: checkColumns,
  checkLabels: () => [],
} satisfies Partial<Task<TableInput>>;

/** The rows of a tensor [rows, columns], or of a list [rows]. */
export function matrix({ dims, data }: TensorView): readonly (readonly number[])[] {
  const [rows = 0, columns = 1] = dims;
  return rowsOf(Array.from(data as ArrayLike<unknown>, Number), columns).slice(0, rows);
}

function table(columns: Columns): Inference<TableInput> {
  return inferenceOf({ data: columns });
}

/** Reads a table and compares its columns with those of the model. */
function readFitting(value: unknown, model: ModelFacts): Read<Columns> {
  const columns = readColumns(value);
  if (!columns.ok) return columns;
  const wanted = columnNames(model);
  if (wanted === null) return columns;
  const missing = missingColumns(columns.value, wanted);
  if (missing.length === 0) return columns;
  const extra = Object.keys(columns.value).filter((name) => !wanted.includes(name));
  return fault(
    [],
    `The table lacks ${missing.length === 1 ? 'the column' : 'the columns'} ${some(missing)}${
      extra.length === 0 ? '' : `, and has ${some(extra)} instead`
    }. The model takes ${some(wanted)}.`,
  );
}

function some(names: readonly string[]): string {
  const shown = names
    .slice(0, 8)
    .map((name) => escapeText(name))
    .join(', ');
  return names.length > 8 ? `${shown} and ${names.length - 8} more` : shown;
}

/** `sklearn` of config.json, as skops writes it. */
function sklearnConfig({ config }: ModelFacts): unknown {
  return own(config, 'sklearn');
}

/** `sklearn.columns` of config.json; null when it is no list of names. */
function ownColumns(model: ModelFacts): readonly string[] | null {
  const columns = own(sklearnConfig(model), 'columns');
  if (!Array.isArray(columns) || columns.length === 0) return null;
  return columns.every((name): name is string => typeof name === 'string') ? columns : null;
}

/** The model’s columns in the order of the graph: from config.json, else from a graph that takes one input per column. */
function columnNames(model: ModelFacts): readonly string[] | null {
  const inputs = model.graph?.inputs;
  if (inputs !== undefined && inputs.length > 1) return inputs.map(({ name }) => name);
  return ownColumns(model);
}

/** How many columns a graph with a single matrix as input takes; null when it takes any number, or one input per column. */
function matrixWidth(inputs: readonly GraphValue[] | undefined): number | null {
  const width = inputs?.length === 1 ? inputs[0]?.shape?.[1] : undefined;
  return typeof width === 'number' ? width : null;
}

/** Made-up names for the columns of a graph that states only how many there are. */
function unnamedColumns({ graph }: ModelFacts): readonly string[] | null {
  const width = matrixWidth(graph?.inputs);
  return width === null || width > 10_000
    ? null
    : Array.from({ length: width }, (_, index) => `column_${index}`);
}

const EXTREMES = [-1000, -1, 0, 1, 1000];

function _rowsOf(names: readonly string[], values: readonly number[]): Columns {
  return Object.fromEntries(names.map((name) => [name, values]));
}

/** Rows in which every column has the same value. */
function sameInEachColumn(names: readonly string[], values: readonly number[]): Columns {
  return Object.fromEntries(names.map((name) => [name, values]));
}

/** Rows far from those of a table: each number column once far below, once far above, alone and together with the others. */
function extremesOf(columns: Columns): Columns {
  const entries = Object.entries(columns);
  const size = Math.min(entries.length, 16);
  const far = (cell: Cell | undefined, direction: number): Cell => {
    const number = toNumber(cell);
    if (number === undefined || Number.isNaN(number)) return cell ?? null;
    return number + direction * (10 * Math.abs(number) + 10);
  };
  return Object.fromEntries(
    entries.map(([name, cells], column) => {
      const cell = cells[0];
      const rows: Cell[] = [far(cell, -1), cell ?? null, far(cell, 1)];
      for (let other = 0; other < size; other++) {
        rows.push(
          other === column ? far(cell, 1) : (cell ?? null),
          other === column ? far(cell, -1) : (cell ?? null),
        );
      }
      return [name, rows];
    }),
  );
}

/** Input tensors of some rows: one matrix [rows, columns], or one column [rows, 1] per input. */
function feeds(
  inputs: readonly GraphValue[],
  names: readonly string[],
  columns: Columns,
  start: number,
  rows: number,
): Record<string, TensorView> {
  const slice = (name: string): readonly (Cell | undefined)[] =>
    (columns[name] ?? []).slice(start, start + rows);
  const [first] = inputs;
  if (first === undefined) throw new Error('The graph has no inputs.');
  if (inputs.length === 1) {
    const byColumn = names.map(slice);
    const cells = Array.from({ length: rows }, (_, row) => byColumn.map((column) => column[row])).flat();
    return { [first.name]: tensor(first, cells, [rows, names.length]) };
  }
  return Object.fromEntries(
    inputs.map((input) => {
      const dims = input.shape?.length === 1 ? [rows] : [rows, 1];
      return [input.name, tensor(input, slice(input.name), dims)];
    }),
  );
}

function tensor(
  input: GraphValue,
  cells: readonly (Cell | undefined)[],
  dims: readonly number[],
): TensorView {
  if (input.type === 'string') {
    const texts = cells.map((cell) => (cell === null || cell === undefined ? '' : String(cell)));
    return { type: 'string', dims, data: texts };
  }
  const numbers = cells.map((cell) => {
    const number = toNumber(cell);
    if (number === undefined) {
      throw new Error(`The graph’s input ${input.name} takes numbers, but the table holds ${preview(cell)}.`);
    }
    return number;
  });
  return numberTensor(input, numbers, dims);
}
