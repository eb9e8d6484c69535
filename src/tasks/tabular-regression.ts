import { isMapping, own } from '../mapping.js';
import type { SmokeCheck } from '../smoke/report.js';
import type { OnnxSession, Tensors } from '../smoke/session.js';
import { compareValues } from './checks/compare.js';
import { agreesWithCard, contradictsCard, notComparable, otherRowCount } from './checks/expected-output.js';
import { dimensions, short } from './checks/wording.js';
import { type TableInput, toNumber } from './table/table.js';
import { checkRowCount, matrix, readTableExample, runTable, TABLES } from './table/tabular-feeds.js';
import type { Answer, AnsweredCase, Inference, Task, TensorSummary } from './task.js';

/** How far a number may lie from the one in the card, as a share of it: cards round. */
const ROUNDING = 0.01;
/** How far it may lie before the card counts as wrong, as a share of it. */
const OFF = 0.1;

/** What the checks need to know of an answer: the numbers of each row, as many as there are targets. */
export interface TabularRegressionFacts {
  readonly rows: readonly (readonly number[])[];
}

/** A number, or several, for each row of a table. */
export const tabularRegression: Task<TableInput, TabularRegressionFacts> = {
  tag: 'tabular-regression',
  ways: [{ runner: 'onnx', needs: [], run }],

  readExample: (example, model) => readTableExample('tabular-regression', example, model),
  ...TABLES,

  checkAnswer({ inference, facts, expected, tensors }) {
    const shape = checkOutputShape(tensors);
    if (shape.status === 'failed') return [shape];
    return [
      shape,
      checkRowCount(inference.input, facts.rows.length),
      ...(expected === undefined ? [] : [checkExpected(facts.rows, expected)]),
    ];
  },

  vectors: ({ facts }) => facts.rows,
  compare: ({ facts: full }, { facts: other }) => compareValues(full.rows, other.rows),
};

async function run(
  session: OnnxSession,
  { input }: Inference<TableInput>,
): Promise<Answer<TabularRegressionFacts>> {
  const rows = (await runTable(session, input)).flatMap((tensors) => valuesOf(tensors));
  const single = rows.every((row) => row.length === 1);
  return { output: single ? rows.map(([value]) => value) : rows, facts: { rows } };
}

/** The rows of the output that holds numbers; none when there is only an output of classes. */
function valuesOf(tensors: Tensors): readonly (readonly number[])[] {
  const floats = Object.entries(tensors).filter(([, { type }]) => type.startsWith('float'));
  const [, found] = floats.find(([name]) => /variable|predict|output|target/i.test(name)) ?? floats[0] ?? [];
  const values = found ?? Object.values(tensors).find(({ type }) => type.startsWith('int'));
  return values === undefined ? [] : matrix(values);
}

function checkOutputShape(tensors: readonly TensorSummary[]): SmokeCheck {
  const id = 'output-shape';
  const names = tensors.map(({ name }) => name);
  if (names.some((name) => /prob/i.test(name)) || tensors.some(({ type }) => type === 'string')) {
    return {
      id,
      status: 'failed',
      message: `The graph gives ${names.join(' and ')}: classes, not numbers. This is a classifier: set pipeline_tag to tabular-classification.`,
    };
  }
  const values = tensors.find(({ type }) => type.startsWith('float')) ?? tensors[0];
  if (values === undefined) {
    return { id, status: 'failed', message: 'The graph gives no tensor. Convert it with zipmap off.' };
  }
  if (values.dims.length > 2 || values.dims.length === 0) {
    return {
      id,
      status: 'failed',
      message: `The output ${values.name} must have a row for each row of the table, but it is ${dimensions(values.dims)}.`,
    };
  }
  const targets = values.dims[1] ?? 1;
  return {
    id,
    status: 'passed',
    message: targets === 1 ? 'One number for each row.' : `${targets} numbers for each row.`,
  };
}

/** Compares with the card: a number for each row, or a list of them where there are several targets. */
function checkExpected(rows: readonly (readonly number[])[], expected: AnsweredCase['expected']): SmokeCheck {
  const stated = Array.isArray(expected) ? expected.map(numbersOfRow) : [];
  if (stated.length === 0 || stated.some((row) => row.some(Number.isNaN))) {
    return notComparable('is no list of numbers, one for each row');
  }
  if (stated.length !== rows.length) return otherRowCount(stated.length, rows.length);
  let worst = { gap: 0, row: 0, says: 0, gives: 0 };
  for (const [row, values] of stated.entries()) {
    for (const [column, says] of values.entries()) {
      const gives = rows[row]?.[column] ?? Number.NaN;
      const gap = Math.abs(gives - says) / Math.max(Math.abs(says), Math.abs(gives), 1e-6);
      if (!(gap <= worst.gap)) worst = { gap, row, says, gives };
    }
  }
  if (worst.gap <= ROUNDING) return agreesWithCard('The numbers agree with the card.');
  const contradiction = contradictsCard(
    `says ${worst.says} for row ${worst.row + 1}, the model says ${short(worst.gives, 6)}`,
    'check the order of the columns',
  );
  return worst.gap <= OFF ? { ...contradiction, status: 'warning' } : contradiction;
}

function numbersOfRow(item: unknown): readonly number[] {
  if (Array.isArray(item)) return item.flatMap(numbersOfRow);
  const value = isMapping(item) ? (own(item, 'value') ?? own(item, 'label')) : item;
  return [
    (typeof value === 'number' || typeof value === 'string' ? toNumber(value) : undefined) ?? Number.NaN,
  ];
}
