import { isMapping } from '../mapping.js';
import { preview } from '../preview.js';
import type { SmokeCheck } from '../smoke/report.js';
import type { TransformersSession } from '../smoke/session.js';
import { compareEmbeddings } from './checks/compare.js';
import {
  agreesWithCard,
  contradictsCard,
  notComparable,
  WRONG_CHECKPOINT,
} from './checks/expected-output.js';
import { checkSequenceLength } from './checks/sequence-length.js';
import { short } from './checks/wording.js';
import { TEXT_FEEDS, TEXT_FILES } from './needed-files.js';
import { cosine } from './numbers/numbers.js';
import { inferenceOf } from './reading/example.js';
import { oneOf, type ParameterForm, readNamed, TEXT, TRUE_OR_FALSE } from './reading/parameters.js';
import { answerTogether, readTextExample, readTextsRequest, type Texts } from './reading/text-input.js';
import {
  fault,
  type Inference,
  type ModelFacts,
  type Parameters,
  type Read,
  read,
  type Task,
} from './task.js';
import {
  checkEmbeddings,
  checkPooling,
  checkVectors,
  type EmbeddingFacts,
  embed,
  MAX_VECTORS,
  normalized,
  type Pooling,
  RECIPE_FILES,
  readRecipe,
  sameEmbeddings,
  statedWidth,
  tokenWidth,
  whyNoVector,
} from './text/sentence-embedding.js';

/** What transformers.js calls the ways to make one vector, and this task too. */
const POOLINGS: Readonly<Record<string, Pooling | null>> = {
  none: null,
  mean: 'mean',
  cls: 'cls',
  first_token: 'cls',
  eos: 'lasttoken',
  last_token: 'lasttoken',
  max: 'max',
};
const DIRECTIONS = ['left', 'right'] as const;

interface FeatureParameters extends Parameters {
  readonly normalize?: boolean;
  readonly truncate?: boolean;
  readonly truncation_direction?: (typeof DIRECTIONS)[number];
  readonly prompt_name?: string;
  readonly pooling?: string;
}

/** Texts of different topics: a model that was trained to embed them keeps them apart. */
const CONTRASTS = [
  'The team won the football match',
  'A recipe for a tasty soup',
  'Interest rates rose again',
];
/** The least cosine of a vector with the one in the card. */
const LEAST_COSINE = 0.99;

/** A text as a vector, or as one for each of its tokens. */
export const featureExtraction: Task<Texts, EmbeddingFacts> = {
  tag: 'feature-extraction',
  ways: [
    {
      runner: 'transformers',
      needs: TEXT_FILES,
      feeds: TEXT_FEEDS,
      together: true,
      pipeline: 'feature-extraction',
      json: RECIPE_FILES,
      unfit: whyNoVector,
      run,
    },
  ],

  readExample(example, model) {
    const found = readTextExample(example, 'feature-extraction', readParameters);
    return found.ok ? withKnownPrompt(found.value, found.value.parameters, model) : found;
  },

  readRequest(body, model) {
    const found = readTextsRequest(body, readParameters);
    if (!found.ok) return found;
    // huggingface_hub puts them at the root of the body.
    const root = readParameters(isMapping(body) ? body : undefined);
    if (!root.ok) return root;
    const parameters = { ...root.value, ...found.value.parameters };
    return withKnownPrompt({ ...found.value, parameters }, parameters, model);
  },

  readParameters,

  defaultInferences: () => CONTRASTS.slice(0, 2).map(inferenceOf),

  contrast: () => CONTRASTS.map(inferenceOf),

  checkModel: (model) => [...checkSequenceLength(model), ...checkPooling(model)],

  checkAnswer({ facts, output, expected, tensors }) {
    const checks: SmokeCheck[] = [
      checkVectors(tensors, facts, facts.sentences ? 'text' : 'token'),
      ...checkEmbeddings(facts),
    ];
    if (expected !== undefined && facts.vectors.length > 0) checks.push(checkExpected(output, expected));
    return checks;
  },

  checkLabels: () => [],

  vectors: ({ facts }) => facts.vectors,

  sameAnswer: (answers) => sameEmbeddings(answers.map(({ facts }) => facts)),

  compare: (full, other) => compareEmbeddings(full.facts.vectors, other.facts.vectors),
};

/** A prompt must be one that config_sentence_transformers.json names. */
function withKnownPrompt<T>(
  found: T,
  { prompt_name: name }: FeatureParameters,
  { json }: ModelFacts,
): Read<T> {
  const { prompts } = readRecipe(json);
  if (name === undefined || Object.hasOwn(prompts, name)) return read(found);
  const known = Object.keys(prompts).slice(0, 10).map(preview).join(', ');
  return fault(
    ['prompt_name'],
    `There is no prompt ${preview(name)} in config_sentence_transformers.json${known === '' ? '' : `; it has ${known}`}.`,
  );
}

/** The direction in whatever case, as Text Embeddings Inference writes it with a capital. */
const DIRECTION: ParameterForm<string> = {
  must: `one of ${DIRECTIONS.join(', ')}`,
  fits: (value): value is string =>
    typeof value === 'string' && DIRECTIONS.some((one) => one === value.toLowerCase()),
};

function readParameters(parameters: unknown): Read<FeatureParameters> {
  const given = readNamed(parameters, {
    normalize: TRUE_OR_FALSE,
    truncate: TRUE_OR_FALSE,
    prompt_name: TEXT,
    truncation_direction: DIRECTION,
    pooling: oneOf(Object.keys(POOLINGS)),
  });
  if (!given.ok) return given;
  const { truncation_direction: written, ...others } = given.value;
  const direction = DIRECTIONS.find((one) => one === written?.toLowerCase());
  return read({ ...others, ...(direction === undefined ? {} : { truncation_direction: direction }) });
}

/** The vector of a text, the vectors of its tokens, [1][tokens][width], or nothing. */
type Features = readonly number[] | readonly (readonly (readonly number[])[])[] | null;

async function run(session: TransformersSession, { input, parameters }: Inference<Texts>) {
  const asked = parameters as FeatureParameters;
  const recipe = readRecipe(session.json);
  const named = asked.pooling === undefined ? undefined : (POOLINGS[asked.pooling] ?? null);
  const sentences = named === undefined ? recipe.stated : named !== null;
  const prompt = recipe.prompts[asked.prompt_name ?? recipe.defaultPrompt ?? ''];
  // sentence-transformers normalizes where its last layer does so.
  const unit = asked.normalize === true || (sentences && named === undefined && recipe.normalize);
  const answers = await answerTogether(input, async (text) => {
    const found = await embed(session, text, recipe, {
      truncate: asked.truncate !== false,
      fromLeft: asked.truncation_direction === 'left',
      ...(prompt === undefined ? {} : { prompt }),
      ...(named === undefined || named === null ? {} : { poolings: [named] }),
    });
    if (found === null) return { vector: [], features: null as Features, tokenWidth: null, tokensRead: 0 };
    // What the graph made of the whole text shows whether it normalizes.
    const vector = unit && found.pooled ? normalized(found.vector) : found.vector;
    const rows = found.tokens?.map((row) => (asked.normalize === true ? normalized(row) : row));
    const features: Features =
      sentences || rows === undefined ? (asked.normalize === true ? normalized(vector) : vector) : [rows];
    return { vector, features, tokenWidth: tokenWidth(found, recipe), tokensRead: found.tokensRead };
  });
  const outputs = answers.map(({ features }) => features);
  return {
    output: typeof input === 'string' ? outputs[0] : outputs,
    tokensRead: answers.reduce((sum, { tokensRead }) => sum + tokensRead, 0),
    facts: {
      vectors: answers.slice(0, MAX_VECTORS).flatMap(({ vector }) => (vector.length === 0 ? [] : [vector])),
      sentences: recipe.stated,
      tokenWidth: answers[0].tokenWidth,
      statedWidth: statedWidth(session.config, recipe),
      normalized: recipe.normalize && sentences && named === undefined,
    } satisfies EmbeddingFacts,
  };
}

/** Compares with the vectors that the card shows, by their angle. */
function checkExpected(output: unknown, expected: unknown): SmokeCheck {
  const stated = flat(expected);
  const found = flat(output);
  if (stated.length === 0) return notComparable('is no list of numbers');
  if (stated.length !== found.length) {
    return {
      ...contradictsCard(`shows ${stated.length} numbers, the model gives ${found.length}`),
      status: 'warning',
    };
  }
  const likeness = cosine(stated, found);
  return likeness >= LEAST_COSINE
    ? agreesWithCard(`The vectors agree with the card: their cosine is ${short(likeness, 4)}.`)
    : contradictsCard(
        `shows other vectors than the model gives: their cosine is ${short(likeness)}`,
        WRONG_CHECKPOINT,
      );
}

function flat(value: unknown): readonly number[] {
  if (!Array.isArray(value)) return typeof value === 'number' ? [value] : [];
  return value.flatMap((item: unknown) => flat(item));
}
