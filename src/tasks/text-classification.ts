import { defaultInputs } from '../hub/default-inputs.js';
import { isMapping, own } from '../mapping.js';
import type { SmokeCheck } from '../smoke/report.js';
import {
  type ClassificationFacts,
  checkLabelsOf,
  checkScores,
  classified,
  readClassificationParameters,
} from './classification.js';
import { compareScores } from './compare.js';
import { titleAndOutput } from './example.js';
import { TEXT_FILES } from './needed-files.js';
import { checkSequenceLength } from './sequence-length.js';
import {
  type AnsweredCase,
  type Example,
  fault,
  type Inference,
  kindOf,
  type Parameters,
  type Read,
  read,
  type Task,
} from './task.js';

/** Texts of opposite sentiment: a confident classifier gives a single input the same answer as one of them. */
const CONTRASTS = ['This is terrible. I hate it.', 'This is wonderful. I love it.'];

/** One label, or a score for each of several, for a text. */
export const textClassification: Task<string, ClassificationFacts> = {
  tag: 'text-classification',
  ways: [
    {
      runner: 'transformers',
      needs: TEXT_FILES,
      pipeline: 'text-classification',
      async run(session, { input, parameters }) {
        const { tensors } = await session.call(input, { top_k: null });
        return classified(tensors.logits, session.config, parameters);
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

  checkModel: checkSequenceLength,

  checkAnswer: ({ facts, expected, tensors }) => [checkOutputShape(tensors), ...checkScores(facts, expected)],

  checkLabels: ({ facts }) => checkLabelsOf(facts),

  vectors: ({ facts }) => (facts.scores.length === 0 ? [] : [facts.scores]),

  compare: (full, other) => compareScores([full.facts.scores], [other.facts.scores]),
};

function plain(input: string): Inference<string> {
  return { input, parameters: {} };
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
