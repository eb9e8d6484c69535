import { paddingBias } from './encoder.js';
import { byHead, type Heads } from './heads.js';
import { type Building, LOWEST, sizeOfAxis } from './layers.js';

/** Where the keys and values of a decoder’s layers come from; rows in, batch × heads × tokens × each out. */
export interface KeysAndValues {
  /** Of the tokens that are written: those of before, and the new ones behind them. */
  own(layer: number, kind: 'key' | 'value', rows: string): string;
  /** Of what the encoder read. */
  taken(layer: number, kind: 'key' | 'value', rows: string): string;
}

/** What a decoder is given beside what its tokens are. */
export interface DecoderSide {
  /** New tokens: their ids, and how many texts and tokens, as lists of one number. */
  readonly ids: string;
  readonly batch: string;
  readonly length: string;
  /** Tokens before them, and with them, as lists of one number. */
  readonly past: string;
  readonly total: string;
  /** Added to the scores of what the encoder read; null where all of it is seen. */
  readonly padding: string | null;
  /** Hidden states of the encoder that are in no cache yet, as rows. */
  readonly states: string;
  readonly keysAndValues: KeysAndValues;
}

/**
 * Declares the inputs of a decoder that reads what an encoder made, as transformers.js feeds them, with a cache for its own tokens and one for
 * what it took from the encoder. `masked` says whether it is told which tokens of the encoder are padding.
 */
export function decoderSide(
  building: Building,
  { width, heads, each }: Heads & { readonly width: number },
  masked: boolean,
): DecoderSide {
  const { graph } = building;
  const ids = graph.input('input_ids', 'int64', ['batch_size', 'decoder_sequence_length']);
  const read = ['batch_size', 'encoder_sequence_length'];
  const mask = masked ? graph.input('encoder_attention_mask', 'int64', read) : null;
  const states = graph.input('encoder_hidden_states', 'float32', [...read, width]);
  // Declared as layers come up: what config.json tells of their number may be a lie, which their weights show.
  const caches = new Map<string, string>();
  const cached = (layer: number, part: 'decoder' | 'encoder', kind: 'key' | 'value') => {
    const name = `past_key_values.${layer}.${part}.${kind}`;
    const known = caches.get(name);
    if (known !== undefined) return known;
    const shape = ['batch_size', heads, `past_${part}_sequence_length`, each];
    caches.set(name, graph.input(name, 'float32', shape));
    return name;
  };
  const batch = sizeOfAxis(building, ids, 0);
  const length = sizeOfAxis(building, ids, 1);
  const past = sizeOfAxis(building, cached(0, 'decoder', 'key'), 2);
  // What is in the cache already is cut off: nothing is left from the second step on, and no branch is needed.
  const fresh = graph.node('Slice', [
    states,
    sizeOfAxis(building, cached(0, 'encoder', 'key'), 2),
    graph.integers([Number.MAX_SAFE_INTEGER]),
    graph.integers([1]),
  ]);
  const freshLength = sizeOfAxis(building, fresh, 1);
  const rows = graph.node('Concat', [graph.node('Mul', [batch, freshLength]), graph.integers([width])], {
    axis: 0,
  });
  const remember = (
    layer: number,
    part: 'decoder' | 'encoder',
    kind: 'key' | 'value',
    added: string,
    count: string,
  ) => {
    const split = byHead(building, { batch, length: count }, added, heads, each);
    const all = graph.node('Concat', [cached(layer, part, kind), split], { axis: 2 });
    const size = ['batch_size', heads, `${part}_sequence_length_so_far`, each];
    graph.output(`present.${layer}.${part}.${kind}`, 'float32', size, all);
    return all;
  };
  return {
    ids,
    batch,
    length,
    past,
    total: graph.node('Add', [past, length]),
    padding: mask === null ? null : paddingBias(building, mask),
    states: graph.node('Reshape', [fresh, rows], { allowzero: 1 }),
    keysAndValues: {
      own: (layer, kind, added) => remember(layer, 'decoder', kind, added, length),
      taken: (layer, kind, added) => remember(layer, 'encoder', kind, added, freshLength),
    },
  };
}

/** The numbers from one list of one number up to another, which is left out. */
export function rangeOf({ graph }: Building, start: string, end: string): string {
  return graph.node('Range', [
    graph.node('Squeeze', [start]),
    graph.node('Squeeze', [end]),
    graph.integers(1),
  ]);
}

/** The lowest number for tokens that lie ahead of each new one; new tokens × all tokens. */
export function aheadBias(building: Building, past: string, total: string): string {
  const { graph } = building;
  const keys = graph.node('Unsqueeze', [rangeOf(building, graph.integers([0]), total), graph.integers([0])]);
  const queries = graph.node('Unsqueeze', [rangeOf(building, past, total), graph.integers([1])]);
  const ahead = graph.node('Greater', [keys, queries]);
  return graph.node('Where', [ahead, graph.float(LOWEST), graph.float(0)]);
}
