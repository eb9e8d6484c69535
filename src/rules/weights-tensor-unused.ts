import type { Rule } from './rule.js';
import { oneName, someNames, tensorFaults } from './shared/tensor-faults.js';

const WITH_THE_MODEL = '---\nlibrary_name: transformers\n---\n';

export const weightsTensorUnused: Rule = {
  id: 'weights-tensor-unused',
  severity: 'warning',
  description: 'The model that config.json describes has a place for every tensor of the weights.',
  why: 'What has no place is left out by transformers, which only warns: layers or a head that were trained are lost, or a download is larger than it need be.',
  source: 'transformers, modeling_utils.py, `unexpected_keys`',
  fixable: false,
  needs: 'weightFaults',
  good: [{ text: WITH_THE_MODEL, files: ['model.safetensors'] }],
  bad: [
    {
      text: WITH_THE_MODEL,
      files: ['model.safetensors'],
      weightFaults: [
        {
          kind: 'unused',
          path: 'model.safetensors',
          className: 'BertForSequenceClassification',
          tensors: ['loss.weight', 'loss.bias'],
        },
      ],
    },
    {
      text: WITH_THE_MODEL,
      files: ['model.safetensors'],
      weightFaults: [
        {
          kind: 'unused',
          path: 'model.safetensors',
          className: 'LlamaForCausalLM',
          tensors: ['model.layers.16.input_layernorm.weight'],
          layers: { held: 32, told: 16 },
        },
      ],
    },
  ],
  check(context) {
    for (const { path, className, tensors, layers } of tensorFaults(context, 'unused')) {
      const file = oneName(path);
      const single = tensors.length === 1;
      context.report({
        message:
          layers === undefined
            ? `${oneName(className)} as config.json describes it has no place for ${someNames(tensors)} in ${file}.`
            : `${file} holds ${layers.held} layers, and config.json tells of ${layers.told}.`,
        file: path,
        noRange: true,
        help:
          layers === undefined
            ? `In transformers ${single ? 'it is' : 'they are'} left out, and only a warning tells. Name the class that ${single ? 'it belongs' : 'they belong'} to in config.json, or save the model without ${single ? 'it' : 'them'}.`
            : 'In transformers the others are left out and only a warning tells, so that answers are not those of the model that was trained. Correct the number of layers in config.json, or upload the weights that belong to it.',
      });
    }
  },
};
