import { isMapping, own } from '../mapping.js';
import { preview } from '../preview.js';
import type { SmokeCheck } from '../smoke/report.js';
import type { TransformersSession } from '../smoke/session.js';
import { compareEmbeddings, cosine } from './compare.js';
import { TEXT_FILES } from './needed-files.js';
import {
  checkEmbeddings,
  checkPooling,
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
} from './sentence-embedding.js';
import { checkSequenceLength } from './sequence-length.js';
import {
  type AnsweredCase,
  fault,
  type Inference,
  kindOf,
  type ModelFacts,
  type Parameters,
  type Read,
  read,
  type Task,
} from './task.js';
import { answerEach, readTextExample, readTextsRequest, type Texts } from './text-input.js';

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

  defaultInferences: () => CONTRASTS.slice(0, 2).map(plain),

  contrast: () => CONTRASTS.map(plain),

  checkModel: (model) => [...checkSequenceLength(model), ...checkPooling(model)],

  checkAnswer({ facts, output, expected, tensors }) {
    const checks: SmokeCheck[] = [checkOutputShape(tensors, facts), ...checkEmbeddings(facts)];
    if (expected !== undefined && facts.vectors.length > 0) checks.push(checkExpected(output, expected));
    return checks;
  },

  checkLabels: () => [],

  vectors: ({ facts }) => facts.vectors,

  sameAnswer: (answers) => sameEmbeddings(answers.map(({ facts }) => facts)),

  compare: (full, other) => compareEmbeddings(full.facts.vectors, other.facts.vectors),
};

function plain(input: string): Inference<Texts> {
  return { input, parameters: {} };
}

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

function readParameters(parameters: unknown): Read<FeatureParameters> {
  if (parameters === undefined || parameters === null) return read({});
  if (!isMapping(parameters)) return fault([], `parameters must be a mapping, not ${kindOf(parameters)}.`);
  const value = (name: string) => own(parameters, name) ?? undefined;
  const normalize = value('normalize');
  const truncate = value('truncate');
  const prompt = value('prompt_name');
  const pooling = value('pooling');
  const given = value('truncation_direction');
  const direction = DIRECTIONS.find((one) => typeof given === 'string' && one === given.toLowerCase());
  for (const [name, one] of [
    ['normalize', normalize],
    ['truncate', truncate],
  ] as const) {
    if (one !== undefined && typeof one !== 'boolean') return fault([name], `${name} must be true or false.`);
  }
  if (prompt !== undefined && typeof prompt !== 'string')
    return fault(['prompt_name'], 'prompt_name must be a text.');
  if (given !== undefined && direction === undefined) {
    return fault(['truncation_direction'], `truncation_direction must be one of ${DIRECTIONS.join(', ')}.`);
  }
  if (pooling !== undefined && !(typeof pooling === 'string' && Object.hasOwn(POOLINGS, pooling))) {
    return fault(['pooling'], `pooling must be one of ${Object.keys(POOLINGS).join(', ')}.`);
  }
  return read({
    ...(typeof normalize === 'boolean' ? { normalize } : {}),
    ...(typeof truncate === 'boolean' ? { truncate } : {}),
    ...(typeof prompt === 'string' ? { prompt_name: prompt } : {}),
    ...(direction === undefined ? {} : { truncation_direction: direction }),
    ...(typeof pooling === 'string' ? { pooling } : {}),
  });
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
  const answers = await answerEach(input, async (text) => {
    const found = await embed(session, text, recipe, {
      truncate: asked.truncate !== false,
      fromLeft: asked.truncation_direction === 'left',
      ...(prompt === undefined ? {} : { prompt }),
      ...(named === undefined || named === null ? {} : { poolings: [named] }),
    });
    if (found === null) return { vector: [], features: null as Features, tokenWidth: null };
    // What the graph made of the whole text shows whether it normalizes.
    const vector = unit && found.pooled ? normalized(found.vector) : found.vector;
    const rows = found.tokens?.map((row) => (asked.normalize === true ? normalized(row) : row));
    const features: Features =
      sentences || rows === undefined ? (asked.normalize === true ? normalized(vector) : vector) : [rows];
    return { vector, features, tokenWidth: tokenWidth(found, recipe) };
  });
  const outputs = answers.map(({ features }) => features);
  return {
    output: typeof input === 'string' ? outputs[0] : outputs,
    facts: {
      vectors: answers.slice(0, MAX_VECTORS).flatMap(({ vector }) => (vector.length === 0 ? [] : [vector])),
      sentences: recipe.stated,
      tokenWidth: answers[0].tokenWidth,
      statedWidth: statedWidth(session.config, recipe),
      normalized: recipe.normalize && sentences && named === undefined,
    } satisfies EmbeddingFacts,
  };
}

function checkOutputShape(
  tensors: AnsweredCase['tensors'],
  { vectors, sentences }: EmbeddingFacts,
): SmokeCheck {
  const id = 'output-shape';
  const [vector] = vectors;
  if (vector !== undefined) {
    return {
      id,
      status: 'passed',
      message: sentences
        ? `A vector of ${vector.length} numbers for a text.`
        : `A vector of ${vector.length} numbers for each token.`,
    };
  }
  const seen = tensors.map(({ name, dims }) => `${name} (${dims.join(' × ')})`).join(', ') || 'none';
  return {
    id,
    status: 'failed',
    message: `The graph must have an output \`last_hidden_state\` (1 × tokens × width) or \`sentence_embedding\`; it has ${seen}. Export it with the task feature-extraction, or correct pipeline_tag in the card.`,
  };
}

/** Compares with the vectors that the card shows, by their angle. */
function checkExpected(output: unknown, expected: unknown): SmokeCheck {
  const id = 'expected-output';
  const stated = flat(expected);
  const found = flat(output);
  if (stated.length === 0) {
    return {
      id,
      status: 'warning',
      message:
        'The `output` of this widget example is no list of numbers; it cannot be compared with the answer.',
    };
  }
  if (stated.length !== found.length) {
    return {
      id,
      status: 'warning',
      message: `The card's example shows ${stated.length} numbers, the model gives ${found.length}. Correct the \`output\` in the card.`,
    };
  }
  const angle = cosine(stated, found);
  return angle >= LEAST_COSINE
    ? {
        id,
        status: 'passed',
        message: `The vector agrees with the card: their cosine is ${angle.toFixed(4)}.`,
      }
    : {
        id,
        status: 'failed',
        message: `The vector in the card is another one: its cosine with that of the model is ${angle.toFixed(3)}. Correct the \`output\` in the card, or look for a wrong checkpoint in the export.`,
      };
}

function flat(value: unknown): readonly number[] {
  if (!Array.isArray(value)) return typeof value === 'number' ? [value] : [];
  return value.flatMap((item: unknown) => flat(item));
}
