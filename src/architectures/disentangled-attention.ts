import { preview } from '../preview.js';
import type { ModelConfig } from './config.js';
import type { Batch } from './encoder.js';
import { byHead } from './heads.js';
import { type Building, LOWEST, linear } from './layers.js';
import { Unsupported } from './refusal.js';

/** How attention looks at distances. */
export interface Disentangled {
  readonly width: number;
  readonly heads: number;
  /** Whether what a token asks with meets distances, and what it is found by. */
  readonly contentToPosition: boolean;
  readonly positionToContent: boolean;
  /** Half of the rows of the table of distances; 0 where there is none. */
  readonly span: number;
}

/** What every layer shares. */
export interface Shared extends Batch {
  /** Which tokens see which: batch × 1 × tokens × tokens. */
  readonly visible: string;
  /** The table of distances, rows × width; null where there is none. */
  readonly distances: string | null;
  /** The row of the distance between two tokens, batch × heads × tokens × tokens, both ways round. */
  readonly rows: { readonly asking: string; readonly asked: string } | null;
}

/** The kinds of attention to distances that config.json names. Throws `Unsupported` for one that is not built. */
export function kindsOf(config: ModelConfig): ReadonlySet<string> {
  const told = config.pos_att_type ?? [];
  const list: readonly unknown[] =
    typeof told === 'string' ? told.toLowerCase().split('|') : Array.isArray(told) ? told : [told];
  const kinds = list.map((kind) => (typeof kind === 'string' ? kind.trim() : kind));
  for (const kind of kinds) {
    if (kind !== 'c2p' && kind !== 'p2c') throw new Unsupported(`pos_att_type has ${preview(kind)}`);
  }
  if (new Set(kinds).size !== kinds.length) throw new Unsupported('pos_att_type has a kind twice');
  return new Set(kinds.filter((kind) => typeof kind === 'string'));
}

/** How distances share rows of their table: all of their own up to half of `buckets`, then ever more in one. */
interface DistanceBuckets {
  /** 0 where every distance up to `farthest` has a row of its own. */
  readonly buckets: number;
  readonly farthest: number;
}

/**
 * The row of each distance from `1 - longest` to `longest - 1`, from a token that asks to one that is asked, in the float32 arithmetic of PyTorch
 * (`make_log_bucket_position` in modeling_deberta_v2.py). Throws `Unsupported` for buckets that cannot be shared out.
 */
export function distanceRows(
  longest: number,
  span: number,
  { buckets, farthest }: DistanceBuckets,
): readonly number[] {
  const { fround, log } = Math;
  const middle = Math.floor(buckets / 2);
  const whole = fround(log(fround((farthest - 1) / middle)));
  if (buckets > 0 && (middle < 1 || !(whole > 0))) {
    throw new Unsupported(`it has ${buckets} buckets for distances up to ${farthest}`);
  }
  const bucket = (distance: number) => {
    const away = Math.abs(distance);
    if (buckets === 0 || away <= middle) return distance;
    const share = fround(fround(log(fround(away / middle))) / whole);
    return Math.sign(distance) * (Math.ceil(fround(share * (middle - 1))) + middle);
  };
  return Array.from({ length: 2 * longest - 1 }, (_, index) =>
    Math.min(Math.max(bucket(index - (longest - 1)) + span, 0), 2 * span - 1),
  );
}

/** The rows of the distances of all tokens of a batch. `rows` are those of `distanceRows`. */
export function rowsOfDistances(
  { graph }: Building,
  { batch, length }: Pick<Batch, 'batch' | 'length'>,
  heads: number,
  rows: readonly number[],
): NonNullable<Shared['rows']> {
  const range = graph.node('Range', [graph.integers(0), graph.node('Squeeze', [length]), graph.integers(1)]);
  const distance = graph.node('Sub', [
    graph.node('Unsqueeze', [range, graph.integers([1])]),
    graph.node('Unsqueeze', [range, graph.integers([0])]),
  ]);
  const index = graph.node('Add', [distance, graph.integers((rows.length - 1) / 2)]);
  const all = graph.node('Concat', [batch, graph.integers([heads]), length, length], { axis: 0 });
  const spread = (table: readonly number[]) =>
    graph.node('Expand', [graph.node('Gather', [graph.integers(table), index], { axis: 0 }), all]);
  // The other way round a distance has the other sign.
  return { asking: spread(rows), asked: spread([...rows].reverse()) };
}

/** What a token asks with, is found by and hands over, batch × heads × tokens × each; distances likewise, or null. */
interface DisentangledProjection {
  readonly query: string;
  readonly key: string;
  readonly value: string;
  readonly distanceKey: string | null;
  readonly distanceQuery: string | null;
}

/**
 * The projections of DeBERTa-v2: each a layer of its own; `shared` is whether distances go through those of the tokens. `at` is the attention of a
 * layer.
 */
export function projectApart(
  building: Building,
  shape: Disentangled,
  all: Shared,
  x: string,
  at: string,
  shared: boolean,
): DisentangledProjection {
  const { width } = shape;
  const project = (rows: string, name: string) => linear(building, rows, `${at}.${name}`, width, width);
  const token = (name: string) => byHead(building, all, project(x, name), shape.heads, width / shape.heads);
  const distance = (wanted: boolean, own: string, ofTokens: string) =>
    wanted && all.distances !== null
      ? byDistance(building, shape, project(all.distances, shared ? ofTokens : own))
      : null;
  return {
    query: token('query_proj'),
    key: token('key_proj'),
    value: token('value_proj'),
    distanceKey: distance(shape.contentToPosition, 'pos_key_proj', 'key_proj'),
    distanceQuery: distance(shape.positionToContent, 'pos_query_proj', 'query_proj'),
  };
}

/** The projections of DeBERTa: one layer, in which those of a head lie beside each other. */
export function projectTogether(
  building: Building,
  shape: Disentangled,
  all: Shared,
  x: string,
  at: string,
): DisentangledProjection {
  const { graph, weights } = building;
  const { width, heads } = shape;
  const each = width / heads;
  const three = linear(building, x, `${at}.in_proj`, 3 * width, width, false);
  const [query = '', key = '', value = ''] = graph.nodes(
    'Split',
    [byHead(building, all, three, heads, 3 * each)],
    3,
    {
      axis: 3,
      num_outputs: 3,
    },
  );
  const biased = (of: string, name: string) => {
    const bias = weights.take(`${at}.${name}`, [width]);
    return graph.node('Add', [of, graph.node('Reshape', [bias, graph.integers([1, heads, 1, each])])]);
  };
  const distance = (wanted: boolean, name: string, bias: boolean) =>
    wanted && all.distances !== null
      ? byDistance(building, shape, linear(building, all.distances, `${at}.${name}`, width, width, bias))
      : null;
  return {
    query: biased(query, 'q_bias'),
    key,
    value: biased(value, 'v_bias'),
    distanceKey: distance(shape.contentToPosition, 'pos_proj', false),
    distanceQuery: distance(shape.positionToContent, 'pos_q_proj', true),
  };
}

function byDistance(building: Building, { width, heads, span }: Disentangled, rows: string): string {
  const { graph } = building;
  const one = { batch: graph.integers([1]), length: graph.integers([2 * span]) };
  return byHead(building, one, rows, heads, width / heads);
}

/** Attention to tokens and distances; rows of tokens × width out (`DisentangledSelfAttention`). */
export function attendDisentangled(
  { graph }: Building,
  { width, heads, contentToPosition, positionToContent }: Disentangled,
  { visible, rows }: Shared,
  { query, key, value, distanceKey, distanceQuery }: DisentangledProjection,
): string {
  const turn = (x: string) => graph.node('Transpose', [x], { perm: [0, 1, 3, 2] });
  let scores = graph.node('MatMul', [query, turn(key)]);
  if (distanceKey !== null && rows !== null) {
    const met = graph.node('MatMul', [query, turn(distanceKey)]);
    scores = graph.node('Add', [scores, graph.node('GatherElements', [met, rows.asking], { axis: 3 })]);
  }
  if (distanceQuery !== null && rows !== null) {
    const met = graph.node('MatMul', [key, turn(distanceQuery)]);
    scores = graph.node('Add', [scores, turn(graph.node('GatherElements', [met, rows.asked], { axis: 3 }))]);
  }
  const kinds = 1 + Number(contentToPosition) + Number(positionToContent);
  const scaled = graph.node('Mul', [scores, graph.float(((width / heads) * kinds) ** -0.5)]);
  const seen = graph.node('Where', [visible, scaled, graph.float(LOWEST)]);
  const shares = graph.node('Softmax', [seen], { axis: -1 });
  const byToken = graph.node('Transpose', [graph.node('MatMul', [shares, value])], { perm: [0, 2, 1, 3] });
  return graph.node('Reshape', [byToken, graph.integers([-1, width])]);
}
