import { defaultInputs } from '../hub/default-inputs.js';
import { isMapping, own } from '../mapping.js';
import { preview } from '../preview.js';
import type { SmokeCheck } from '../smoke/report.js';
import type { TransformersSession } from '../smoke/session.js';
import { compareEmbeddings, cosine } from './compare.js';
import { readMapping, readText, titleAndOutput } from './example.js';
import { TEXT_FILES } from './needed-files.js';
import {
  checkEmbeddings,
  checkPooling,
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
} from './sentence-embedding.js';
import { checkSequenceLength } from './sequence-length.js';
import { type AnsweredCase, fault, type Inference, kindOf, type Read, read, type Task } from './task.js';
import { readTexts, within } from './text-input.js';

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

/** How far a score may lie from the one in the card, absolute. */
const SCORE_TOLERANCE = 0.05;

/** How near sentences are to another one. */
export const sentenceSimilarity: Task<Sentences, SimilarityFacts> = {
  tag: 'sentence-similarity',
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

  readExample(example) {
    if (!isMapping(example)) {
      return fault(
        [],
        `A widget example is a mapping with \`source_sentence\` and \`sentences\`, not ${kindOf(example)}.`,
      );
    }
    const sentences = readSentences(example);
    return sentences.ok
      ? read({ input: sentences.value, parameters: {}, ...titleAndOutput(example) })
      : sentences;
  },

  readRequest(body) {
    const inputs = own(body, 'inputs') ?? body;
    if (!isMapping(inputs)) {
      return fault(
        [],
        `Expected {"inputs": {"source_sentence": text, "sentences": [text]}}, not ${kindOf(inputs)}.`,
      );
    }
    const sentences = readSentences(inputs);
    if (sentences.ok) return read({ input: sentences.value, parameters: {} });
    return inputs === body ? sentences : within('inputs', sentences);
  },

  readParameters: readMapping,

  defaultInferences: () =>
    (defaultInputs('sentence-similarity')?.inputs ?? []).flatMap((input) => {
      const sentences = readSentences(input);
      return sentences.ok ? [{ input: sentences.value, parameters: {} }] : [];
    }),

  contrast: () => [
    {
      input: {
        source_sentence: 'The team won the football match',
        sentences: ['A recipe for a tasty soup', 'Interest rates rose again'],
      },
      parameters: {},
    },
  ],

  checkModel: (model) => [...checkSequenceLength(model), ...checkPooling(model)],

  checkAnswer({ inference, facts, expected, tensors }) {
    const checks: SmokeCheck[] = [checkOutputShape(tensors, facts), ...checkEmbeddings(facts)];
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
  for (const text of [input.source_sentence, ...input.sentences]) {
    const found = await embed(session, text, recipe, {
      truncate: true,
      ...(prompt === undefined ? {} : { prompt }),
    });
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

function checkOutputShape(tensors: AnsweredCase['tensors'], { vectors }: SimilarityFacts): SmokeCheck {
  const id = 'output-shape';
  const [vector] = vectors;
  if (vector !== undefined) {
    return { id, status: 'passed', message: `A vector of ${vector.length} numbers for a sentence.` };
  }
  const seen = tensors.map(({ name, dims }) => `${name} (${dims.join(' × ')})`).join(', ') || 'none';
  return {
    id,
    status: 'failed',
    message: `The graph must have an output \`last_hidden_state\` (1 × tokens × width) or \`sentence_embedding\`; it has ${seen}. Export it with the task feature-extraction, or correct pipeline_tag in the card.`,
  };
}

/** Compares with the `output` of the card's widget example: which sentence is nearest, and each score. */
function checkExpected(
  scores: readonly number[],
  sentences: readonly string[],
  expected: unknown,
): SmokeCheck {
  const id = 'expected-output';
  const stated = Array.isArray(expected) ? expected.filter((item) => typeof item === 'number') : [];
  if (stated.length !== scores.length) {
    return {
      id,
      status: 'warning',
      message: `The \`output\` of this widget example is no list of ${scores.length} numbers, one for each sentence; it cannot be compared with the answer.`,
    };
  }
  const nearest = (list: readonly number[]) => list.indexOf(Math.max(...list));
  const best = nearest(stated);
  const found = nearest(scores);
  if (best !== found && (scores[found] ?? 0) - (scores[best] ?? 0) > SCORE_TOLERANCE) {
    return {
      id,
      status: 'failed',
      message: `The card's example says that ${preview(sentences[best] ?? '')} is nearest, the model says ${preview(sentences[found] ?? '')}. Correct the \`output\` in the card, or look for a wrong checkpoint in the export.`,
    };
  }
  const wrong = scores.findIndex(
    (score, index) => !(Math.abs(score - (stated[index] ?? 0)) <= SCORE_TOLERANCE),
  );
  if (wrong !== -1) {
    return {
      id,
      status: 'warning',
      message: `The card's example gives sentence ${wrong + 1} the score ${stated[wrong]}, the model ${(scores[wrong] ?? 0).toFixed(3)}: they differ by more than ${SCORE_TOLERANCE}. Update the score in the card.`,
    };
  }
  return { id, status: 'passed', message: `The scores agree with the card within ${SCORE_TOLERANCE}.` };
}
