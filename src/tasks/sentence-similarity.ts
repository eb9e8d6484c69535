import { defaultInputs } from '../hub/default-inputs.js';
import { isMapping, own } from '../mapping.js';
import { preview } from '../preview.js';
import type { SmokeCheck } from '../smoke/report.js';
import type { TransformersSession } from '../smoke/session.js';
import { compareEmbeddings } from './checks/compare.js';
import {
  agreesWithCard,
  contradictsCard,
  notComparable,
  otherScore,
  WRONG_CHECKPOINT,
} from './checks/expected-output.js';
import { checkSequenceLength } from './checks/sequence-length.js';
import { TEXT_FEEDS, TEXT_FILES } from './needed-files.js';
import { cosine, indexOfLargest } from './numbers/numbers.js';
import { inferenceOf, readExample, readText } from './reading/example.js';
import { readMapping } from './reading/parameters.js';
import { readTexts } from './reading/text-input.js';
import { fault, type Inference, kindOf, type Read, read, type Task, within } from './task.js';
import {
  checkEmbeddings,
  checkPooling,
  checkVectors,
  type EmbeddingFacts,
  embed,
  MAX_VECTORS,
  normalized,
  RECIPE_FILES,
  readRecipe,
  sameEmbeddings,
  statedWidth,
  tokenWidth,
  whyNoVector,
} from './text/sentence-embedding.js';
import { SCORE_TOLERANCE } from './tolerances.js';

/** A sentence, and those that are compared with it. */
export interface Sentences {
  readonly source_sentence: string;
  readonly sentences: readonly string[];
}

/** What the checks need to know of an answer. */
export interface SimilarityFacts extends EmbeddingFacts {
  /** A cosine for each sentence. */
  readonly scores: readonly number[];
}

/** How near sentences are to another one. */
export const sentenceSimilarity: Task<Sentences, SimilarityFacts> = {
  tag: 'sentence-similarity',
  loadsAs: 'feature-extraction',
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

  readExample: (example) => readExample(example, '`source_sentence` and `sentences`', readSentences),

  readRequest(body) {
    const inputs = own(body, 'inputs') ?? body;
    if (!isMapping(inputs)) {
      return fault(
        [],
        `Expected {"inputs": {"source_sentence": text, "sentences": [text]}}, not ${kindOf(inputs)}.`,
      );
    }
    const sentences = readSentences(inputs);
    if (sentences.ok) return read(inferenceOf(sentences.value));
    return inputs === body ? sentences : within('inputs', sentences);
  },

  readParameters: readMapping,

  defaultInferences: () =>
    (defaultInputs('sentence-similarity')?.inputs ?? []).flatMap((input) => {
      const sentences = readSentences(input);
      return sentences.ok ? [inferenceOf(sentences.value)] : [];
    }),

  contrast: () => [
    inferenceOf({
      source_sentence: 'The team won the football match',
      sentences: ['A recipe for a tasty soup', 'Interest rates rose again'],
    }),
  ],

  checkModel: (model) => [...checkSequenceLength(model), ...checkPooling(model)],

  checkAnswer({ inference, facts, expected, tensors }) {
    const checks: SmokeCheck[] = [checkVectors(tensors, facts, 'sentence'), ...checkEmbeddings(facts)];
    if (expected !== undefined && facts.scores.length > 0) {
      checks.push(checkExpected(facts.scores, inference.input.sentences, expected));
    }
    return checks;
  },

  checkLabels: () => [],

  vectors: ({ facts }) => facts.vectors,

  sameAnswer: (answers) => sameEmbeddings(answers.map(({ facts }) => facts)),

  compare: (full, other) => compareEmbeddings(full.facts.vectors, other.facts.vectors),
};

function readSentences(value: unknown): Read<Sentences> {
  const source = readText(own(value, 'source_sentence'), 'source_sentence');
  if (!source.ok) return source;
  const sentences = readTexts(own(value, 'sentences'), 'sentences');
  if (!sentences.ok) return sentences;
  return read({
    source_sentence: source.value,
    sentences: typeof sentences.value === 'string' ? [sentences.value] : sentences.value,
  });
}

async function run(session: TransformersSession, { input }: Inference<Sentences>) {
  const recipe = readRecipe(session.json);
  const prompt = recipe.prompts[recipe.defaultPrompt ?? ''];
  const vectors: (readonly number[])[] = [];
  let width: number | null = null;
  const all = await Promise.all(
    [input.source_sentence, ...input.sentences].map((text) =>
      embed(session, text, recipe, { truncate: true, ...(prompt === undefined ? {} : { prompt }) }),
    ),
  );
  for (const found of all) {
    if (found === null) break;
    width ??= tokenWidth(found, recipe);
    vectors.push(recipe.normalize && found.pooled ? normalized(found.vector) : found.vector);
  }
  const [source, ...others] = vectors;
  const scores =
    source === undefined || others.length < input.sentences.length
      ? []
      : others.map((vector) => cosine(source, vector));
  return {
    output: scores,
    facts: {
      scores,
      vectors: scores.length === 0 ? [] : vectors.slice(0, MAX_VECTORS),
      // Without modules.json sentence-transformers takes the mean of the tokens; nobody trained the model for that.
      sentences: recipe.stated,
      tokenWidth: width,
      statedWidth: statedWidth(session.config, recipe),
      normalized: recipe.normalize,
    },
  };
}

/** Compares with the `output` of the card’s widget example: which sentence is nearest, and each score. */
function checkExpected(
  scores: readonly number[],
  sentences: readonly string[],
  expected: unknown,
): SmokeCheck {
  const stated = Array.isArray(expected) ? expected.filter((item) => typeof item === 'number') : [];
  if (stated.length !== scores.length) {
    return notComparable(`is no list of ${scores.length} numbers, one for each sentence`);
  }
  const best = indexOfLargest(stated);
  const found = indexOfLargest(scores);
  if (best !== found && (scores[found] ?? 0) - (scores[best] ?? 0) > SCORE_TOLERANCE) {
    const [shown, nearest] = [sentences[best] ?? '', sentences[found] ?? ''].map(preview);
    return contradictsCard(`says that ${shown} is nearest, the model says ${nearest}`, WRONG_CHECKPOINT);
  }
  for (const [index, score] of scores.entries()) {
    const shown = stated[index] ?? Number.NaN;
    if (Math.abs(score - shown) <= SCORE_TOLERANCE) continue;
    return otherScore(`sentence ${index + 1}`, shown, score, SCORE_TOLERANCE);
  }
  return agreesWithCard(`The scores agree with the card within ${SCORE_TOLERANCE}.`);
}
