import type { TensorsFault } from '../safetensors/weight-fault.js';
import type { Rule } from './rule.js';
import { oneName, someNames, tensorFaults } from './shared/tensor-faults.js';

const WITH_THE_MODEL = '---\nlibrary_name: transformers\n---\n';

export const weightsTensorMissing: Rule = {
  id: 'weights-tensor-missing',
  severity: 'warning',
  description: 'The weights hold every tensor of the model that config.json describes.',
  why: 'In transformers what is missing gets random numbers, and the only sign is a warning that says "newly initialized": the model loads, and its answers are noise.',
  source: 'transformers, modeling_utils.py, `missing_keys`',
  fixable: false,
  needs: 'weightFaults',
  good: [{ text: WITH_THE_MODEL, files: ['model.safetensors'] }],
  bad: [
    {
      text: WITH_THE_MODEL,
      files: ['model.safetensors'],
      weightFaults: [
        {
          kind: 'missing',
          path: 'model.safetensors',
          className: 'BertForSequenceClassification',
          tensors: ['classifier.weight', 'classifier.bias'],
          whole: true,
        },
      ],
    },
    {
      text: WITH_THE_MODEL,
      files: ['model.safetensors'],
      weightFaults: [
        {
          kind: 'missing',
          path: 'model.safetensors',
          className: 'BertModel',
          tensors: ['encoder.layer.6.attention.self.query.weight'],
          whole: true,
          layers: { held: 6, told: 12 },
        },
      ],
    },
    {
      text: WITH_THE_MODEL,
      files: ['model.safetensors'],
      weightFaults: [
        {
          kind: 'missing',
          path: 'model.safetensors',
          className: 'BertForMaskedLM',
          tensors: ['bert.embeddings.word_embeddings.weight'],
          whole: false,
          prefix: 'module.',
        },
      ],
    },
  ],
  check(context) {
    for (const fault of tensorFaults(context, 'missing')) {
      context.report({ ...wordsOf(fault), file: fault.path, noRange: true });
    }
  },
};

const NOISE =
  'In transformers the rest gets random numbers and only a warning tells, so that answers are noise.';

function wordsOf(fault: Extract<TensorsFault, { kind: 'missing' }>): { message: string; help: string } {
  const { tensors, whole, layers, prefix } = fault;
  const path = oneName(fault.path);
  const className = oneName(fault.className);
  if (prefix !== undefined) {
    return {
      message: `The names of tensors in ${path} begin with "${oneName(prefix)}", and those of ${className} do not.`,
      help: `${NOISE} Save the model itself with save_pretrained, not what it is wrapped in.`,
    };
  }
  if (layers !== undefined) {
    return {
      message: `config.json tells of ${layers.told} layers, and ${path} holds ${layers.held}.`,
      help: `${NOISE} Correct the number of layers in config.json, or upload the weights that belong to it.`,
    };
  }
  return {
    message: `${path} lacks ${someNames(tensors)}, which ${className} needs${whole ? '' : '; others may be missing too'}.`,
    help: `${NOISE} Save the model again as the class that was trained, and upload all of its files.`,
  };
}
