import type { Rule } from './rule.js';
import { oneName, tensorFaults } from './shared/tensor-faults.js';

const WITH_THE_MODEL = '---\nlibrary_name: transformers\n---\n';

export const weightsContradictConfig: Rule = {
  id: 'weights-contradict-config',
  severity: 'error',
  description: 'The tensors of the model have the shapes that config.json gives them.',
  why: 'With another number of labels, words or columns than the weights have, `from_pretrained` stops with a size mismatch: whoever tries the model gets an error.',
  source: 'transformers, modeling_utils.py, `ignore_mismatched_sizes`',
  fixable: false,
  needs: 'weightFaults',
  good: [
    { text: WITH_THE_MODEL, files: ['model.safetensors'] },
    {
      text: '---\nlibrary_name: mlx\n---\n',
      files: ['model.safetensors'],
      weightFaults: [
        {
          kind: 'shape',
          path: 'model.safetensors',
          className: 'GPT2LMHeadModel',
          tensor: 'h.0.attn.c_attn.weight',
          shape: [2304, 768],
          wanted: [768, 2304],
        },
      ],
    },
  ],
  bad: [
    {
      text: WITH_THE_MODEL,
      files: ['model.safetensors'],
      contents: {
        'config.json':
          '{"model_type": "bert", "architectures": ["BertForSequenceClassification"], "id2label": {"0": "no", "1": "yes"}}',
      },
      weightFaults: [
        {
          kind: 'labels',
          path: 'model.safetensors',
          className: 'BertForSequenceClassification',
          tensor: 'classifier.weight',
          rows: 3,
          labels: 2,
        },
      ],
    },
    {
      text: WITH_THE_MODEL,
      files: ['model.safetensors'],
      weightFaults: [
        {
          kind: 'shape',
          path: 'model.safetensors',
          className: 'LlamaForCausalLM',
          tensor: 'model.embed_tokens.weight',
          shape: [32001, 4096],
          wanted: [32000, 4096],
        },
      ],
    },
  ],
  check(context) {
    for (const { path, className, tensor, rows, labels } of tensorFaults(context, 'labels')) {
      // `BartConfig` has a default of its own.
      const usual = className.startsWith('Bart') ? 'three' : 'two';
      context.report({
        message: `config.json has ${labels} ${labels === 1 ? 'label' : 'labels'}, and ${oneName(tensor)} in ${oneName(path)} ${rows} ${rows === 1 ? 'row' : 'rows'}.`,
        file: 'config.json',
        noRange: true,
        help: `There from_pretrained stops with a size mismatch. Give id2label an entry for each row, or upload the weights that belong to it; without id2label and num_labels there are ${usual} labels.`,
      });
    }
    const [first, ...others] = tensorFaults(context, 'shape');
    if (first === undefined) return;
    const { path, tensor, shape, wanted } = first;
    const more =
      others.length === 0
        ? ''
        : ` ${others.length} more ${others.length === 1 ? 'has' : 'have'} another shape too.`;
    context.report({
      message: `${oneName(tensor)} in ${oneName(path)} has the shape ${sizes(shape)}, and config.json gives it ${sizes(wanted)}.${more}`,
      file: 'config.json',
      noRange: true,
      help: 'There from_pretrained stops with a size mismatch. Upload config.json and weights as the same save_pretrained wrote them.',
    });
  },
};

/** Most sizes of a shape that are told. */
const MOST_SIZES = 8;

function sizes(shape: readonly number[]): string {
  return `[${shape.slice(0, MOST_SIZES).join(', ')}${shape.length > MOST_SIZES ? ', …' : ''}]`;
}
