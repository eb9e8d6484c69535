import { own } from '../mapping.js';
import { escapeText, preview } from '../preview.js';
import type { SmokeCheck } from '../smoke/report.js';
import type { Piece, TransformersSession } from '../smoke/session.js';
import { checkArchitecture } from './checks/architecture.js';
import { compareScores } from './checks/compare.js';
import {
  agreesWithCard,
  contradictsCard,
  notComparable,
  otherScore,
  otherStart,
  SWAPPED_LABELS,
} from './checks/expected-output.js';
import { missingOutput } from './checks/output-shape.js';
import { checkSequenceLength } from './checks/sequence-length.js';
import { dimensions } from './checks/wording.js';
import { checkLabelCount, checkLabelNames, countLabels, labelOf } from './classification/labels.js';
import { softmax } from './classification/logits.js';
import { TEXT_FEEDS, TEXT_FILES } from './needed-files.js';
import { indexOfLargest } from './numbers/numbers.js';
import { numbersOf, rowsOf } from './numbers/tensors.js';
import { inferenceOf } from './reading/example.js';
import { oneOf, type ParameterForm, readNamed, wholeNumber } from './reading/parameters.js';
import {
  answerEach,
  characterIndexes,
  defaultTexts,
  readTextExample,
  readTextsRequest,
  type Texts,
} from './reading/text-input.js';
import type { AnsweredCase, Inference, Parameters, Read, Task } from './task.js';
import { encodeText, feedsOf, longestInput, type Token } from './text/text-encoding.js';

const STRATEGIES = ['none', 'simple', 'first', 'average', 'max'] as const;
/** How tokens become entities (`AggregationStrategy` of transformers). */
type Strategy = (typeof STRATEGIES)[number];

interface TokenClassificationParameters extends Parameters {
  readonly aggregation_strategy?: Strategy;
  readonly ignore_labels?: readonly string[];
  readonly stride?: number;
}

/** An entity as the Inference API gives it. `start` and `end` count characters; `word` is what lies between them. */
export interface Entity {
  /** Where tokens are grouped. */
  readonly entity_group?: string;
  /** Where they are not. */
  readonly entity?: string;
  readonly score: number;
  /** Which token it is, where they are not grouped. */
  readonly index?: number;
  readonly word: string;
  readonly start: number;
  readonly end: number;
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
/** How far a score may lie from the one in the card, absolute. */
const SCORE_TOLERANCE = 0.05;

/** A label for each token of a text, or for each name and term in it. */
export const tokenClassification: Task<Texts, TokenClassificationFacts> = {
  tag: 'token-classification',
  ways: [
    { runner: 'transformers', needs: TEXT_FILES, feeds: TEXT_FEEDS, pipeline: 'token-classification', run },
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
    if (expected !== undefined && only !== undefined) checks.push(checkExpected(only.entities, expected));
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
  const answers = await answerEach(input, (text) => tag(session, text, asked));
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

/** A token with its scores. */
interface TaggedToken {
  readonly piece: Piece;
  readonly logits: readonly number[];
  readonly scores: readonly number[];
  /** Its place among all tokens, special ones counted. */
  readonly index: number;
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
    mean: mean(tagged.length === 0 ? special : tagged.map(({ logits }) => logits)),
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

function mean(rows: readonly (readonly number[])[]): readonly number[] {
  const [first = []] = rows;
  return first.map((_, index) => rows.reduce((sum, row) => sum + (row[index] ?? 0), 0) / rows.length);
}

/** A token or a word with the label that was chosen for it; places as for `slice`. */
interface Labelled {
  readonly label: string;
  readonly score: number;
  readonly index: number;
  readonly start: number;
  readonly end: number;
}

/** Groups tokens as `TokenClassificationPipeline.aggregate` of transformers does. */
function entitiesOf(
  text: string,
  tokens: readonly TaggedToken[],
  strategy: Strategy,
  name: (index: number) => string,
): readonly Entity[] {
  const place = characterIndexes(text);
  const span = ({ start, end }: { readonly start: number; readonly end: number }) => ({
    word: text.slice(start, end),
    start: place(start),
    end: place(end),
  });
  // A token that is only a space has no place in the text.
  const visible = tokens.filter(({ piece }) => piece.end > piece.start);
  const labelled = (
    strategy === 'none' || strategy === 'simple' ? visible.map((token) => [token]) : wordsOf(visible)
  ).map((word) => labelWord(word, strategy, name));
  if (strategy === 'none') {
    return labelled.map((one) => ({ entity: one.label, score: one.score, index: one.index, ...span(one) }));
  }
  const groups: Labelled[][] = [];
  for (const one of labelled) {
    const group = groups.at(-1);
    const last = group?.at(-1);
    const { begins, kind } = tagOf(one.label);
    if (group !== undefined && last !== undefined && !begins && tagOf(last.label).kind === kind)
      group.push(one);
    else groups.push([one]);
  }
  return groups.flatMap((group) => {
    const [first] = group;
    const last = group.at(-1);
    if (first === undefined || last === undefined) return [];
    const score = group.reduce((sum, one) => sum + one.score, 0) / group.length;
    const group_name = first.label.split('-').at(-1) ?? first.label;
    return [{ entity_group: group_name, score, ...span({ start: first.start, end: last.end }) }];
  });
}

/** Tokens by the words of the tokenizer. */
function wordsOf(tokens: readonly TaggedToken[]): readonly (readonly TaggedToken[])[] {
  const words: TaggedToken[][] = [];
  for (const token of tokens) {
    const word = words.at(-1);
    if (word === undefined || token.piece.startsWord) words.push([token]);
    else word.push(token);
  }
  return words;
}

/** The label of a word: that of its first token, of its surest one, or of the mean of their scores. */
function labelWord(
  word: readonly TaggedToken[],
  strategy: Strategy,
  name: (index: number) => string,
): Labelled {
  const [first] = word;
  const highest = (token: TaggedToken | undefined) => Math.max(...(token?.scores ?? []));
  const surest = word.reduce<TaggedToken | undefined>(
    (best, token) => (best === undefined || highest(token) > highest(best) ? token : best),
    undefined,
  );
  const scores =
    strategy === 'average'
      ? mean(word.map((token) => token.scores))
      : ((strategy === 'max' ? surest : first)?.scores ?? []);
  const top = indexOfLargest(scores);
  return {
    label: name(top),
    score: scores[top] ?? Number.NaN,
    index: first?.index ?? 0,
    start: first?.piece.start ?? 0,
    end: word.at(-1)?.piece.end ?? 0,
  };
}

/** `B-PER` begins an entity, `I-PER` continues one; a label without either counts as continuing. */
function tagOf(label: string): { readonly begins: boolean; readonly kind: string } {
  if (label.startsWith('B-')) return { begins: true, kind: label.slice(2) };
  return { begins: false, kind: label.startsWith('I-') ? label.slice(2) : label };
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

/** Compares with the `output` of the card’s widget example: each entity it names, and no others. */
function checkExpected(entities: readonly Entity[], expected: unknown): SmokeCheck {
  const stated = readEntities(expected);
  if (stated === null) {
    return notComparable('is no list of `entity_group` (or `entity`), `word` and `score`');
  }
  for (const one of stated) {
    const found = entities.find((entity) => isSame(entity, one));
    if (found === undefined) {
      const there = entities.find((entity) => sameWord(entity, one));
      const instead =
        there === undefined
          ? `the model finds ${listed(entities)}`
          : `the model calls it ${preview(labelOfEntity(there))}`;
      return contradictsCard(
        `says that ${preview(one.word)} is ${preview(one.label)}, ${instead}`,
        SWAPPED_LABELS,
      );
    }
    if (one.start !== null && one.start !== found.start) {
      return otherStart(preview(one.word), one.start, found.start);
    }
    if (one.score !== null && !(Math.abs(found.score - one.score) <= SCORE_TOLERANCE)) {
      return otherScore(preview(one.word), one.score, found.score, SCORE_TOLERANCE);
    }
  }
  const extra = entities.find((entity) => !stated.some((one) => isSame(entity, one)));
  if (extra !== undefined) {
    return {
      id: 'expected-output',
      status: 'warning',
      message: `The model also finds ${listed([extra])}, which the card’s example does not show. Add it to the \`output\` in the card.`,
    };
  }
  return agreesWithCard(
    `The answer agrees with the card: ${listed(entities)}, scores within ${SCORE_TOLERANCE}.`,
  );
}

interface StatedEntity {
  readonly label: string;
  readonly word: string;
  readonly start: number | null;
  readonly score: number | null;
}

function readEntities(value: unknown): readonly StatedEntity[] | null {
  if (!Array.isArray(value)) return null;
  const stated: StatedEntity[] = [];
  for (const item of value as readonly unknown[]) {
    const label = own(item, 'entity_group') ?? own(item, 'entity') ?? own(item, 'type');
    const word = own(item, 'word');
    const start = own(item, 'start');
    const score = own(item, 'score');
    if (typeof label !== 'string' || typeof word !== 'string') return null;
    stated.push({
      label,
      word,
      start: typeof start === 'number' ? start : null,
      score: typeof score === 'number' ? score : null,
    });
  }
  return stated;
}

/** Cards show words as their tokenizer wrote them: in lower case, with `##` or `▁`, or with spaces around punctuation. */
function bare(word: string): string {
  return word
    .normalize('NFKD')
    .replace(/[\s▁Ġ\p{M}]|##/gu, '')
    .toLowerCase();
}

function sameWord(entity: Entity, stated: StatedEntity): boolean {
  return (
    bare(entity.word) === bare(stated.word) &&
    (stated.start === null || Math.abs(stated.start - entity.start) <= 1)
  );
}

function isSame(entity: Entity, stated: StatedEntity): boolean {
  const plainLabel = (label: string) => label.replace(/^[BI]-/, '');
  return sameWord(entity, stated) && plainLabel(labelOfEntity(entity)) === plainLabel(stated.label);
}

function labelOfEntity({ entity, entity_group }: Entity): string {
  return entity_group ?? entity ?? '';
}

function listed(entities: readonly Entity[]): string {
  if (entities.length === 0) return 'nothing';
  const shown = entities.slice(0, 4).map((one) => `${preview(one.word)} (${escapeText(labelOfEntity(one))})`);
  return `${shown.join(', ')}${entities.length > 4 ? ' and more' : ''}`;
}
