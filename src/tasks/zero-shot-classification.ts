import { defaultInputs } from '../hub/default-inputs.js';
import { isMapping, own } from '../mapping.js';
import { preview } from '../preview.js';
import type { SmokeCheck } from '../smoke/report.js';
import type { TransformersSession } from '../smoke/session.js';
import { checkArchitecture } from './checks/architecture.js';
import { compareScores } from './checks/compare.js';
import { missingOutput } from './checks/output-shape.js';
import { checkSequenceLength } from './checks/sequence-length.js';
import { dimensions } from './checks/wording.js';
import { readLabelParameters } from './classification/candidate-labels.js';
import { checkExpectedScores, ranked } from './classification/classification.js';
import { checkLabelCount, countLabels } from './classification/labels.js';
import { softmax } from './classification/logits.js';
import { TEXT_FEEDS, TEXT_FILES } from './needed-files.js';
import { numbersOf } from './numbers/tensors.js';
import { readMapping, TEMPLATE, TRUE_OR_FALSE } from './reading/parameters.js';
import { answerEach, readTextExample, readTextsRequest, type Texts } from './reading/text-input.js';
import {
  type AnsweredCase,
  type Example,
  fault,
  type Inference,
  type Parameters,
  type Read,
  read,
  type Task,
} from './task.js';
import { encodePair, feedsOf, longestInput, truncatedPair } from './text/text-encoding.js';

interface ZeroShotParameters extends Parameters {
  readonly candidate_labels?: readonly string[];
  readonly hypothesis_template?: string;
  readonly multi_label?: boolean;
}

/** What the checks need to know of an answer. */
export interface ZeroShotFacts {
  /** For each text the scores of the candidate labels, in the order of the request. */
  readonly scores: readonly (readonly number[])[];
  /** The logits of entailment, which still differ where the scores are all but certain. */
  readonly logits: readonly (readonly number[])[];
  readonly candidates: readonly string[];
  /** Classes of the model; null when the graph gives no single row of logits. */
  readonly classes: number | null;
  /** How many labels `id2label` of config.json names; null without it. */
  readonly named: number | null;
  readonly entailment: Entailment;
}

/** The class that says that a hypothesis follows from a text. */
interface Entailment {
  /** Its place among the classes; null when no label says so: then pipelines take the last class. */
  readonly index: number | null;
  /** Labels of config.json, the first ones. */
  readonly labels: readonly string[];
  /** What id2label calls that class, when it is something else. */
  readonly called?: string;
}

const TAG = 'zero-shot-classification';
/** As `ZeroShotClassificationPipeline` of transformers. */
const USUAL_TEMPLATE = 'This example is {}.';
const MAX_CANDIDATES = 100;
const FORMS = { hypothesis_template: TEMPLATE, multi_label: TRUE_OR_FALSE };

/** How well each of some labels, given with the request, fits a text. */
export const zeroShotClassification: Task<Texts, ZeroShotFacts> = {
  tag: 'zero-shot-classification',
  // Their own pipeline stops at the labels of a config.json that names none, without a word of it.
  ways: [
    {
      runner: 'transformers',
      needs: TEXT_FILES,
      feeds: TEXT_FEEDS,
      together: true,
      pipeline: 'text-classification',
      run,
    },
  ],

  readExample(example) {
    const found = readTextExample(example, 'zero-shot-classification', readParameters);
    if (!found.ok) return found;
    const labels = own(example, 'candidate_labels');
    const several = own(example, 'multi_class') ?? own(example, 'multi_label');
    const stated = readParameters({
      ...(labels === undefined ? {} : { candidate_labels: labels }),
      ...(typeof several === 'boolean' ? { multi_label: several } : {}),
    });
    if (!stated.ok) return stated;
    const parameters = { ...found.value.parameters, ...stated.value };
    if (labels === undefined && parameters.candidate_labels === undefined) {
      return fault([], 'This widget example has no `candidate_labels`; zero-shot-classification needs some.');
    }
    return read({ ...found.value, parameters } satisfies Example<string>);
  },

  readRequest(body) {
    const found = readTextsRequest(body, readParameters);
    if (!found.ok) return found;
    if (found.value.parameters.candidate_labels !== undefined) return found;
    const root = readParameters({ candidate_labels: own(body, 'candidate_labels') });
    if (!root.ok) return root;
    if (root.value.candidate_labels === undefined) {
      return fault(
        ['parameters'],
        'There are no `candidate_labels`. Give them as {"parameters": {"candidate_labels": ["a", "b"]}}.',
      );
    }
    return read({ ...found.value, parameters: { ...found.value.parameters, ...root.value } });
  },

  readParameters,

  defaultInferences: () =>
    (defaultInputs('zero-shot-classification')?.inputs ?? []).flatMap((input) => {
      const example = zeroShotClassification.readExample(input, {
        config: null,
        graph: null,
        graphs: {},
        json: {},
      });
      return example.ok ? [{ input: example.value.input, parameters: example.value.parameters }] : [];
    }),

  contrast: () =>
    ['The team won the football match.', 'The bank raised its interest rates.'].map((input) => ({
      input,
      parameters: { candidate_labels: ['sports', 'finance', 'cooking'] },
    })),

  checkModel: (model) => [
    ...checkSequenceLength(model),
    ...checkArchitecture(model, TAG, 'text-classification'),
  ],

  checkAnswer({ facts, expected, tensors }) {
    const checks: SmokeCheck[] = [checkOutputShape(tensors, facts)];
    const [first] = facts.scores;
    if (first === undefined || !facts.scores.flat().every(Number.isFinite)) return checks;
    if (expected !== undefined) {
      checks.push(checkExpectedScores(ranked(first, facts.candidates), current(expected)));
    }
    return checks;
  },

  checkLabels: ({ facts }) =>
    facts.classes === null || facts.classes < 2
      ? []
      : [checkLabelCount(facts.named, facts.classes), checkEntailment(facts.entailment)],

  vectors: ({ facts }) => facts.logits,

  compare(full, other) {
    const compared = compareScores(full.facts.scores, other.facts.scores);
    return { ...compared, seen: compared.seen.replaceAll('class', 'label') };
  },
};

function readParameters(parameters: unknown): Read<ZeroShotParameters> {
  const given = readMapping(parameters);
  if (!given.ok) return given;
  const several = own(given.value, 'multi_label') ?? own(given.value, 'multi_class');
  return readLabelParameters({ ...given.value, multi_label: several }, MAX_CANDIDATES, FORMS);
}

async function run(session: TransformersSession, { input, parameters }: Inference<Texts>) {
  const {
    candidate_labels: candidates,
    hypothesis_template: template = USUAL_TEMPLATE,
    multi_label: several = false,
  } = parameters as ZeroShotParameters;
  if (candidates === undefined) {
    throw new Error('There are no candidate_labels. Write some into the widget example.');
  }
  const entailment = entailmentOf(session.config);
  const limit = longestInput(session);
  const rows = await answerEach(input, async (text) => {
    const rows = await Promise.all(
      candidates.map((candidate) => {
        // A function, as `$&` in a label means nothing.
        const hypothesis = template.replaceAll('{}', () => candidate);
        const pair = encodePair(session.tokenizer, text, hypothesis);
        // The hypothesis stays whole.
        return session.model(feedsOf(truncatedPair(pair, limit, 'first')));
      }),
    );
    const logits = rows.flatMap(({ logits: row }) =>
      row === undefined || row.dims.length !== 2 || row.dims[0] !== 1 ? [] : [Array.from(numbersOf(row))],
    );
    return logits.length < candidates.length ? [] : logits;
  });
  const classes = rows[0][0]?.length ?? null;
  const scores = rows.map((logits) => scoresOf(logits, entailment, several));
  const outputs = scores.map((row) => ranked(row, candidates));
  return {
    output: typeof input === 'string' ? outputs[0] : outputs,
    facts: {
      scores: classes === null ? [] : scores,
      logits:
        classes === null
          ? []
          : rows.map((logits) => logits.map((row) => row[entailment.index ?? classes - 1] ?? 0)),
      candidates,
      classes,
      named: countLabels(session.config),
      entailment,
    },
  };
}

/** Scores of the candidates, as Python computes them: against contradiction one by one, or against each other. */
function scoresOf(
  logits: readonly (readonly number[])[],
  { index }: Entailment,
  several: boolean,
): readonly number[] {
  const classes = logits[0]?.length ?? 0;
  const entails = index ?? classes - 1;
  if (several || logits.length === 1) {
    const contradicts = entails === 0 ? classes - 1 : 0;
    return logits.map((row) => softmax([row[contradicts] ?? 0, row[entails] ?? 0])[1] ?? 0);
  }
  return softmax(logits.map((row) => row[entails] ?? 0));
}

/** The class whose label begins with `entail`, in whatever case: by label2id as in Python, else by id2label. */
function entailmentOf(config: Readonly<Record<string, unknown>>): Entailment {
  const label2id = own(config, 'label2id');
  const id2label = own(config, 'id2label');
  const names = isMapping(id2label) ? Object.entries(id2label) : [];
  const labels = names.slice(0, 5).map(([, label]) => String(label));
  const entails = (label: unknown) => typeof label === 'string' && /^entail/i.test(label);
  const byLabel = isMapping(label2id)
    ? Object.entries(label2id).find(([label]) => entails(label))?.[1]
    : undefined;
  const byId = names.find(([, label]) => entails(label))?.[0];
  const index = typeof byLabel === 'number' ? byLabel : byId === undefined ? null : Number(byId);
  const called = index === null ? undefined : own(id2label, String(index));
  return {
    index: index !== null && Number.isInteger(index) && index >= 0 ? index : null,
    labels,
    ...(typeof called === 'string' && !entails(called) ? { called } : {}),
  };
}

/** The older form of an answer, `{labels, scores}`, as the current one. */
function current(expected: unknown): unknown {
  const labels = own(expected, 'labels');
  const scores = own(expected, 'scores');
  if (!Array.isArray(labels) || !Array.isArray(scores)) return expected;
  return labels.map((label: unknown, index) => ({ label, score: scores[index] as unknown }));
}

function checkOutputShape(tensors: AnsweredCase['tensors'], { classes }: ZeroShotFacts): SmokeCheck {
  const id = 'output-shape';
  const logits = tensors.find(({ name }) => name === 'logits');
  if (logits === undefined) {
    return missingOutput(
      tensors,
      '`logits` (1 × classes)',
      'Export it for text-classification, which zero-shot-classification uses.',
    );
  }
  if (classes === null) {
    return {
      id,
      status: 'failed',
      message: `The logits must be one row of classes for a text with a hypothesis, 1 × n, but they are ${dimensions(logits.dims)}. zero-shot-classification needs a model trained on natural language inference; correct pipeline_tag in the card.`,
    };
  }
  if (classes < 2) {
    return {
      id,
      status: 'failed',
      message:
        'The model gives a single score, but zero-shot-classification needs entailment and contradiction. Correct pipeline_tag in the card.',
    };
  }
  return { id, status: 'passed', message: `One row of ${classes} logits for a text with a hypothesis.` };
}

/** Whether config.json says which class means entailment. */
function checkEntailment({ index, labels, called }: Entailment): SmokeCheck {
  const id = 'labels-named';
  if (index === null) {
    const named =
      labels.length === 0
        ? 'no labels'
        : `the labels ${labels.map(preview).join(', ')}, none of which begins with "entail"`;
    return {
      id,
      status: 'failed',
      message: `config.json names ${named}: pipelines then guess which class says that a label fits. Write entailment, neutral and contradiction into id2label and label2id, in the order of training.`,
    };
  }
  if (called !== undefined) {
    return {
      id,
      status: 'failed',
      message: `label2id in config.json says that class ${index} is entailment, but id2label calls it ${preview(called)}. Make them agree, in the order of training.`,
    };
  }
  return { id, status: 'passed', message: `config.json says that class ${index} is entailment.` };
}
