import type { Rule } from './rule.js';
import { oneName, someNames } from './shared/tensor-faults.js';

export const weightsShardMissing: Rule = {
  id: 'weights-shard-missing',
  severity: 'error',
  description: 'All files that an index of weights names are there.',
  why: 'Large models are split, and one upload of many is easily lost. The model cannot be loaded without it.',
  source: 'transformers, utils/hub.py, `get_checkpoint_shard_files`',
  fixable: false,
  needs: 'weightFaults',
  good: [
    {
      text: '---\nlicense: mit\n---\n',
      files: ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'],
      contents: {
        'model.safetensors.index.json':
          '{"weight_map": {"wte.weight": "model-00001-of-00002.safetensors", "wpe.weight": "model-00002-of-00002.safetensors"}}',
      },
    },
  ],
  bad: [
    {
      text: '---\nlicense: mit\n---\n',
      files: ['model-00001-of-00002.safetensors'],
      contents: {
        'model.safetensors.index.json':
          '{"weight_map": {"wte.weight": "model-00001-of-00002.safetensors", "wpe.weight": "model-00002-of-00002.safetensors"}}',
      },
      weightFaults: [
        {
          kind: 'shard-missing',
          path: 'model.safetensors.index.json',
          shards: ['model-00002-of-00002.safetensors'],
        },
      ],
    },
  ],
  check({ weightFaults, report }) {
    for (const fault of weightFaults) {
      if (fault.kind !== 'shard-missing') continue;
      const { path, shards } = fault;
      report({
        message: `${oneName(path)} names ${someNames(shards)}, which ${shards.length === 1 ? 'is' : 'are'} not there.`,
        file: path,
        noRange: true,
        help: 'Upload what is missing; with other weights than those of the index, save the model again and upload all of its files together.',
      });
    }
  },
};
