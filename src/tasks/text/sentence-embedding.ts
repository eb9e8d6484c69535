import { isMapping, own } from '../../mapping.js';
import { preview } from '../../preview.js';
import type { SmokeCheck } from '../../smoke/report.js';
import type { Options, TensorView, TransformersSession } from '../../smoke/session.js';
import { missingOutput } from '../checks/output-shape.js';
import { short } from '../checks/wording.js';
import { cosine } from '../numbers/numbers.js';
import { numbersOf, rowsOf } from '../numbers/tensors.js';
import type { ModelFacts, TensorSummary } from '../task.js';
import { encodeText, feedsOf, longestInput, type Token } from './text-encoding.js';

/** The files of a sentence-transformers repository that say how a text becomes one vector. */
export const RECIPE_FILES = [
  'modules.json',
  '1_Pooling/config.json',
  'config_sentence_transformers.json',
  'sentence_bert_config.json',
] as const;

/** How the vectors of tokens become one, as sentence-transformers names it (`pooling_mode_…`). */
export type Pooling = 'cls' | 'max' | 'mean' | 'mean_sqrt_len' | 'weightedmean' | 'lasttoken';

/** In the order in which several are put one behind the other. */
const POOLING_KEYS: readonly (readonly [key: string, pooling: Pooling])[] = [
  ['pooling_mode_cls_token', 'cls'],
  ['pooling_mode_max_tokens', 'max'],
  ['pooling_mode_mean_tokens', 'mean'],
  ['pooling_mode_mean_sqrt_len_tokens', 'mean_sqrt_len'],
  ['pooling_mode_weightedmean_tokens', 'weightedmean'],
  ['pooling_mode_lasttoken', 'lasttoken'],
];

/** How a repository makes one vector of a text. */
export interface Recipe {
  /** It has a modules.json; else it is a bare transformer, of which sentence-transformers takes the mean. */
  readonly stated: boolean;
  readonly poolings: readonly Pooling[];
  readonly normalize: boolean;
  /** Width of the vectors of tokens, as the pooling layer states it; null when it does not. */
  readonly width: number | null;
  /** Whether the tokens of the prompt count. */
  readonly withPrompt: boolean;
  readonly lowerCase: boolean;
  /** Most tokens; null when nothing says so. */
  readonly longest: number | null;
  /** Texts that are put before others, by name. */
  readonly prompts: Readonly<Record<string, string>>;
  readonly defaultPrompt: string | null;
  /** Layers with weights of their own after the transformer, such as `Dense`. */
  readonly layers: readonly string[];
}

/** Reads how a repository makes one vector of a text, from its `RECIPE_FILES`. */
export function readRecipe(json: Options): Recipe {
  const modules = own(json, 'modules.json');
  const types = Array.isArray(modules)
    ? modules.slice(0, 20).map((module: unknown) => own(module, 'type'))
    : [];
  const names = types.map((type) => (typeof type === 'string' ? (type.split('.').at(-1) ?? type) : ''));
  const pooling = own(json, '1_Pooling/config.json');
  const poolings = POOLING_KEYS.flatMap(([key, mode]) => (own(pooling, key) === true ? [mode] : []));
  const width = own(pooling, 'word_embedding_dimension');
  const general = own(json, 'config_sentence_transformers.json');
  const bert = own(json, 'sentence_bert_config.json');
  const longest = own(bert, 'max_seq_length');
  const prompts = own(general, 'prompts');
  const defaultPrompt = own(general, 'default_prompt_name');
  return {
    stated: types.length > 0,
    poolings: poolings.length === 0 ? ['mean'] : poolings,
    normalize: names.includes('Normalize'),
    width: typeof width === 'number' ? width : null,
    withPrompt: own(pooling, 'include_prompt') !== false,
    lowerCase: own(bert, 'do_lower_case') === true,
    longest: typeof longest === 'number' && longest > 0 ? longest : null,
    prompts: isMapping(prompts)
      ? Object.fromEntries(
          Object.entries(prompts).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
        )
      : {},
    defaultPrompt: typeof defaultPrompt === 'string' ? defaultPrompt : null,
    layers: names.filter((name) => !['Transformer', 'Pooling', 'Normalize', ''].includes(name)),
  };
}

/** Why the graph of a repository cannot give its vectors; null when it can. */
export function whyNoVector({ json, graph }: ModelFacts): string | null {
  const { layers } = readRecipe(json);
  const [layer] = layers;
  if (layer === undefined || graph?.outputs.some(({ name }) => name === WHOLE)) return null;
  return `modules.json has the layer ${preview(layer)} after the transformer, whose weights are not in the ONNX graph. Export the model with \`optimum-cli export onnx --library sentence_transformers --model . onnx\`: the graph then has the output ${WHOLE}, and can be run.`;
}

/** The output of a graph that has all layers of sentence-transformers in it. */
const WHOLE = 'sentence_embedding';
/** What graphs call the vectors of tokens. */
const OF_TOKENS = ['last_hidden_state', 'token_embeddings', 'hidden_states'];

/** How a text is embedded. */
export interface EmbeddingOptions {
  readonly prompt?: string;
  /** Takes the place of the repository’s own. */
  readonly poolings?: readonly Pooling[];
  /** Cuts texts that are too long; else they are an error. */
  readonly truncate: boolean;
  readonly fromLeft?: boolean;
}

/** A text as vectors. */
export interface Embedded {
  /** One vector for the text; not of length one yet, unless the graph makes it so. */
  readonly vector: readonly number[];
  /** It was made of those of the tokens; else the graph gave it, with all that modules.json says done to it. */
  readonly pooled: boolean;
  /** The vectors of its tokens, [tokens][width]; null when the graph gives only one for the text. */
  readonly tokens: readonly (readonly number[])[] | null;
  /** How many tokens the graph was given. */
  readonly tokensRead: number;
}

/** Embeds a text; null when the graph gives no vectors. Throws when it is too long and must not be cut. */
export async function embed(
  session: TransformersSession,
  text: string,
  recipe: Recipe,
  { prompt = '', poolings = recipe.poolings, truncate, fromLeft = false }: EmbeddingOptions,
): Promise<Embedded | null> {
  const whole = prompt + text;
  const {
    before,
    text: own,
    after,
  } = encodeText(session.tokenizer, recipe.lowerCase ? whole.toLowerCase() : whole);
  const limit = Math.min(longestInput(session), recipe.longest ?? Number.POSITIVE_INFINITY);
  const room = Math.max(0, limit - before.length - after.length);
  if (!truncate && own.length > room) {
    throw new Error(
      `The text has ${own.length + before.length + after.length} tokens, but the model takes ${limit} at most. Set truncate to true to have it cut.`,
    );
  }
  const kept = fromLeft ? own.slice(Math.max(0, own.length - room)) : own.slice(0, room);
  const tokens: readonly Token[] = [...before, ...kept, ...after];
  const outputs = await session.model(feedsOf(tokens));
  const vector = outputs[WHOLE];
  const rows = tokenRows(outputs, tokens.length);
  if (vector !== undefined && vector.dims.length === 2 && vector.dims[0] === 1) {
    return { vector: Array.from(numbersOf(vector)), pooled: false, tokens: rows, tokensRead: tokens.length };
  }
  if (rows === null) return null;
  const skipped =
    prompt !== '' && !recipe.withPrompt ? before.length + session.tokenizer.pieces(prompt).length : 0;
  return {
    vector: poolings.flatMap((pooling) => pool(rows.slice(skipped), pooling)),
    pooled: true,
    tokens: rows,
    tokensRead: tokens.length,
  };
}

function tokenRows(
  outputs: Readonly<Record<string, TensorView>>,
  tokens: number,
): readonly (readonly number[])[] | null {
  const fits = (tensor: TensorView | undefined) =>
    tensor?.dims.length === 3 && tensor.dims[0] === 1 && tensor.dims[1] === tokens;
  const name = OF_TOKENS.find((one) => fits(outputs[one]));
  const found = name === undefined ? undefined : outputs[name];
  if (found === undefined) return null;
  return rowsOf(numbersOf(found), found.dims[2] ?? 0);
}

/** One vector of those of the tokens. */
function pool(rows: readonly (readonly number[])[], pooling: Pooling): readonly number[] {
  const [first = []] = rows;
  const weighted = (weight: (row: number) => number, by: number) =>
    first.map((_, index) => rows.reduce((sum, row, at) => sum + weight(at) * (row[index] ?? 0), 0) / by);
  switch (pooling) {
    case 'cls':
      return first;
    case 'lasttoken':
      return rows.at(-1) ?? [];
    case 'max':
      return first.map((_, index) =>
        rows.reduce((most, row) => Math.max(most, row[index] ?? most), Number.NEGATIVE_INFINITY),
      );
    case 'mean':
      return weighted(() => 1, rows.length);
    case 'mean_sqrt_len':
      return weighted(() => 1, Math.sqrt(rows.length));
    case 'weightedmean':
      return weighted((row) => row + 1, (rows.length * (rows.length + 1)) / 2);
  }
}

/** The length of a vector. */
export function lengthOf(vector: readonly number[]): number {
  return Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
}

/** A vector of length one; one of length zero stays as it is. */
export function normalized(vector: readonly number[]): readonly number[] {
  const length = lengthOf(vector);
  return length === 0 ? vector : vector.map((value) => value / length);
}

/** What the checks need to know of embeddings. */
export interface EmbeddingFacts {
  /** One for each text, of the first `MAX_VECTORS` texts. */
  readonly vectors: readonly (readonly number[])[];
  /** Whether the repository makes one vector of a text; else they are the means of those of the tokens. */
  readonly sentences: boolean;
  /** Width of the vectors of tokens; null when the graph gives none. */
  readonly tokenWidth: number | null;
  /** What the files of the repository say that the width is. */
  readonly statedWidth: { readonly width: number; readonly where: string } | null;
  /** modules.json ends with a normalization, and nothing else was asked for. */
  readonly normalized: boolean;
}

/** Most vectors that are handed over. */
export const MAX_VECTORS = 16;
/** Texts that have nothing to do with each other never come so near in a model that was trained for it. */
const COLLAPSED = 0.999;
const COLLAPSED_TOKENS = 0.99999;
/** How far the length of a vector may lie from one. */
const LENGTH_TOLERANCE = 1e-2;
/** Names of the width in config.json. */
const WIDTH_KEYS = ['hidden_size', 'd_model', 'dim', 'n_embd'];

/** The width of a vector of a token, as the files of the repository state it. */
export function statedWidth(config: Options, recipe: Recipe): EmbeddingFacts['statedWidth'] {
  if (recipe.width !== null) {
    return { width: recipe.width, where: '1_Pooling/config.json (word_embedding_dimension)' };
  }
  const key = WIDTH_KEYS.find((one) => typeof own(config, one) === 'number');
  const width = key === undefined ? undefined : own(config, key);
  return typeof width === 'number' && key !== undefined ? { width, where: `config.json (${key})` } : null;
}

/** The width of the vectors of tokens, as the graph gives them or as its vector of the text shows; null when neither tells. */
export function tokenWidth(
  { tokens, vector, pooled }: Embedded,
  { layers, poolings }: Recipe,
): number | null {
  const [first] = tokens ?? [];
  if (first !== undefined) return first.length;
  return pooled || layers.length > 0 ? null : vector.length / poolings.length;
}

/** Whether the graph gave vectors, one for each `item`. */
export function checkVectors(
  tensors: readonly TensorSummary[],
  { vectors: [vector] }: EmbeddingFacts,
  item: string,
): SmokeCheck {
  return vector === undefined
    ? missingOutput(
        tensors,
        `\`last_hidden_state\` (1 × tokens × width) or \`${WHOLE}\` (1 × width)`,
        'Export it with the task feature-extraction, or correct pipeline_tag in the card.',
      )
    : {
        id: 'output-shape',
        status: 'passed',
        message: `A vector of ${vector.length} numbers for each ${item}.`,
      };
}

/** Checks of one answer of embeddings, but for its shape. */
export function checkEmbeddings(facts: EmbeddingFacts): readonly SmokeCheck[] {
  if (facts.vectors.length === 0 || !facts.vectors.flat().every(Number.isFinite)) return [];
  return [...checkWidth(facts), ...checkLength(facts)];
}

function checkWidth({ tokenWidth, statedWidth: stated }: EmbeddingFacts): readonly SmokeCheck[] {
  const id = 'embedding-width';
  if (tokenWidth === null || stated === null) return [];
  if (tokenWidth === stated.width) {
    return [
      {
        id,
        status: 'passed',
        message: `The vectors are ${tokenWidth} numbers wide, as ${stated.where} says.`,
      },
    ];
  }
  return [
    {
      id,
      status: 'failed',
      message: `The vectors are ${tokenWidth} numbers wide, but ${stated.where} says ${stated.width}. Whoever stores them goes by that number: correct it, or export the model that was meant.`,
    },
  ];
}

function checkLength({ vectors, normalized: claimed }: EmbeddingFacts): readonly SmokeCheck[] {
  const id = 'embedding-normalized';
  if (!claimed) return [];
  const wrong = vectors.map(lengthOf).find((length) => !(Math.abs(length - 1) <= LENGTH_TOLERANCE));
  if (wrong === undefined) {
    return [
      { id, status: 'passed', message: 'The vectors have length 1, as modules.json says (Normalize).' },
    ];
  }
  return [
    {
      id,
      status: 'failed',
      message: `modules.json says that vectors are normalized, but one has length ${short(wrong, 4)}. Export the model with all layers, or take Normalize out of modules.json.`,
    },
  ];
}

/** Most vectors that are compared with one another. */
const MAX_COMPARED = 200;

/** Why vectors of different texts count as the same; null when they do not. */
export function sameEmbeddings(all: readonly EmbeddingFacts[]): string | null {
  const vectors = all.flatMap((facts) => facts.vectors).slice(0, MAX_COMPARED);
  // Bare transformers put all texts near each other; nobody compares those vectors as they are.
  const most = all.every(({ sentences }) => sentences) ? COLLAPSED : COLLAPSED_TOKENS;
  for (const [index, vector] of vectors.entries()) {
    for (const other of vectors.slice(index + 1)) {
      if (!(cosine(vector, other) > most)) return null;
    }
  }
  return vectors.length > 1 ? `the cosine of any two vectors is above ${most}` : null;
}

/** A pooling layer of modules.json whose settings are not there. */
export function checkPooling({ json }: ModelFacts): readonly SmokeCheck[] {
  const id = 'pooling';
  const recipe = readRecipe(json);
  const modules = own(json, 'modules.json');
  const module: unknown = Array.isArray(modules)
    ? modules.find((one: unknown) => String(own(one, 'type')).endsWith('.Pooling'))
    : undefined;
  if (module === undefined) return [];
  const path = own(module, 'path');
  if (own(json, '1_Pooling/config.json') !== undefined) {
    return [
      {
        id,
        status: 'passed',
        message: `1_Pooling/config.json says how tokens become a vector: ${recipe.poolings.join(' and ')}.`,
      },
    ];
  }
  return [
    path === '1_Pooling'
      ? {
          id,
          status: 'failed',
          message:
            'modules.json has a pooling layer in 1_Pooling, but 1_Pooling/config.json is missing. Save it with `model.save(folder)` of sentence-transformers.',
        }
      : {
          id,
          status: 'warning',
          message: `modules.json has its pooling layer in ${preview(path)}, not in 1_Pooling, and was run with the mean of the tokens. Save the model again with sentence-transformers.`,
        },
  ];
}
