import { isMapping, own } from '../mapping.js';
import type { SmokeCheck } from '../smoke/report.js';
import type { GraphValue, OnnxSession, TensorData, TensorView } from '../smoke/session.js';
import { checkExpectedScores, checkProbabilities, readScores, type Scored } from './classification.js';
import { compareScores, compareTexts } from './compare.js';
import { readMapping, titleAndOutput } from './example.js';
import {
  type Cell,
  type Columns,
  missingColumns,
  readColumns,
  rowCount,
  type TableInput,
  toNumber,
} from './table.js';
import {
  type Answer,
  fault,
  type Inference,
  kindOf,
  type ModelFacts,
  type Read,
  read,
  type Task,
} from './task.js';

/** What the checks need to know of an answer. */
export interface TabularClassificationFacts {
  /** The predicted class of each row. */
  readonly labels: readonly (string | number)[];
  /** Probabilities by row and class; null when the graph gives none as a tensor. */
  readonly probabilities: readonly (readonly number[])[] | null;
  /** An output that is no tensor and cannot be read; null when there is none. */
  readonly unreadable: string | null;
}

/** A class for each row of a table. */
export const tabularClassification: Task<TableInput, TabularClassificationFacts> = {
  tag: 'tabular-classification',
  ways: [{ runner: 'onnx', needs: [], run }],

  readExample(example, model) {
    if (!isMapping(example)) {
      return fault([], `A widget example is a mapping with \`structured_data\`, not ${kindOf(example)}.`);
    }
    const key = ['structured_data', 'table'].find((name) => Object.hasOwn(example, name));
    if (key === undefined) {
      return fault([], 'This widget example has no `structured_data`; tabular-classification needs one.');
    }
    const columns = readFitting(own(example, key), model);
    if (!columns.ok) return fault([key, ...columns.fault.path], columns.fault.message);
    return read({ ...table(columns.value), ...titleAndOutput(example) });
  },

  readRequest(body, model) {
    if (!isMapping(body))
      return fault([], `Expected {"inputs": {"data": {column: [values]}}}, not ${kindOf(body)}.`);
    const path: string[] = [];
    let value: unknown = body;
    // The forms in use: inputs.data (JavaScript client), table (Python client), data, and the widget example's key.
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
  },

  readParameters: readMapping,

  defaultInferences(model) {
    const example = readColumns(own(sklearnConfig(model), 'example_input'));
    if (example.ok && missingColumns(example.value, columnNames(model) ?? []).length === 0) {
      return [table(example.value)];
    }
    const names = columnNames(model) ?? unnamedColumns(model);
    return names === null ? [] : [table(rowsOf(names, [0, 1, 10]))];
  },

  contrast(inferences, model) {
    const first = inferences[0]?.input.data;
    const names = first === undefined ? (columnNames(model) ?? unnamedColumns(model)) : Object.keys(first);
    if (names === null) return [];
    if (first === undefined) return [table(rowsOf(names, EXTREMES))];
    return [table(extremesOf(first))];
  },

  checkModel(model) {
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
  },

  checkAnswer({ inference, facts, expected }) {
    const rows = rowCount(inference.input.data);
    const checks: SmokeCheck[] = [];
    checks.push(
      facts.labels.length === rows
        ? { id: 'one-answer-per-row', status: 'passed', message: `${rows} rows, ${rows} answers.` }
        : {
            id: 'one-answer-per-row',
            status: 'failed',
            message: `The table has ${rows} rows, but the model gave ${facts.labels.length} answers. The graph must keep the batch dimension.`,
          },
    );
    if (facts.probabilities === null) {
      checks.push({
        id: 'probabilities',
        status: 'skipped',
        message:
          facts.unreadable === null
            ? 'The graph gives classes only, no probabilities.'
            : `The graph gives ${facts.unreadable} as a list of dictionaries (ZipMap), which cannot be read here. Convert with options={"zipmap": False} to have the probabilities checked.`,
      });
    } else if (facts.probabilities.every((row) => row.every(Number.isFinite))) {
      checks.push(checkProbabilities(facts.probabilities, true, 'The probabilities'));
    }
    if (expected !== undefined) checks.push(checkExpected(facts, expected));
    return checks;
  },

  checkLabels: () => [],

  vectors: ({ facts }) => facts.labels.map((label, row) => [label, ...(facts.probabilities?.[row] ?? [])]),

  compare: ({ facts: full }, { facts: other }) =>
    full.probabilities === null || other.probabilities === null
      ? compareTexts(full.labels.map(String), other.labels.map(String))
      : compareScores(full.probabilities, other.probabilities),
};

function table(columns: Columns): Inference<TableInput> {
  return { input: { data: columns }, parameters: {} };
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
  const shown = names.slice(0, 8).join(', ');
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

/** The model's columns in the order of the graph: from config.json, else from a graph that takes one input per column. */
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

/** Rows in which every column has the same value. */
function rowsOf(names: readonly string[], values: readonly number[]): Columns {
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

async function run(
  session: OnnxSession,
  { input }: Inference<TableInput>,
): Promise<Answer<TabularClassificationFacts>> {
  const names =
    columnNames({ config: session.config, graph: session, graphs: session.graphs, json: session.json }) ??
    Object.keys(input.data);
  const rows = rowCount(input.data);
  const fixed = session.inputs[0]?.shape?.[0];
  // A graph that was exported for a single row is asked row by row, as every client has to.
  const size = fixed === 1 ? 1 : rows;
  const labels: (string | number)[] = [];
  const probabilities: number[][] = [];
  for (let start = 0; start < rows; start += size) {
    const outputs = await session.run(feeds(session.inputs, names, input.data, start, size));
    const part = readOutputs(session.outputs, outputs);
    labels.push(...part.labels);
    probabilities.push(...part.probabilities);
  }
  return {
    output: labels,
    facts: {
      labels,
      probabilities: probabilities.length === 0 ? null : probabilities,
      unreadable: session.outputs.find(({ type }) => type === null)?.name ?? null,
    },
  };
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
  const { type } = input;
  const numbers = (): number[] =>
    cells.map((cell) => {
      const number = toNumber(cell);
      if (number === undefined) {
        throw new Error(
          `The graph's input ${input.name} takes numbers, but the table holds ${JSON.stringify(cell)}.`,
        );
      }
      return number;
    });
  const data = ((): TensorData => {
    switch (type) {
      case 'string':
        return cells.map((cell) => (cell === null || cell === undefined ? '' : String(cell)));
      case 'float32':
        return Float32Array.from(numbers());
      case 'float64':
        return Float64Array.from(numbers());
      case 'int32':
        return Int32Array.from(numbers());
      case 'int64':
        return BigInt64Array.from(numbers(), (number) =>
          BigInt(Math.trunc(Number.isFinite(number) ? number : 0)),
        );
      case 'bool':
        return Uint8Array.from(numbers());
      default:
        throw new Error(
          `The graph's input ${input.name} has the type ${type ?? 'of a list'}, which a table cannot fill.`,
        );
    }
  })();
  return { type, dims, data };
}

/** The classes and probabilities among a graph's outputs, whatever their names. */
function readOutputs(
  outputs: readonly GraphValue[],
  tensors: Readonly<Record<string, TensorView>>,
): { readonly labels: (string | number)[]; readonly probabilities: number[][] } {
  const present = outputs.flatMap(({ name }) => {
    const found = tensors[name];
    return found === undefined ? [] : [{ name, tensor: found }];
  });
  const isFloat = ({ tensor }: (typeof present)[number]) => tensor.type.startsWith('float');
  const scores =
    present.find((one) => isFloat(one) && /prob/i.test(one.name)) ??
    present.find((one) => isFloat(one) && one.tensor.dims.length === 2);
  const classes =
    present.find((one) => !isFloat(one) && /label|class/i.test(one.name)) ??
    present.find((one) => !isFloat(one));
  const probabilities = scores === undefined ? [] : matrix(scores.tensor);
  if (classes !== undefined) {
    const labels = Array.from(classes.tensor.data as ArrayLike<unknown>, (label) =>
      typeof label === 'string' ? label : Number(label),
    );
    return { labels, probabilities };
  }
  return { labels: probabilities.map((row) => row.indexOf(Math.max(...row))), probabilities };
}

function matrix({ dims, data }: TensorView): number[][] {
  const [rows = 0, columns = 1] = dims;
  const numbers = Array.from(data as ArrayLike<unknown>, Number);
  return Array.from({ length: rows }, (_, row) => numbers.slice(row * columns, (row + 1) * columns));
}

/**
 * Compares with the card: a list of classes, one per row, or labels with scores for a table of one row. The classes of
 * probabilities are not named in the graph, so only the score of the predicted class is compared.
 */
function checkExpected(facts: TabularClassificationFacts, expected: unknown): SmokeCheck {
  const id = 'expected-output';
  const scores = readScores(expected);
  if (scores !== null && facts.labels.length === 1) {
    const top = scores.reduce((best, one) => (one.score > best.score ? one : best));
    const row = facts.probabilities?.[0];
    const actual: Scored = {
      label: String(facts.labels[0]),
      score: row === undefined ? top.score : Math.max(...row),
    };
    return checkExpectedScores([actual], [top]);
  }
  const classes = Array.isArray(expected) ? expected.map(classOf) : [];
  if (classes.length === 0 || classes.includes(null)) {
    return {
      id,
      status: 'warning',
      message:
        'The `output` of this widget example is no list of classes, one for each row; it cannot be compared with the answer.',
    };
  }
  const wrong = facts.labels.findIndex((label, row) => String(label) !== classes[row]);
  if (classes.length !== facts.labels.length) {
    return {
      id,
      status: 'failed',
      message: `The card's example has ${classes.length} answers for ${facts.labels.length} rows. Write one for each row.`,
    };
  }
  if (wrong !== -1) {
    return {
      id,
      status: 'failed',
      message: `The card's example says ${classes[wrong]} for row ${wrong + 1}, the model says ${facts.labels[wrong]}. Correct the \`output\` in the card, or check the order of the columns.`,
    };
  }
  return { id, status: 'passed', message: 'The answers agree with the card.' };
}

function classOf(item: unknown): string | null {
  const label = isMapping(item) ? own(item, 'label') : item;
  return typeof label === 'string' || typeof label === 'number' ? String(label) : null;
}
