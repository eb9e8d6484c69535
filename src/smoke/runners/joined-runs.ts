/**
 * Runs of one graph that wait at the same time, as one run: the graph gets the inputs of all, and each gets its own outputs back. Who asks does
 * not see it, but for the time. Whether a graph gives an item the same among others as alone is found out, not believed: the first runs together are held
 * against single ones. Where they differ (a graph that quantizes by all numbers it sees, or looks at what fills a text up), each stays alone.
 */
import { own } from '../../mapping.js';
import type { Way } from '../../tasks/task.js';
import { namedToken } from '../../tasks/text/text-encoding.js';
import type { InferenceJob } from '../protocol.js';
import type { Graph, Tensors, Tokenizer } from '../session.js';
import { bytesOf, itemOf, type Joinable, joinable, joined, sameOutputs } from './joined-tensors.js';

/** Most items of one run. */
const MAX_ITEMS = 32;
/** Most tokens of one run, those that fill up counted. */
const MAX_TOKENS = 8192;
/** Most bytes of outputs of one run. */
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;
/** How often runs together are held against single ones before they are believed. */
const TRIALS = 2;
/** How many runs together are believed before the next one is held against single ones again. */
const BELIEVED = 500;
/** A text is filled up to at most this many times its length, or by this many tokens. */
const FILL = { times: 1.25, tokens: 16 };

/** A graph whose runs are joined. */
export interface JoinedGraph {
  run: Graph['run'];
  /** Goes on with something that may run the graph; runs wait for each other as long as one of these is on its way to it. */
  during<T>(work: () => Promise<T>): Promise<T>;
}

interface Waiting extends Joinable {
  readonly feeds: Tensors;
  readonly resolve: (outputs: Tensors) => void;
  readonly reject: (error: unknown) => void;
}

/** What was found out of runs of one kind: how often they were right, or that they are not. */
interface Trust {
  passed: number;
  /** Runs since the last one that was held against single ones. */
  believed: number;
  refused: boolean;
  /** Outputs with a row for each token. */
  sequences: ReadonlySet<string>;
}

/** Joins the runs of a served graph, where the task can do with it and the graph computes alike however many items it sees; else null. */
export function joinServed(
  job: InferenceJob,
  way: Way,
  tokenizer: () => Tokenizer | null,
  graph: Graph,
): JoinedGraph | null {
  if (job.served?.joined !== true || way.together !== true || !takesSeveral(graph)) return null;
  const stated = own(job.config, 'pad_token_id');
  if (typeof stated === 'number') return joinRuns(graph, stated);
  const known = takesText(graph) ? tokenizer() : null;
  const token = namedToken(known?.config, 'pad_token');
  return joinRuns(graph, (token === null ? undefined : known?.idOf(token)) ?? 0);
}

function takesText({ inputs }: Graph): boolean {
  return inputs.some(({ name }) => name === 'input_ids');
}

/** Joins runs of a graph that takes several items at once. `padId` fills texts up. */
export function joinRuns(graph: Graph, padId: number): JoinedGraph {
  const trusts = new Map<string, Trust>();
  /** Most bytes of outputs for each unit of the inputs, by kind. */
  const sizes = new Map<string, number>();
  let waiting: Waiting[] = [];
  let onTheWay = 0;
  let busy = false;
  let looking = false;

  const look = () => {
    if (looking || busy || waiting.length === 0) return;
    looking = true;
    // What came at the same time gets there in the same turn.
    setImmediate(() => {
      looking = false;
      if (!busy && waiting.length > 0 && waiting.length >= onTheWay) void runAll();
    });
  };

  async function runAll(): Promise<void> {
    busy = true;
    const all = waiting;
    waiting = [];
    for (const group of groups(all, trustOf, sizes)) await runGroup(group);
    busy = false;
    look();
  }

  function trustOf({ kind }: Joinable, filled: boolean): Trust {
    const key = `${filled} ${kind}`;
    let trust = trusts.get(key);
    if (trust === undefined) {
      trust = { passed: 0, believed: 0, refused: false, sequences: new Set() };
      trusts.set(key, trust);
    }
    return trust;
  }

  async function runGroup(group: Group): Promise<void> {
    const { items, length } = group;
    const [first] = items;
    if (first === undefined) return;
    if (items.length === 1) {
      await alone(first);
      return;
    }
    const trust = trustOf(first, group.filled);
    if (trust.refused) {
      await each(items);
      return;
    }
    let outputs: Tensors;
    try {
      outputs = await graph.run(
        joined(
          items.map(({ feeds }) => feeds),
          length,
          padId,
        ),
      );
    } catch {
      // Each is told what is wrong with its own inputs.
      const answered = await each(items);
      // A graph that fails only together would be run in vain each time.
      if (answered && trust.passed < TRIALS) trust.refused = true;
      return;
    }
    if (trust.passed < TRIALS || trust.believed >= BELIEVED) return compare(items, outputs, trust);
    trust.believed++;
    const own = items.map((item, index) =>
      itemOf(outputs, index, items.length, item.length, trust.sequences),
    );
    for (const [index, item] of items.entries()) {
      const found = own[index];
      if (found === null || found === undefined) await alone(item);
      else item.resolve(found);
    }
  }

  /** Answers each from a run of its own, and notes whether the run together gave the same. */
  async function compare(items: readonly Waiting[], outputs: Tensors, trust: Trust): Promise<void> {
    const singles = await Promise.all(items.map(async (item) => ({ item, outputs: await alone(item) })));
    const good = singles.flatMap(({ item, outputs: single }) => (single === null ? [] : [{ item, single }]));
    if (good.length < items.length) return;
    const sequences = sequencesOf(good.map(({ item, single }) => ({ length: item.length, outputs: single })));
    const same = good.every(({ item, single }, index) => {
      const found = itemOf(outputs, index, items.length, item.length, sequences);
      return found !== null && sameOutputs(single, found);
    });
    if (!same) trust.refused = true;
    else {
      // Equal inputs get the same in any company.
      if (items.some(({ feeds }) => !sameOutputs(items[0]?.feeds ?? {}, feeds))) trust.passed++;
      trust.believed = 0;
      trust.sequences = sequences;
    }
  }

  /** Runs each for itself; settles to whether all were answered. */
  async function each(items: readonly Waiting[]): Promise<boolean> {
    let answered = true;
    for (const item of items) answered = (await alone(item)) !== null && answered;
    return answered;
  }

  async function alone({ kind, units, feeds, resolve, reject }: Waiting): Promise<Tensors | null> {
    try {
      const outputs = await graph.run(feeds);
      sizes.set(kind, Math.max(sizes.get(kind) ?? 0, bytesOf(outputs) / units));
      resolve(outputs);
      return outputs;
    } catch (error) {
      reject(error);
      return null;
    }
  }

  return {
    run(feeds) {
      const how = joinable(feeds);
      if (how === null) return graph.run(feeds);
      return new Promise((resolve, reject) => {
        waiting.push({ ...how, feeds, resolve, reject });
        look();
      });
    },
    async during(work) {
      onTheWay++;
      try {
        return await work();
      } finally {
        onTheWay--;
        look();
      }
    },
  };
}

/** Whether the first dimension of all inputs and outputs is free. */
function takesSeveral({ inputs, outputs }: Graph): boolean {
  return (
    inputs.length > 0 &&
    inputs.every(({ shape }) => shape !== null && typeof shape[0] === 'string') &&
    outputs.every(({ shape }) => shape === null || shape.length === 0 || typeof shape[0] === 'string')
  );
}

/** Items that run together. */
interface Group {
  readonly items: readonly Waiting[];
  /** The tokens of each, those that fill it up counted. */
  readonly length: number | null;
  /** Whether any is filled up. */
  readonly filled: boolean;
}

/** Puts those together that are of one kind and of similar length. */
function groups(
  waiting: readonly Waiting[],
  trustOf: (item: Joinable, filled: boolean) => Trust,
  sizes: ReadonlyMap<string, number>,
): readonly Group[] {
  const found: Group[] = [];
  const sorted = [...waiting].sort(
    (a, b) => order(a.kind, b.kind) || order(a.dims, b.dims) || (a.length ?? 0) - (b.length ?? 0),
  );
  for (let start = 0; start < sorted.length; ) {
    const first = sorted[start];
    if (first === undefined) break;
    const longest = (first.length ?? 0) * FILL.times;
    const most = first.length === null ? 0 : Math.max(longest, first.length + FILL.tokens);
    const fill = !trustOf(first, true).refused;
    let end = start + 1;
    for (; end < sorted.length && end - start < MAX_ITEMS; end++) {
      const next = sorted[end];
      if (next === undefined || next.kind !== first.kind || next.dims !== first.dims) break;
      if (first.length !== null) {
        const length = next.length ?? 0;
        if (length !== first.length && (!fill || length > most)) break;
        if (length * (end - start + 1) > MAX_TOKENS) break;
      }
      // How much comes out is known when one ran.
      const bytes = (sizes.get(first.kind) ?? Number.POSITIVE_INFINITY) * next.units;
      if (bytes * (end - start + 1) > MAX_OUTPUT_BYTES) break;
    }
    const items = sorted.slice(start, end);
    const length = items.at(-1)?.length ?? null;
    found.push({ items, length, filled: length !== first.length });
    start = end;
  }
  return found;
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Outputs whose second dimension is the number of tokens, by single runs of texts of different lengths. */
function sequencesOf(
  runs: readonly { readonly length: number | null; readonly outputs: Tensors }[],
): ReadonlySet<string> {
  const [first] = runs;
  if (first === undefined || first.length === null || runs.every(({ length }) => length === first.length)) {
    return new Set();
  }
  return new Set(
    Object.keys(first.outputs).filter((name) =>
      runs.every(({ length, outputs }) => outputs[name]?.dims[1] === length),
    ),
  );
}
