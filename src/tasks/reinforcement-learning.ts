import { isMapping, own } from '../mapping.js';
import type { SmokeCheck } from '../smoke/report.js';
import type { GraphValue, OnnxSession, Tensors, TensorView } from '../smoke/session.js';
import { compareScores, compareTexts, compareValues } from './checks/compare.js';
import { missingOutput } from './checks/output-shape.js';
import { short } from './checks/wording.js';
import {
  type NestedList,
  type NestedNumbers,
  nest,
  readNestedNumbers,
  unnest,
} from './numbers/nested-numbers.js';
import { indexOfLargest, product } from './numbers/numbers.js';
import { numbersOf, numberTensor, rowsOf } from './numbers/tensors.js';
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
  within,
} from './task.js';

/** Observations by input of the graph, each [batch, …]. */
export interface Observations {
  readonly observations: Readonly<Record<string, NestedList>>;
}

/** How the numbers of the graph become actions. */
type ActionKind =
  /** The largest of a row is the action. */
  | 'scores'
  /** The numbers of a row are the action: indexes, or forces. */
  | 'actions';

/** What the checks need to know of an answer. */
export interface PolicyFacts {
  /** Output of the graph that was read; null when none looks like an action. */
  readonly output: string | null;
  readonly kind: ActionKind;
  /** What the graph gave for each observation. */
  readonly rows: readonly (readonly number[])[];
  /** The actions, one list for each observation. */
  readonly actions: readonly (readonly number[])[];
  readonly observations: number;
  readonly space: ActionSpace | null;
}

/** The actions that the environment takes, as config.json states them. */
type ActionSpace =
  | { readonly kind: 'discrete'; readonly count: number }
  | {
      readonly kind: 'box';
      readonly size: number | null;
      readonly low: readonly number[];
      readonly high: readonly number[];
    };

/** Keys of a request or example under which observations are found, beside the names of the graph’s inputs. */
const KEYS = ['inputs', 'observations', 'observation', 'obs'];
/** Inputs that say which actions are allowed; all are. */
const MASK = /mask/i;
/** Inputs that carry what the policy remembers; at the start of an episode nothing. */
const MEMORY = /recurrent|memory|memories|hidden|lstm|rnn|^(?:h|c)_?(?:0|in)$|episode_start/i;
/** Outputs that are no actions, of ML-Agents and Stable-Baselines3. */
const NO_ACTION =
  /version|memory|shape|value|log_?prob|entropy|recurrent|hidden|is_continuous|continuous_control/i;
/** Outputs that are actions, the best first: those drawn at random only where there is nothing else. */
const ACTION_NAMES = [
  /^deterministic_.*action/i,
  /logits?$|^logits|q_?values?$|^q$/i,
  /action/i,
  /output|policy|pi|mean/i,
];
const SCORES = /logit|prob|^q$|q_?values?|score/i;

/** Rows of a first guess. */
const GUESSES = 5;
const LARGEST = 4_000_000;

/** An action for each observation of an environment. */
export const reinforcementLearning: Task<Observations, PolicyFacts> = {
  tag: 'reinforcement-learning',
  ways: [{ runner: 'onnx', needs: [], unfit: unknownSize, run }],

  readExample(example, model) {
    return readExample(example, '`observations`', (given) => {
      const key = KEYS.find((name) => Object.hasOwn(given, name));
      return key === undefined
        ? fault([], 'This widget example has no `observations`; reinforcement-learning needs some.')
        : within(key, readObservations(own(given, key), model));
    });
  },

  readRequest(body, model) {
    const key = isMapping(body) ? KEYS.find((name) => Object.hasOwn(body, name)) : undefined;
    return withParameters(
      key === undefined
        ? readObservations(body, model)
        : within(key, readObservations(own(body, key), model)),
      body,
    );
  },

  readParameters: readMapping,

  defaultInferences: (model) => guesses(model, (row) => [0, 0.1, -0.1, 1, -1][row] ?? 0),
  contrast: (_, model) =>
    guesses(model, (row, index) => (row + 1) * (index % 2 === row % 2 ? 3 : -2) + index / 7),

  checkModel: checkObservationSpace,

  checkAnswer({ facts, tensors }) {
    if (facts.output === null) {
      return [
        missingOutput(
          tensors,
          '`action` (observations × numbers), or `action_logits` where the largest wins',
          'Name the output that holds the actions so.',
        ),
      ];
    }
    if (facts.actions.length !== facts.observations) {
      return [
        {
          id: 'output-shape',
          status: 'failed',
          message: `${facts.output} has ${facts.actions.length} rows for ${facts.observations} observations. The graph must keep the batch dimension.`,
        },
      ];
    }
    const what =
      facts.kind === 'scores' ? 'the largest number of a row is the action' : 'its numbers are the action';
    return [
      { id: 'output-shape', status: 'passed', message: `${facts.output} is read: ${what}.` },
      ...checkActions(facts, facts.space),
    ];
  },

  checkLabels: () => [],
  vectors: ({ facts }) => facts.rows,
  random: 'policies of ML-Agents draw the action at random',

  compare({ facts: full }, { facts: other }) {
    if (full.kind === 'scores') return compareScores(full.rows, other.rows);
    const whole = full.rows.every((row) => row.every(Number.isInteger));
    return whole
      ? compareTexts(
          full.actions.map((action) => action.join(' ')),
          other.actions.map((action) => action.join(' ')),
        )
      : compareValues(full.rows, other.rows);
  },
};

/** The inputs of a graph that take observations. */
function observed(inputs: readonly GraphValue[]): readonly GraphValue[] {
  return inputs.filter(({ name }) => !MASK.test(name) && !MEMORY.test(name));
}

/** The size of one observation of an input; null when neither the graph nor config.json states it. */
function sizeOf(input: GraphValue, only: boolean, config: unknown): readonly number[] | null {
  const axes = input.shape?.slice(1);
  if (axes?.every((size): size is number => typeof size === 'number' && size > 0)) return axes;
  const stated = only ? observationShape(config) : null;
  return axes === undefined || axes.length === stated?.length ? stated : null;
}

function unknownSize({ graph, config }: ModelFacts): string | null {
  if (graph === null) return null;
  const inputs = observed(graph.inputs);
  const unknown = inputs.find((input) => sizeOf(input, inputs.length === 1, config) === null);
  if (inputs.length > 0 && unknown === undefined) return null;
  return unknown === undefined
    ? 'The graph takes no observations.'
    : `The graph does not say how large an observation is (${unknown.name} [${unknown.shape?.join(', ') ?? '?'}]). State it in config.json (observation_space.shape), or export with fixed axes after the batch, to have the policy run.`;
}

/** `shape` of a space in config.json, as gym and its serializations write it. */
function observationShape(config: unknown): readonly number[] | null {
  const space = own(config, 'observation_space');
  const shape = own(space, 'shape') ?? own(space, '_shape');
  return Array.isArray(shape) && shape.every((size): size is number => Number.isInteger(size) && size > 0)
    ? shape
    : null;
}

function readObservations(value: unknown, model: ModelFacts): Read<Observations> {
  const inputs = observed(model.graph?.inputs ?? []);
  const [first] = inputs;
  if (first === undefined) return fault([], 'The graph takes no observations.');
  const byName = isMapping(value) ? value : { [first.name]: value };
  const observations: Record<string, NestedList> = {};
  let batch: number | null = null;
  for (const input of inputs) {
    const given = own(byName, input.name);
    const path = isMapping(value) ? [input.name] : [];
    if (given === undefined) {
      return fault(
        [],
        `The observations lack ${input.name}. The policy takes ${inputs.map(({ name }) => name).join(', ')}.`,
      );
    }
    const numbers = readNestedNumbers(given, `\`${input.name}\``);
    if (!numbers.ok) return fault([...path, ...numbers.fault.path], numbers.fault.message);
    const size = sizeOf(input, inputs.length === 1, model.config);
    if (size === null) return fault(path, `Nobody knows how large an observation for ${input.name} is.`);
    const { dims, data } = numbers.value;
    const shaped = dims.length === size.length ? [1, ...dims] : dims;
    if (shaped.length !== size.length + 1 || size.some((one, axis) => shaped[axis + 1] !== one)) {
      return fault(
        path,
        `An observation has ${size.join(' × ')} numbers, but \`${input.name}\` is ${dims.join(' × ')}.`,
      );
    }
    const rows = shaped[0] ?? 0;
    if (batch !== null && batch !== rows) return fault(path, 'All inputs must have as many observations.');
    batch = rows;
    observations[input.name] = nest(data, shaped);
  }
  return read({ observations });
}

/** A batch of observations made by a formula of row and number; bytes are spread over their range. */
function guesses(
  { graph, config }: ModelFacts,
  value: (row: number, index: number) => number,
): readonly Inference<Observations>[] {
  const inputs = observed(graph?.inputs ?? []);
  const observations: Record<string, NestedList> = {};
  for (const input of inputs) {
    const size = sizeOf(input, inputs.length === 1, config);
    if (size === null) return [];
    const one = product(size);
    if (one * GUESSES > LARGEST) return [];
    const bytes = input.type === 'uint8';
    const data = Array.from({ length: GUESSES * one }, (_, index) => {
      const number = value(Math.floor(index / one), index % one);
      return bytes ? Math.max(0, Math.min(255, Math.round(128 + 40 * number))) : number;
    });
    observations[input.name] = nest(data, [GUESSES, ...size]);
  }
  return inputs.length === 0 ? [] : [inferenceOf({ observations })];
}

async function run(session: OnnxSession, { input }: Inference<Observations>): Promise<Answer<PolicyFacts>> {
  const observations: Record<string, NestedNumbers> = Object.fromEntries(
    Object.entries(input.observations).map(([name, list]) => [name, unnest(list)]),
  );
  const [first] = Object.values(observations);
  const count = first?.dims[0] ?? 0;
  const batch = session.inputs.find(({ name }) => observations[name] !== undefined)?.shape?.[0];
  const size = typeof batch === 'number' ? batch : count;
  const space = actionSpace(session.config);
  const rows: (readonly number[])[] = [];
  let output: string | null = null;
  let kind: ActionKind = 'actions';
  for (let start = 0; start < count; start += Math.max(1, size)) {
    const outputs = await session.run(feeds(session.inputs, observations, start, size, count));
    output = actionOutput(outputs);
    const tensor = output === null ? undefined : outputs[output];
    if (output === null || tensor === undefined) break;
    const numbers = numbersOf(tensor);
    const part = rowsOf(numbers, numbers.length / Math.max(1, tensor.dims[0] ?? 1));
    kind = kindOfOutput(output, tensor, part[0]?.length ?? 0, space);
    rows.push(...part.slice(0, Math.max(0, count - start)));
  }
  const actions = rows.map((row) => (kind === 'scores' ? [indexOfLargest(row)] : row));
  return {
    output: actions.map((action) => (action.length === 1 ? action[0] : action)),
    facts: { output, kind, rows, actions, observations: count, space },
  };
}

function feeds(
  inputs: readonly GraphValue[],
  observations: Readonly<Record<string, NestedNumbers>>,
  start: number,
  size: number,
  count: number,
): Record<string, TensorView> {
  return Object.fromEntries(
    inputs.map((input) => {
      const given = observations[input.name];
      if (given === undefined) {
        // One for a free axis, which is the batch in nearly all cases.
        const dims = (input.shape ?? []).map((axis, at) =>
          typeof axis === 'number' ? axis : at === 0 ? size : 1,
        );
        const fill = MASK.test(input.name) ? 1 : 0;
        return [input.name, numberTensor(input, new Float32Array(product(dims)).fill(fill), dims)];
      }
      const one = given.data.length / count;
      // A batch of a fixed size is filled up with the last observation.
      const data = Array.from({ length: size * one }, (_, index) => {
        const row = Math.min(start + Math.floor(index / one), count - 1);
        return given.data[row * one + (index % one)] ?? 0;
      });
      return [input.name, numberTensor(input, data, [size, ...given.dims.slice(1)])];
    }),
  );
}

/** The output that holds the actions. */
function actionOutput(outputs: Tensors): string | null {
  const names = Object.keys(outputs).filter((name) => !NO_ACTION.test(name) || SCORES.test(name));
  const candidates = names.filter((name) => outputs[name]?.type !== 'string' && !/^log_?prob/i.test(name));
  for (const pattern of ACTION_NAMES) {
    const found = candidates.find((name) => pattern.test(name) && !/shape/i.test(name));
    if (found !== undefined) return found;
  }
  return candidates[0] ?? null;
}

function kindOfOutput(
  name: string,
  { type }: TensorView,
  width: number,
  space: ActionSpace | null,
): ActionKind {
  if (!type.startsWith('float') || width <= 1) return 'actions';
  if (SCORES.test(name)) return 'scores';
  return space?.kind === 'discrete' ? 'scores' : 'actions';
}

/** The action space of config.json; null when it has none that is understood. Gym’s serialization writes numbers as texts. */
function actionSpace(config: unknown): ActionSpace | null {
  const space = own(config, 'action_space');
  const count = Number(own(space, 'n'));
  if (Number.isInteger(count) && count > 0) return { kind: 'discrete', count };
  const shape = own(space, 'shape') ?? own(space, '_shape');
  const low = bounds(own(space, 'low'));
  const high = bounds(own(space, 'high'));
  const size =
    Array.isArray(shape) && shape.every((one): one is number => Number.isInteger(one))
      ? product(shape)
      : null;
  return size === null && low.length === 0 ? null : { kind: 'box', size, low, high };
}

/** Bounds as a list of numbers, a number, or a text such as `[-1. -1.]`. */
function bounds(value: unknown): readonly number[] {
  if (typeof value === 'number') return [value];
  if (Array.isArray(value))
    return value
      .flat(3)
      .map(Number)
      .filter((one) => !Number.isNaN(one));
  if (typeof value !== 'string') return [];
  return [...value.slice(0, 2_000).matchAll(/-?(?:inf|\d+\.?\d*(?:e[+-]?\d+)?)/gi)].map(([text]) =>
    /inf/i.test(text)
      ? text.startsWith('-')
        ? Number.NEGATIVE_INFINITY
        : Number.POSITIVE_INFINITY
      : Number(text),
  );
}

function checkActions(
  { actions, rows, kind, output }: PolicyFacts,
  space: ActionSpace | null,
): readonly SmokeCheck[] {
  const id = 'action-space';
  if (space === null) return [];
  const width = rows[0]?.length ?? 0;
  if (space.kind === 'discrete') {
    if (kind === 'scores' && width !== space.count) {
      return [
        {
          id,
          status: 'failed',
          message: `${output} has ${width} numbers, but config.json says the environment takes ${space.count} actions (action_space.n). Correct it, or export the policy of this environment.`,
        },
      ];
    }
    const wrong = actions.flat().find((one) => !(Number.isInteger(one) && one >= 0 && one < space.count));
    return [
      wrong === undefined
        ? { id, status: 'passed', message: `Each action is one of ${space.count}.` }
        : {
            id,
            status: 'failed',
            message: `The policy gives the action ${wrong}, but the environment takes 0 to ${space.count - 1} (action_space.n in config.json).`,
          },
    ];
  }
  if (space.size !== null && width !== space.size) {
    return [
      {
        id,
        status: 'failed',
        message: `An action has ${width} numbers, but config.json says ${space.size} (action_space.shape). Correct it, or export the policy of this environment.`,
      },
    ];
  }
  for (const action of actions) {
    for (const [index, one] of action.entries()) {
      const low = space.low[index] ?? space.low[0] ?? Number.NEGATIVE_INFINITY;
      const high = space.high[index] ?? space.high[0] ?? Number.POSITIVE_INFINITY;
      if (one >= low - 1e-3 && one <= high + 1e-3) continue;
      return [
        {
          id,
          status: 'warning',
          message: `The policy gives ${short(one, 4)}, but an action lies between ${low} and ${high} (action_space in config.json). Whoever runs it must clip the action; say so in the card, or clip in the graph.`,
        },
      ];
    }
  }
  return [{ id, status: 'passed', message: 'The actions lie in the action space of config.json.' }];
}

function checkObservationSpace({ graph, config }: ModelFacts): readonly SmokeCheck[] {
  const id = 'observation-space';
  const inputs = observed(graph?.inputs ?? []);
  const [input] = inputs;
  const stated = observationShape(config);
  const axes = input?.shape?.slice(1) ?? [];
  if (input === undefined || inputs.length !== 1 || stated === null || axes.length === 0) return [];
  const same =
    axes.length === stated.length &&
    axes.every((axis, index) => typeof axis !== 'number' || axis === stated[index]);
  return [
    same
      ? {
          id,
          status: 'passed',
          message: `An observation has ${stated.join(' × ')} numbers, as config.json says.`,
        }
      : {
          id,
          status: 'failed',
          message: `config.json says an observation has ${stated.join(' × ')} numbers (observation_space), but the graph takes ${axes.join(' × ')} (${input.name}). Correct config.json, or export the policy of this environment.`,
        },
  ];
}
