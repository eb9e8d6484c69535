import { defaultInputs } from '../hub/default-inputs.js';
import { isMapping, own } from '../mapping.js';
import { preview } from '../preview.js';
import type { SmokeCheck } from '../smoke/report.js';
import type { OnnxSession } from '../smoke/session.js';
import { checkArchitecture } from './checks/architecture.js';
import {
  agreesWithCard,
  contradictsCard,
  notComparable,
  otherAnswer,
  sameAnswer,
  statedAnswer,
  WRONG_CHECKPOINT,
} from './checks/expected-output.js';
import { missingOutput } from './checks/output-shape.js';
import { percent } from './checks/wording.js';
import { sigmoid, softmax } from './classification/logits.js';
import { CONFIG, TEXT_FILES } from './needed-files.js';
import { indexOfLargest, rangeOf } from './numbers/numbers.js';
import { feedGraph, numbersOf } from './numbers/tensors.js';
import { inferenceOf, readExample, readText } from './reading/example.js';
import { readMapping } from './reading/parameters.js';
import { readColumns } from './table/table.js';
import { encodeTable } from './table/table-encoding.js';
import {
  type AnsweredCase,
  type Comparison,
  fault,
  type Inference,
  kindOf,
  type ModelFacts,
  type Read,
  read,
  type Task,
  within,
} from './task.js';
import { longestInput } from './text/text-encoding.js';

/** A question about a table, whose cells are texts. */
export interface TableQuery {
  readonly query: string;
  readonly table: Readonly<Record<string, readonly string[]>>;
}

/** An answer as the Inference API gives it. */
export interface TableAnswer {
  readonly answer: string;
  /** [row, column], without the header. */
  readonly coordinates: readonly (readonly [number, number])[];
  readonly cells: readonly string[];
  readonly aggregator: string;
}

/** What the checks need to know of an answer. */
export interface TableFacts {
  readonly answer: TableAnswer;
  /** Whether the graph gave a logit for each token. */
  readonly fits: boolean;
  /** The mean logit of each cell, the first ones, in the order of rows. */
  readonly cells: readonly number[];
  /** The logits of the aggregations; empty for a model that has none. */
  readonly aggregations: readonly number[];
  /** How many aggregations config.json names; null without any. */
  readonly named: number | null;
  /** Rows that did not fit. */
  readonly dropped: number;
}

const TAG = 'table-question-answering';
/** Most cells whose logits are handed over. */
const MAX_CELLS = 500;
/** How likely a cell must be to be selected. */
const THRESHOLD = 0.5;
/** The tokens a TAPAS model takes when nothing says so. */
const MAX_INPUT = 512;

const TABLE = {
  Person: ['Anna', 'John', 'Maria'],
  City: ['Paris', 'Berlin', 'Rome'],
  Age: ['31', '54', '27'],
};

/** The cells of a table that answer a question, and what to do with their numbers: models like TAPAS. */
export const tableQuestionAnswering: Task<TableQuery, TableFacts> = {
  tag: 'table-question-answering',
  ways: [
    {
      runner: 'onnx',
      tokenizer: '.',
      needs: [
        CONFIG,
        ...TEXT_FILES.filter(({ path }) => path !== CONFIG.path).map(({ path }) => ({
          path,
          remedy:
            'transformers saves only vocab.txt for TAPAS. Make it with `BertTokenizerFast.from_pretrained(folder).save_pretrained(folder)`.',
        })),
      ],
      unfit: whyNoTapas,
      run,
    },
  ],

  readExample: (example) => readExample(example, '`text` and `table`', (given) => readQuery(given, 'text')),

  readRequest(body) {
    const inputs = own(body, 'inputs') ?? body;
    if (!isMapping(inputs)) {
      return fault(
        [],
        `Expected {"inputs": {"query": text, "table": {column: [cells]}}}, not ${kindOf(inputs)}.`,
      );
    }
    const key =
      own(inputs, 'query') === undefined && own(inputs, 'question') !== undefined ? 'question' : 'query';
    const input = readQuery(inputs, key);
    if (input.ok) return read(inferenceOf(input.value));
    return inputs === body ? input : within('inputs', input);
  },

  readParameters: readMapping,

  defaultInferences: () =>
    (defaultInputs('table-question-answering')?.inputs ?? []).flatMap((input) => {
      const query = readQuery(input, 'text');
      return query.ok ? [inferenceOf(query.value)] : [];
    }),

  contrast: () =>
    ['In which city is John?', 'What is the age of Maria?'].map((query) =>
      inferenceOf({ query, table: TABLE }),
    ),

  checkModel: (model) => checkArchitecture(model, TAG),

  checkAnswer({ facts, expected, tensors }) {
    const checks: SmokeCheck[] = [checkOutputShape(tensors, facts)];
    if (!facts.fits || ![...facts.cells, ...facts.aggregations].every(Number.isFinite)) return checks;
    checks.push(checkCells(facts));
    if (expected !== undefined) checks.push(checkExpected(facts.answer, expected));
    return checks;
  },

  checkLabels: ({ facts: { aggregations, named } }) => checkAggregations(aggregations.length, named),

  vectors({ facts: { fits, cells, aggregations } }) {
    if (!fits) return [];
    const mean = cells.reduce((sum, logit) => sum + logit, 0) / Math.max(1, cells.length);
    // Where the likely cells lie: two questions about one table may have the same logits in other places.
    const center = softmax(cells).reduce(
      (sum, share, index) => sum + (share * (index + 0.5)) / cells.length,
      0,
    );
    return [[mean, Math.max(...cells), Math.min(...cells), Number(center.toFixed(7)), ...aggregations]];
  },

  compare: (full, other) => compareAnswers(full.facts, other.facts),
};

/** Why the graph is none that can be asked here; null when it is one. */
function whyNoTapas(model: ModelFacts): string | null {
  const { graph } = model;
  // That it is a model for another task is said as such.
  const other = checkArchitecture(model, TAG).some(({ status }) => status === 'failed');
  if (graph === null || other) return null;
  const types = graph.inputs.find(({ name }) => name === 'token_type_ids');
  if (types !== undefined && (types.shape === null || types.shape.length === 3)) return null;
  return 'The graph takes no token_type_ids of seven kinds, as TAPAS has them: tables are run for models of that family only. Export a TAPAS model to have it run.';
}

function readQuery(value: unknown, key: string): Read<TableQuery> {
  const query = readText(own(value, key), key);
  if (!query.ok) return query;
  const table = own(value, 'table');
  if (table === undefined) return fault([], 'There is no `table`.');
  const columns = within('table', readColumns(table));
  if (!columns.ok) return columns;
  return read({
    query: query.value,
    // Null-prototyped, as the names come from a stranger.
    table: Object.assign(
      Object.create(null) as Record<string, readonly string[]>,
      Object.fromEntries(
        Object.entries(columns.value).map(([name, cells]) => [
          name,
          cells.map((cell) => (cell === null ? '' : String(cell))),
        ]),
      ),
    ),
  });
}

async function run(session: OnnxSession, { input }: Inference<TableQuery>) {
  const columns = Object.keys(input.table);
  const rows = (input.table[columns[0] ?? ''] ?? []).map((_, row) =>
    columns.map((name) => input.table[name]?.[row] ?? ''),
  );
  const encoded = encodeTable(session.tokenizer, { query: input.query, columns, rows }, limitsOf(session));
  const outputs = await session.run(feedGraph(session, encoded.feeds));
  const { logits, logits_aggregation } = outputs;
  const labels = own(session.config, 'aggregation_labels');
  const named = isMapping(labels) ? Object.keys(labels).length : null;
  if (logits === undefined || logits.dims.at(-1) !== encoded.cells.length) {
    const answer: TableAnswer = { answer: '', coordinates: [], cells: [], aggregator: '' };
    return {
      output: answer,
      facts: { answer, fits: false, cells: [], aggregations: [], named, dropped: encoded.dropped },
    };
  }
  const means = meansOf(numbersOf(logits), encoded.cells);
  const coordinates = means
    .filter(({ probability }) => probability > THRESHOLD)
    .map(({ row, column }) => [row, column] as const)
    .sort(([a, b], [c, d]) => a - c || b - d);
  const cells = coordinates.map(([row, column]) => rows[row]?.[column] ?? '');
  const aggregations = logits_aggregation === undefined ? [] : Array.from(numbersOf(logits_aggregation));
  const top = indexOfLargest(aggregations);
  const label = own(labels, String(top));
  const none = own(session.config, 'no_aggregation_label_index');
  const aggregator = aggregations.length === 0 ? 'NONE' : typeof label === 'string' ? label : `LABEL_${top}`;
  const plain = aggregations.length === 0 || top === (typeof none === 'number' ? none : 0);
  const answer: TableAnswer = {
    answer: `${plain ? '' : `${aggregator} > `}${cells.join(', ')}`,
    coordinates,
    cells,
    aggregator,
  };
  return {
    output: answer,
    facts: {
      answer,
      fits: true,
      cells: means.slice(0, MAX_CELLS).map(({ logit }) => logit),
      aggregations,
      named,
      dropped: encoded.dropped,
    },
  };
}

function limitsOf({ config, tokenizer }: OnnxSession) {
  const longest = longestInput({ config: config ?? {}, tokenizer });
  const types = own(config, 'type_vocab_sizes');
  return {
    tokens: Number.isFinite(longest) ? longest : MAX_INPUT,
    types: Array.isArray(types) ? types.filter((size): size is number => typeof size === 'number') : [],
  };
}

interface CellMean {
  readonly row: number;
  readonly column: number;
  readonly logit: number;
  readonly probability: number;
}

/** Each cell with the mean of its tokens. */
function meansOf(
  logits: Float32Array,
  cells: readonly (readonly [row: number, column: number] | null)[],
): readonly CellMean[] {
  const sums = new Map<
    string,
    { row: number; column: number; logit: number; probability: number; count: number }
  >();
  for (const [index, cell] of cells.entries()) {
    if (cell === null) continue;
    const [row, column] = cell;
    const key = `${row}-${column}`;
    const logit = logits[index] ?? 0;
    const sum = sums.get(key) ?? { row, column, logit: 0, probability: 0, count: 0 };
    const probability = sigmoid(logit);
    sums.set(key, {
      row,
      column,
      logit: sum.logit + logit,
      probability: sum.probability + probability,
      count: sum.count + 1,
    });
  }
  return [...sums.values()].map(({ row, column, logit, probability, count }) => ({
    row,
    column,
    logit: logit / count,
    probability: probability / count,
  }));
}

function checkOutputShape(tensors: AnsweredCase['tensors'], { fits }: TableFacts): SmokeCheck {
  const id = 'output-shape';
  if (fits) return { id, status: 'passed', message: 'A logit for each token of the table.' };
  return missingOutput(tensors, '`logits` (1 × tokens)', 'Export it for table-question-answering.');
}

/** Whether the model selects some of the cells, and not all or none. */
function checkCells({ answer, cells, dropped }: TableFacts): SmokeCheck {
  const id = 'cells';
  const selected = answer.coordinates.length;
  const whole = dropped === 0 ? '' : ` The last ${dropped} rows did not fit into the model.`;
  if (selected > 0 && (selected < cells.length || cells.length === 1)) {
    return {
      id,
      status: 'passed',
      message: `${selected} of ${cells.length >= MAX_CELLS ? 'the' : cells.length} cells answer the question.${whole}`,
    };
  }
  return {
    id,
    status: 'warning',
    message:
      selected === 0
        ? `No cell answers the question: the answer is empty.${whole} Show a question in the card that the model answers.`
        : `All ${selected} cells are said to answer the question.${whole} Look for a head without weights, or a wrong checkpoint in the export.`,
  };
}

function checkAggregations(columns: number, named: number | null): readonly SmokeCheck[] {
  const id = 'label-count';
  if (columns === 0) return [];
  if (named === columns) {
    return [
      { id, status: 'passed', message: `config.json names ${named} aggregations, one for each column.` },
    ];
  }
  return [
    {
      id,
      status: 'failed',
      message: `config.json names ${named ?? 'no'} aggregations (aggregation_labels), but the model gives ${columns} scores. Write one for each, in the order of training.`,
    },
  ];
}

/** Compares with the `output` of the card’s widget example. */
function checkExpected(found: TableAnswer, expected: unknown): SmokeCheck {
  const stated = statedAnswer(expected);
  if (stated === null) return notComparable('has no `answer`');
  if (!sameAnswer(stated.answer, found.answer)) {
    return otherAnswer(stated.answer, found.answer, WRONG_CHECKPOINT);
  }
  const first: unknown = Array.isArray(expected) ? expected[0] : expected;
  const aggregator = own(first, 'aggregator');
  const coordinates = own(first, 'coordinates');
  if (typeof aggregator === 'string' && aggregator.toUpperCase() !== found.aggregator.toUpperCase()) {
    return contradictsCard(
      `says that the aggregator is ${preview(aggregator)}, the model says ${preview(found.aggregator)}`,
      'the order of aggregation_labels in config.json',
    );
  }
  if (coordinates !== undefined && JSON.stringify(coordinates) !== JSON.stringify(found.coordinates)) {
    return {
      ...contradictsCard(
        `has other \`coordinates\` than the model, which gives ${JSON.stringify(found.coordinates.slice(0, 5))}: rows and columns count from 0, without the header`,
      ),
      status: 'warning',
    };
  }
  return agreesWithCard(`The answer agrees with the card: ${preview(found.answer)}.`);
}

/** How far the mean logit of a cell may drift, as a share of their range. */
const LOGIT_DRIFT = 0.1;

function compareAnswers(full: TableFacts, other: TableFacts): Comparison {
  const { min, max } = rangeOf(full.cells);
  const gap = full.cells.reduce(
    (most, logit, index) => Math.max(most, Math.abs(logit - (other.cells[index] ?? 0))),
    0,
  );
  const drift = full.cells.length === 0 ? null : gap / Math.max(max - min, 1e-6);
  if (full.answer.answer !== other.answer.answer) {
    return {
      agrees: false,
      drift,
      seen: `${preview(other.answer.answer)} instead of ${preview(full.answer.answer)}`,
    };
  }
  return {
    agrees: drift === null || drift <= LOGIT_DRIFT,
    drift,
    seen: `the same cells are selected, and their logits differ by at most ${percent(drift ?? 0)} of their range`,
  };
}
