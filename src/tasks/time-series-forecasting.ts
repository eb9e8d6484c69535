import { isMapping, own } from '../mapping.js';
import type { SmokeCheck } from '../smoke/report.js';
import type { GraphValue, OnnxSession, TensorView } from '../smoke/session.js';
import { compareValues } from './checks/compare.js';
import { agreesWithCard, contradictsCard, notComparable } from './checks/expected-output.js';
import { missingOutput } from './checks/output-shape.js';
import { dimensions, short } from './checks/wording.js';
import { CONFIG } from './needed-files.js';
import {
  type NestedList,
  type NestedNumbers,
  nest,
  readNestedNumbers,
  unnest,
} from './numbers/nested-numbers.js';
import { isCount, product, rangeOf } from './numbers/numbers.js';
import { numbersOf, numberTensor } from './numbers/tensors.js';
import { inferenceOf, readExample, withParameters } from './reading/example.js';
import { readMapping } from './reading/parameters.js';
import {
  type Answer,
  fault,
  type Inference,
  type ModelFacts,
  type Read,
  read,
  type Task,
  type TensorSummary,
  within,
} from './task.js';

/** Values of the past, [steps] or [steps, channels], and what else the graph takes, by input. */
export type SeriesInput = { readonly past_values: NestedList } & Readonly<Record<string, NestedList>>;

/** What the checks need to know of an answer. */
export interface ForecastFacts {
  /** Output of the graph that was read; null when none looks like a forecast. */
  readonly output: string | null;
  /** Its dimensions: [1, steps, channels]. */
  readonly dims: readonly number[];
  /** The first numbers of the forecast. */
  readonly values: readonly number[];
  /** Least and largest value of the past. */
  readonly past: { readonly min: number; readonly max: number };
  /** What config.json says, where it does. */
  readonly steps: number | null;
  readonly channels: number | null;
}

/** Steps of the past when nothing says how many. */
const STEPS = 64;
/** Numbers of a forecast that are kept for the checks. */
const KEPT = 2_000;
/** Share of the range of the past by which two numbers of a forecast may differ: the card rounds. */
const ROUNDING = 0.02;
/** How many times the range of the past a forecast may lie away from it. */
const FAR = 50;

const VALUES = 'past_values';

/** The next values of a series of numbers. */
export const timeSeriesForecasting: Task<SeriesInput, ForecastFacts> = {
  tag: 'time-series-forecasting',
  ways: [
    {
      runner: 'onnx',
      needs: [CONFIG],
      unfit({ graph }) {
        if (graph === null) return null;
        const input = valuesInput(graph.inputs);
        return input === undefined
          ? `The graph takes ${graph.inputs.map(({ name }) => name).join(', ') || 'nothing'}; a forecast is run on an input \`${VALUES}\` [batch, steps, channels].`
          : null;
      },
      run,
    },
  ],

  readExample(example, model) {
    return readExample(example, `\`${VALUES}\``, (given) =>
      readSeries(Object.hasOwn(given, 'inputs') ? own(given, 'inputs') : given, model),
    );
  },

  readRequest(body, model) {
    const wrapped = isMapping(body) && Object.hasOwn(body, 'inputs');
    const input = readSeries(wrapped ? own(body, 'inputs') : body, model);
    return withParameters(wrapped ? within('inputs', input) : input, body);
  },

  readParameters: readMapping,

  defaultInferences: (model) => [
    made(model, (step) => step / 10),
    made(model, (step, channel) => Math.sin(step / 4 + channel)),
  ],
  contrast: (_, model) => [
    made(model, (step, channel) => 5 - step / 7 + channel),
    made(model, (step) => (step % 5 === 0 ? 3 : -1)),
  ],

  checkModel: checkContext,

  checkAnswer({ facts, expected, tensors }) {
    const shape = checkDims(facts, tensors);
    if (shape.status === 'failed') return [shape];
    return [shape, checkNear(facts), ...(expected === undefined ? [] : [checkExpected(facts, expected)])];
  },

  checkLabels: () => [],
  vectors: ({ facts }) => (facts.values.length === 0 ? [] : [facts.values]),
  compare: ({ facts: full }, { facts: other }) =>
    compareValues(
      [full.values],
      [other.values],
      Math.max(1e-9, full.past.max - full.past.min, ...full.values.map(Math.abs)),
    ),
};

function valuesInput(inputs: readonly GraphValue[]): GraphValue | undefined {
  return (
    inputs.find(({ name }) => name === VALUES) ??
    inputs.find(({ name, shape }) => /values|context|series|history|input/i.test(name) && shape?.length !== 0)
  );
}

function count(value: unknown): number | null {
  return isCount(value) ? value : null;
}

/** How many steps of the past the model takes, and how many values a step has. */
function sizes({ graph, config }: Pick<ModelFacts, 'graph' | 'config'>): {
  readonly steps: number | null;
  readonly channels: number;
  readonly rank: number;
} {
  const shape = valuesInput(graph?.inputs ?? [])?.shape ?? null;
  return {
    steps: count(shape?.[1]) ?? count(own(config, 'context_length')),
    channels:
      count(shape?.[2]) ?? count(own(config, 'num_input_channels')) ?? count(own(config, 'input_size')) ?? 1,
    rank: shape?.length ?? 3,
  };
}

function readSeries(value: unknown, model: ModelFacts): Read<SeriesInput> {
  const mapping = isMapping(value);
  const given = mapping ? own(value, VALUES) : value;
  if (given === undefined) return fault([], `There is no \`${VALUES}\`.`);
  const past = readNestedNumbers(given, `\`${VALUES}\``);
  const path = mapping ? [VALUES] : [];
  if (!past.ok) return fault([...path, ...past.fault.path], past.fault.message);
  const { steps, channels } = sizes(model);
  const { data } = past.value;
  // A batch of one series counts as that series.
  const dims =
    past.value.dims.length === 3 && past.value.dims[0] === 1 ? past.value.dims.slice(1) : past.value.dims;
  const [length = 0, width = 1] = dims;
  if (dims.length > 2 || width !== channels) {
    return fault(
      path,
      `\`${VALUES}\` must be a list of steps${channels === 1 ? '' : `, each a list of ${channels} values`}, but it is ${dimensions(dims)}.`,
    );
  }
  if (steps !== null && length < steps) {
    return fault(path, `The model needs ${steps} values of the past, but \`${VALUES}\` has ${length}.`);
  }
  const from = steps === null ? 0 : length - steps;
  const others: Record<string, NestedList> = {};
  for (const { name } of model.graph?.inputs ?? []) {
    const other = name === VALUES || !mapping ? undefined : own(value, name);
    if (other === undefined) continue;
    const numbers = readNestedNumbers(other, `\`${name}\``);
    if (!numbers.ok) return fault([name, ...numbers.fault.path], numbers.fault.message);
    others[name] = nest(numbers.value.data, numbers.value.dims);
  }
  return read({ ...others, past_values: seriesOf(data.slice(from * width), width) });
}

/** A series made by a formula of step and channel. */
function made(model: ModelFacts, value: (step: number, channel: number) => number): Inference<SeriesInput> {
  const { steps, channels } = sizes(model);
  const length = Math.min(steps ?? STEPS, 100_000);
  const data = Array.from({ length: length * channels }, (_, index) =>
    value(Math.floor(index / channels), index % channels),
  );
  return inferenceOf({ past_values: seriesOf(data, channels) });
}

/** A list of steps, each a number, or a list of them where there are several channels. */
function seriesOf(data: readonly number[], channels: number): NestedList {
  return nest(data, channels === 1 ? [data.length] : [data.length / channels, channels]);
}

async function run(session: OnnxSession, { input }: Inference<SeriesInput>): Promise<Answer<ForecastFacts>> {
  const entry = valuesInput(session.inputs);
  if (entry === undefined) throw new Error(`The graph has no input ${VALUES}.`);
  const given = Object.fromEntries(Object.entries(input).map(([name, list]) => [name, unnest(list)]));
  const { data } = given[VALUES] ?? unnest(input.past_values);
  const outputs = await session.run(feeds(session, entry, given));
  const [name, tensor] = forecast(outputs) ?? [null, undefined];
  const numbers = tensor === undefined ? new Float32Array() : numbersOf(tensor);
  const dims = tensor?.dims ?? [];
  const values = Array.from(numbers.subarray(0, KEPT));
  return {
    output: nest(numbers, resultDims(dims)),
    facts: {
      output: name,
      dims,
      values,
      past: rangeOf(data),
      steps: count(own(session.config, 'prediction_length')),
      channels: count(own(session.config, 'num_input_channels')),
    },
  };
}

/** Without the batch of one, and without a single channel: [steps] or [steps, channels]. */
function resultDims(dims: readonly number[]): readonly number[] {
  const inner = dims.length > 1 && dims[0] === 1 ? dims.slice(1) : dims;
  return inner.length > 1 && inner.at(-1) === 1 ? inner.slice(0, -1) : inner;
}

function forecast(outputs: Readonly<Record<string, TensorView>>): [string, TensorView] | undefined {
  const floats = Object.entries(outputs).filter(
    ([, { type, dims }]) => type.startsWith('float') && dims.length > 1,
  );
  return (
    floats.find(([name]) => name === 'prediction_outputs') ??
    floats.find(([name]) => /predict|forecast|output/i.test(name)) ??
    floats[0]
  );
}

/** What else the graph takes: as it was given, else what says that each value was observed, and nothing of its time. */
function feeds(
  session: OnnxSession,
  entry: GraphValue,
  input: Readonly<Record<string, NestedNumbers>>,
): Record<string, TensorView> {
  const past = input[VALUES];
  const [steps = 0, channels = 1] = past?.dims ?? [];
  const future = count(own(session.config, 'prediction_length')) ?? 1;
  return Object.fromEntries(
    session.inputs.map((value) => {
      const { name, shape } = value;
      if (value === entry) {
        const dims = shape?.length === 2 ? [1, steps * channels] : [1, steps, channels];
        return [name, numberTensor(value, past?.data ?? [], dims)];
      }
      const given = input[name];
      if (given !== undefined) {
        const dims = given.dims.length === (shape?.length ?? 0) - 1 ? [1, ...given.dims] : given.dims;
        return [name, numberTensor(value, given.data, dims)];
      }
      const dims = (shape ?? [1]).map((axis, index) => {
        if (typeof axis === 'number') return axis;
        if (index === 0) return 1;
        if (index === 1) return /^future/.test(name) ? future : steps;
        return /mask|observed/.test(name) ? channels : 1;
      });
      return [
        name,
        numberTensor(value, new Float32Array(product(dims)).fill(/mask|observed/.test(name) ? 1 : 0), dims),
      ];
    }),
  );
}

/** Whether graph and config.json mean the same number of past steps. */
function checkContext({ graph, config }: ModelFacts): readonly SmokeCheck[] {
  const id = 'context-length';
  const shape = valuesInput(graph?.inputs ?? [])?.shape;
  const [fixed, stated] = [count(shape?.[1]), count(own(config, 'context_length'))];
  if (fixed === null || stated === null) return [];
  return [
    fixed === stated
      ? { id, status: 'passed', message: `The model takes ${fixed} values of the past, as config.json says.` }
      : {
          id,
          status: 'failed',
          message: `config.json says context_length ${stated}, but the graph takes ${fixed} values of the past. Correct config.json, or export the model again.`,
        },
  ];
}

function checkDims(
  { output, dims, steps, channels }: ForecastFacts,
  tensors: readonly TensorSummary[],
): SmokeCheck {
  const id = 'output-shape';
  if (output === null) {
    return missingOutput(
      tensors,
      '`prediction_outputs` (1 × steps × channels)',
      'Export the model for prediction, not its encoder.',
    );
  }
  const seen = dimensions(dims);
  const [batch, length, width = 1] = dims;
  if (batch !== 1 || dims.length > 3) {
    return {
      id,
      status: 'failed',
      message: `A forecast must be 1 × steps × channels, but ${output} is ${seen}.`,
    };
  }
  if (steps !== null && length !== steps) {
    return {
      id,
      status: 'failed',
      message: `config.json says prediction_length ${steps}, but ${output} has ${length} steps (${seen}). Correct config.json, or export the model that was trained for ${steps} steps.`,
    };
  }
  if (channels !== null && dims.length === 3 && width !== channels) {
    return {
      id,
      status: 'failed',
      message: `config.json says num_input_channels ${channels}, but ${output} has ${width} (${seen}). Correct config.json, or export the model again.`,
    };
  }
  return {
    id,
    status: 'passed',
    message: `${output} has ${length} steps${width === 1 ? '' : ` of ${width} values`}.`,
  };
}

function checkNear({ values, past }: ForecastFacts): SmokeCheck {
  const id = 'forecast-range';
  const range = Math.max(past.max - past.min, Math.abs(past.max), Math.abs(past.min), 1e-6);
  const far = values.find((value) => value > past.max + FAR * range || value < past.min - FAR * range);
  return far === undefined
    ? { id, status: 'passed', message: 'The forecast is of the size of the past.' }
    : {
        id,
        status: 'failed',
        message: `The forecast goes to ${short(far, 4)}, while the past lies between ${short(past.min, 4)} and ${short(past.max, 4)}. Look for a scaling that is not undone.`,
      };
}

function checkExpected({ values, past }: ForecastFacts, expected: unknown): SmokeCheck {
  const list = isMapping(expected)
    ? (own(expected, 'prediction_outputs') ?? own(expected, 'prediction'))
    : expected;
  const stated = readNestedNumbers(list, 'the forecast');
  if (!stated.ok) return notComparable('is no list of numbers');
  const { data } = stated.value;
  const scale = Math.max(past.max - past.min, ...data.map(Math.abs), 1e-6);
  const index = data.findIndex(
    (value, at) => !(Math.abs(value - (values[at] ?? Number.NaN)) <= ROUNDING * scale),
  );
  if (index === -1) return agreesWithCard('The forecast agrees with the card.');
  return contradictsCard(
    `says ${data[index]} at place ${index + 1} of the forecast, the model says ${values[index] ?? 'nothing'}`,
    'look at the scaling',
  );
}
