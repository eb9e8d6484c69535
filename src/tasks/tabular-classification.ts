import { isMapping, own } from '../mapping.js';
import { escapeText } from '../preview.js';
import type { SmokeCheck } from '../smoke/report.js';
import type { GraphValue, OnnxSession, TensorView } from '../smoke/session.js';
import { compareScores, compareTexts } from './checks/compare.js';
import { agreesWithCard, contradictsCard, notComparable, otherRowCount } from './checks/expected-output.js';
import {
  checkExpectedScores,
  checkProbabilities,
  readScores,
  type Scored,
} from './classification/classification.js';
import { indexOfLargest } from './numbers/numbers.js';
import type { TableInput } from './table/table.js';
import { checkRowCount, matrix, readTableExample, runTable, TABLES } from './table/tabular-feeds.js';
import type { Answer, Inference, Task, TensorSummary } from './task.js';

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

  readExample: (example, model) => readTableExample('tabular-classification', example, model),
  ...TABLES,

  checkAnswer({ inference, facts, expected, tensors }) {
    if (isRegression(tensors)) {
      return [
        {
          id: 'output-shape',
          status: 'failed',
          message:
            'The graph gives `variable`, a number for each row, and no classes: this is a regression. Set pipeline_tag to tabular-regression, or export the classifier.',
        },
      ];
    }
    const checks: SmokeCheck[] = [checkRowCount(inference.input, facts.labels.length)];
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

  vectors: ({ facts }) => facts.labels.map((label, row) => [label, ...(facts.probabilities?.[row] ?? [])]),

  compare: ({ facts: full }, { facts: other }) =>
    full.probabilities === null || other.probabilities === null
      ? compareTexts(full.labels.map(String), other.labels.map(String))
      : compareScores(full.probabilities, other.probabilities),
};

/** Converters of scikit-learn name the output of a regression `variable`. */
function isRegression(tensors: readonly TensorSummary[]): boolean {
  return tensors.length === 1 && tensors[0]?.name === 'variable';
}

async function run(
  session: OnnxSession,
  { input }: Inference<TableInput>,
): Promise<Answer<TabularClassificationFacts>> {
  const labels: (string | number)[] = [];
  const probabilities: (readonly number[])[] = [];
  for (const outputs of await runTable(session, input)) {
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

/** The classes and probabilities among a graph’s outputs, whatever their names. */
function readOutputs(
  outputs: readonly GraphValue[],
  tensors: Readonly<Record<string, TensorView>>,
): { readonly labels: (string | number)[]; readonly probabilities: readonly (readonly number[])[] } {
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
  if (probabilities.every((row) => row.length === 1)) {
    // One number a row: the probability of the second of two classes.
    const both = probabilities.map(([second = 0]) => [1 - second, second]);
    return { labels: both.map(([, second = 0]) => (second > 0.5 ? 1 : 0)), probabilities: both };
  }
  return { labels: probabilities.map((row) => indexOfLargest(row)), probabilities };
}

/**
 * Compares with the card: a list of classes, one per row, or labels with scores for a table of one row. The classes of
 * probabilities are not named in the graph, so only the score of the predicted class is compared.
 */
function checkExpected(facts: TabularClassificationFacts, expected: unknown): SmokeCheck {
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
    return notComparable('is no list of classes, one for each row');
  }
  if (classes.length !== facts.labels.length) return otherRowCount(classes.length, facts.labels.length);
  const wrong = facts.labels.findIndex((label, row) => String(label) !== classes[row]);
  if (wrong === -1) return agreesWithCard('The answers agree with the card.');
  const [shown, given] = [classes[wrong], facts.labels[wrong]].map((label) => escapeText(String(label)));
  return contradictsCard(
    `says ${shown} for row ${wrong + 1}, the model says ${given}`,
    'check the order of the columns',
  );
}

function classOf(item: unknown): string | null {
  const label = isMapping(item) ? own(item, 'label') : item;
  return typeof label === 'string' || typeof label === 'number' ? String(label) : null;
}
