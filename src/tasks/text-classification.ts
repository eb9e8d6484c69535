import { defaultInputs } from '../hub/default-inputs.js';
import { isMapping, own } from '../mapping.js';
import type { SmokeCheck } from '../smoke/report.js';
import {
  applyTransform,
  type ClassificationParameters,
  checkExpectedScores,
  checkProbabilities,
  PLACEHOLDER,
  ranked,
  readClassificationParameters,
  type Transform,
} from './classification.js';
import { compareScores } from './compare.js';
import { titleAndOutput } from './example.js';
import { TEXT_FILES } from './needed-files.js';
import {
  type AnsweredCase,
  type Example,
  fault,
  type Inference,
  kindOf,
  type ModelFacts,
  type Parameters,
  type Read,
  read,
  type Task,
} from './task.js';

/** How many classes an answer shows when `top_k` does not say. */
const TOP_K = 5;

/** Texts of opposite sentiment: a confident classifier gives a single input the same answer as one of them. */
const CONTRASTS = ['This is terrible. I hate it.', 'This is wonderful. I love it.'];

/** What the checks need to know of an answer. Both lists are empty when the model gave no single row of logits. */
export interface TextClassificationFacts {
  /** Scores by class, in the order of the logits. */
  readonly scores: readonly number[];
  /** Label of each class; null when config.json has none for it. */
  readonly labels: readonly (string | null)[];
  readonly transform: Transform;
  /** How many labels `id2label` of config.json names; null without it. */
  readonly named: number | null;
}

/** One label, or a score for each of several, for a text. */
export const textClassification: Task<string, TextClassificationFacts> = {
  tag: 'text-classification',
  ways: [
    {
      runner: 'transformers',
      needs: TEXT_FILES,
      pipeline: 'text-classification',
      async run(session, { input, parameters }) {
        const { output, tensors } = await session.call(input, { top_k: null });
        const logits = tensors.logits;
        const id2label = own(session.config, 'id2label');
        const named = isMapping(id2label) ? Object.keys(id2label).length : null;
        if (logits === undefined || logits.dims.length !== 2 || logits.dims[0] !== 1) {
          return { output, facts: { scores: [], labels: [], transform: 'none', named } };
        }
        const row = Array.from(logits.data, Number);
        const { top_k, function_to_apply } = parameters as ClassificationParameters;
        const transform = function_to_apply ?? usualTransform(session.config, row.length);
        const scores = applyTransform(row, transform);
        const labels = row.map((_, index) => labelOf(id2label, index));
        return {
          output: ranked(scores, labels).slice(0, top_k ?? TOP_K),
          facts: { scores, labels, transform, named },
        };
      },
    },
  ],

  readExample(example) {
    if (!isMapping(example))
      return fault([], `A widget example is a mapping with \`text\`, not ${kindOf(example)}.`);
    const text = own(example, 'text');
    if (text === undefined) {
      return fault([], 'This widget example has no `text`; text-classification needs one.');
    }
    if (typeof text !== 'string') return fault(['text'], `\`text\` must be a text, not ${kindOf(text)}.`);
    if (text.trim() === '') return fault(['text'], '`text` is empty.');
    const parameters = this.readParameters(own(example, 'parameters'));
    if (!parameters.ok) {
      return fault(['parameters', ...parameters.fault.path], parameters.fault.message);
    }
    return read({
      input: text,
      parameters: parameters.value,
      ...titleAndOutput(example),
    } satisfies Example<string>);
  },

  readRequest(body) {
    if (typeof body === 'string')
      return body.trim() === '' ? fault([], 'The text is empty.') : read(plain(body));
    if (!isMapping(body)) return fault([], `Expected a text or {"inputs": text}, not ${kindOf(body)}.`);
    const key = Object.hasOwn(body, 'inputs') || !Object.hasOwn(body, 'text') ? 'inputs' : 'text';
    const input = own(body, key);
    if (typeof input !== 'string') return fault([key], `\`${key}\` must be a text, not ${kindOf(input)}.`);
    const parameters = readClassificationParameters(own(body, 'parameters'));
    if (!parameters.ok) return fault(['parameters', ...parameters.fault.path], parameters.fault.message);
    return read({ input, parameters: parameters.value });
  },

  readParameters: (parameters): Read<Parameters> => readClassificationParameters(parameters),

  defaultInferences: () => {
    const inputs = defaultInputs('text-classification')?.inputs ?? [];
    return inputs.filter((input): input is string => typeof input === 'string').map(plain);
  },

  contrast: (inferences) =>
    new Set(inferences.map(({ input }) => input)).size > 1 ? [] : CONTRASTS.map(plain),

  checkModel: (model) => checkSequenceLength(model),

  checkAnswer({ facts, expected, tensors }) {
    const checks: SmokeCheck[] = [checkOutputShape(tensors)];
    if (facts.scores.length === 0) return checks;
    const finite = facts.scores.every(Number.isFinite);
    if (finite && facts.transform !== 'none') {
      checks.push(checkProbabilities([facts.scores], facts.transform === 'softmax'));
    }
    if (finite && expected !== undefined) {
      checks.push(checkExpectedScores(ranked(facts.scores, facts.labels), expected));
    }
    return checks;
  },

  checkLabels({ facts }) {
    if (facts.scores.length === 0) return [];
    return [checkLabelCount(facts), ...(facts.scores.length === 1 ? [] : [checkLabelNames(facts)])];
  },

  vectors: ({ facts }) => (facts.scores.length === 0 ? [] : [facts.scores]),

  compare: (full, other) => compareScores([full.facts.scores], [other.facts.scores]),
};

function plain(input: string): Inference<string> {
  return { input, parameters: {} };
}

/**
 * The transform that the Python pipeline, and so the Hub's API, takes when the request does not say: sigmoid for one
 * class or for classes that can hold together, none for a regression, else softmax (transformers,
 * `TextClassificationPipeline.postprocess`).
 */
function usualTransform(config: Readonly<Record<string, unknown>>, classes: number): Transform {
  const kind = own(config, 'problem_type');
  if (kind === 'regression') return 'none';
  return kind === 'multi_label_classification' || classes === 1 ? 'sigmoid' : 'softmax';
}

/** The label of a class; `LABEL_n` without any id2label, as the pipelines of Python and JavaScript write it. */
function labelOf(id2label: unknown, index: number): string | null {
  if (!isMapping(id2label)) return `LABEL_${index}`;
  const label = own(id2label, String(index));
  return typeof label === 'string' ? label : null;
}

function checkOutputShape(tensors: AnsweredCase['tensors']): SmokeCheck {
  const id = 'output-shape';
  const logits = tensors.find(({ name }) => name === 'logits');
  if (logits === undefined) {
    const names = tensors.map(({ name }) => name).join(', ') || 'none';
    return {
      id,
      status: 'failed',
      message: `The graph must have an output \`logits\`; it has ${names}. Export it for text-classification.`,
    };
  }
  const dims = logits.dims.join(' × ');
  if (logits.dims.length === 3) {
    return {
      id,
      status: 'failed',
      message: `The logits are ${dims}: a row for every token, not one for the text. This is a token-classification (or fill-mask) model; correct pipeline_tag in the card.`,
    };
  }
  if (logits.dims.length !== 2 || logits.dims[0] !== 1) {
    return {
      id,
      status: 'failed',
      message: `The logits must be one row of classes, 1 × n, but they are ${dims || 'a single number'}.`,
    };
  }
  return { id, status: 'passed', message: `One row of ${logits.dims[1]} logits.` };
}

function checkLabelCount({ scores, named }: TextClassificationFacts): SmokeCheck {
  const id = 'label-count';
  if (named === null) {
    return { id, status: 'skipped', message: 'config.json has no id2label to compare with the logits.' };
  }
  if (named === scores.length) {
    return { id, status: 'passed', message: `config.json names ${named} labels, one for each class.` };
  }
  return {
    id,
    status: 'failed',
    message: `config.json names ${named} labels in id2label, but the model gives ${scores.length} scores. Write one label for each class, in the order of training.`,
  };
}

function checkLabelNames({ labels }: TextClassificationFacts): SmokeCheck {
  const id = 'labels-named';
  const placeholders = labels.filter((label) => label !== null && PLACEHOLDER.test(label));
  if (placeholders.length === 0) {
    return { id, status: 'passed', message: 'The labels have names.' };
  }
  const some = placeholders.slice(0, 3).join(', ');
  return {
    id,
    status: 'failed',
    message: `The answers say ${some}, which tells a reader nothing. Write the names of the classes into id2label and label2id of config.json.`,
  };
}

/** A graph that takes texts of one length only was exported without dynamic axes. */
function checkSequenceLength({ graph }: ModelFacts): readonly SmokeCheck[] {
  const id = 'dynamic-shape';
  const input = graph?.inputs.find(({ name }) => name === 'input_ids');
  const length = input?.shape?.[1];
  if (length === undefined) return [];
  if (typeof length !== 'number') {
    return [{ id, status: 'passed', message: 'The graph takes texts of any length.' }];
  }
  return [
    {
      id,
      status: 'failed',
      message: `The graph takes exactly ${length} tokens: it was exported with fixed shapes. Export it again with dynamic axes for batch and sequence (Optimum does so by default).`,
    },
  ];
}
