import { own } from '../mapping.js';
import { preview } from '../preview.js';
import type { SmokeCheck } from '../smoke/report.js';
import type { TransformersSession } from '../smoke/session.js';
import { checkArchitecture } from './checks/architecture.js';
import { compareScores } from './checks/compare.js';
import { checkExpectedEntities } from './checks/expected-entities.js';
import { missingOutput } from './checks/output-shape.js';
import { checkSequenceLength } from './checks/sequence-length.js';
import { dimensions } from './checks/wording.js';
import { checkLabelCount, checkLabelNames, countLabels, labelOf } from './classification/labels.js';
import { softmax } from './classification/logits.js';
import { TEXT_FEEDS, TEXT_FILES } from './needed-files.js';
import { numbersOf, rowsOf } from './numbers/tensors.js';
import { inferenceOf } from './reading/example.js';
import { oneOf, type ParameterForm, readNamed, wholeNumber } from './reading/parameters.js';
import {
  answerTogether,
  defaultTexts,
  readTextExample,
  readTextsRequest,
  type Texts,
} from './reading/text-input.js';
import type { AnsweredCase, Inference, Parameters, Read, Task } from './task.js';
import {
  type Entity,
  entitiesOf,
  meanRow,
  STRATEGIES,
  type Strategy,
  type TaggedToken,
} from './text/entities.js';
import { encodeText, feedsOf, longestInput, type Token } from './text/text-encoding.js';

interface TokenClassificationParameters extends Parameters {
  readonly aggregation_strategy?: Strategy;
  readonly ignore_labels?: readonly string[];
  readonly stride?: number;
}

/** What the checks need to know of an answer. */
export interface TokenClassificationFacts {
  readonly texts: readonly TextFacts[];
  /** Names of the classes, as many as the logits have; null for one that config.json does not name. Empty when the shape is wrong. */
  readonly labels: readonly (string | null)[];
  /** How many labels config.json names; null without any. */
  readonly named: number | null;
  /** `vocab_size` of config.json; null when it is not there. */
  readonly vocabulary: number | null;
}

interface TextFacts {
  readonly entities: readonly Entity[];
  /** The mean logit of each class over the tokens: texts without any entity still differ in it. */
  readonly mean: readonly number[];
  /** Scores of each class by token; those of the first tokens when there are many. */
  readonly rows: readonly (readonly number[])[];
}

/** Most scores of a text that are handed over. */
const MAX_SCORES = 10_000;
/** A label for each token of a text, or for each name and term in it. */
export const tokenClassification: Task<Texts, TokenClassificationFacts> = {
  tag: 'token-classification',
  ways: [
    {
      runner: 'transformers',
      needs: TEXT_FILES,
      feeds: TEXT_FEEDS,
      together: true,
      pipeline: 'token-classification',
      run,
    },
  ],

  readExample: (example) => readTextExample(example, 'token-classification', readParameters),
  readRequest: (body) => readTextsRequest(body, readParameters),
  readParameters,

  defaultInferences: () => defaultTexts('token-classification').map(inferenceOf),

  contrast: () =>
    ['Anna Schmidt lives in Berlin and works for Google.', 'The weather was nice, he said.'].map(inferenceOf),

  checkModel: (model) => [...checkSequenceLength(model), ...checkArchitecture(model, 'token-classification')],

  checkAnswer({ inference, facts, expected, tensors }) {
    const checks: SmokeCheck[] = [checkOutputShape(tensors, facts)];
    if (facts.labels.length === 0 || facts.texts.some(({ mean }) => !mean.every(Number.isFinite)))
      return checks;
    const texts = typeof inference.input === 'string' ? [inference.input] : inference.input;
    checks.push(checkSpans(facts.texts, texts));
    const [only] = facts.texts;
    if (expected !== undefined && only !== undefined)
      checks.push(checkExpectedEntities(only.entities, expected));
    return checks;
  },

  checkLabels: ({ facts: { labels, named, vocabulary } }) =>
    labels.length === 0 || labels.length === vocabulary
      ? []
      : [checkLabelCount(named, labels.length), checkLabelNames(labels)],

  vectors: ({ facts }) => facts.texts.filter(({ mean }) => mean.length > 0).map(({ mean }) => mean),

  compare: (full, other) =>
    compareScores(
      full.facts.texts.flatMap(({ rows }) => rows),
      other.facts.texts.flatMap(({ rows }) => rows),
    ),
};

/** A list of labels. */
const LABELS: ParameterForm<readonly string[]> = {
  must: 'a list of labels',
  fits: (value): value is readonly string[] =>
    Array.isArray(value) && value.every((item) => typeof item === 'string'),
};

function readParameters(parameters: unknown): Read<TokenClassificationParameters> {
  return readNamed(parameters, {
    aggregation_strategy: oneOf(STRATEGIES),
    ignore_labels: LABELS,
    stride: wholeNumber(0),
  });
}

async function run(session: TransformersSession, { input, parameters }: Inference<Texts>) {
  const asked = parameters as TokenClassificationParameters;
  const vocabulary = own(session.config, 'vocab_size');
  const answers = await answerTogether(input, (text) => tag(session, text, asked));
  const classes = answers[0].mean.length;
  return {
    output: typeof input === 'string' ? answers[0].entities : answers.map(({ entities }) => entities),
    facts: {
      texts: answers,
      labels: Array.from({ length: classes }, (_, index) => labelOf(session.config, index)),
      named: countLabels(session.config),
      vocabulary: typeof vocabulary === 'number' ? vocabulary : null,
    },
  };
}

async function tag(
  session: TransformersSession,
  text: string,
  {
    aggregation_strategy: strategy = 'simple',
    ignore_labels: ignored = ['O'],
    stride,
  }: TokenClassificationParameters,
): Promise<TextFacts> {
  const limit = longestInput(session);
  const { before, text: tokens, after, pieces } = encodeText(session.tokenizer, text);
  const room = Math.max(1, limit - before.length - after.length);
  const tagged: TaggedToken[] = [];
  let special: readonly (readonly number[])[] = [];
  const overlap = Math.min(stride ?? 0, room - 1);
  for (let start = 0; start === 0 || tagged.length < tokens.length; start += room - overlap) {
    const part = tokens.slice(start, start + room);
    const logits = await logitsOf(session, [...before, ...part, ...after]);
    if (logits === null) return { entities: [], mean: [], rows: [] };
    special = logits.slice(0, before.length);
    const last = start + room >= tokens.length;
    // Windows overlap with a stride: a token counts where it has more of the text around it.
    const end = last ? tokens.length : start + room - Math.floor(overlap / 2);
    for (let index = tagged.length; index < end; index++) {
      const piece = pieces[index];
      const row = logits[before.length + index - start] ?? [];
      if (piece === undefined) break;
      tagged.push({
        piece,
        logits: row,
        scores: softmax(row),
        index: before.length + index,
      });
    }
    // Without a stride a long text is cut, as Python does.
    if (last || stride === undefined) break;
  }
  const classes = tagged[0]?.scores.length ?? 0;
  const name = (index: number) => labelOf(session.config, index) ?? `LABEL_${index}`;
  return {
    entities: entitiesOf(text, tagged, strategy, name).filter(
      ({ entity, entity_group }) => !ignored.includes(entity ?? entity_group ?? ''),
    ),
    // A text of characters that the tokenizer drops has no tokens of its own.
    mean: meanRow(tagged.length === 0 ? special : tagged.map(({ logits }) => logits)),
    rows: tagged
      .slice(0, Math.max(1, Math.floor(MAX_SCORES / Math.max(1, classes))))
      .map(({ scores }) => scores),
  };
}

/** Logits by token and class; null when the graph gives something else. */
async function logitsOf(
  session: TransformersSession,
  tokens: readonly Token[],
): Promise<readonly (readonly number[])[] | null> {
  const { logits } = await session.model(feedsOf(tokens));
  if (logits === undefined || logits.dims.length !== 3 || logits.dims[1] !== tokens.length) return null;
  return rowsOf(numbersOf(logits), logits.dims[2] ?? 0);
}

function checkOutputShape(
  tensors: AnsweredCase['tensors'],
  { labels, vocabulary }: TokenClassificationFacts,
): SmokeCheck {
  const id = 'output-shape';
  const logits = tensors.find(({ name }) => name === 'logits');
  if (logits === undefined) {
    return missingOutput(tensors, '`logits` (1 × tokens × classes)', 'Export it for token-classification.');
  }
  const dims = dimensions(logits.dims);
  if (logits.dims.length === 2) {
    return {
      id,
      status: 'failed',
      message: `The logits are ${dims}: one row for the text, not one for every token. This is a text-classification model; correct pipeline_tag in the card.`,
    };
  }
  if (labels.length === 0) {
    return {
      id,
      status: 'failed',
      message: `The logits must be a row of classes for each token, 1 × tokens × classes, but they are ${dims}. Export the model for token-classification.`,
    };
  }
  if (labels.length === vocabulary) {
    return {
      id,
      status: 'failed',
      message: `The logits are ${dims}: a score for each of the ${vocabulary} tokens of the vocabulary. This is a fill-mask or text-generation model; correct pipeline_tag in the card.`,
    };
  }
  return { id, status: 'passed', message: `A row of ${labels.length} logits for each token.` };
}

/** Whether `start` and `end` of each entity cut its word out of the text. */
function checkSpans(answers: readonly TextFacts[], texts: readonly string[]): SmokeCheck {
  const id = 'spans';
  let count = 0;
  for (const [index, { entities }] of answers.entries()) {
    const characters = Array.from(texts[index] ?? '');
    for (const { start, end, word } of entities) {
      count += 1;
      if (start < end && end <= characters.length && characters.slice(start, end).join('') === word) continue;
      return {
        id,
        status: 'failed',
        message: `The entity ${preview(word)} is said to lie at ${start} to ${end}, but it is not there. Save the fast tokenizer of the model again.`,
      };
    }
  }
  return {
    id,
    status: 'passed',
    message:
      count === 0
        ? 'The answer names no entity.'
        : `${count === 1 ? 'The entity lies' : `All ${count} entities lie`} where the answer says.`,
  };
}
