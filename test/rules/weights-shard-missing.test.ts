import { weightsShardMissing } from '../../src/rules/weights-shard-missing.js';
import { testRule } from './tester.js';

const text = '---\nlicense: mit\n---\n';
const path = 'model.safetensors.index.json';

testRule(weightsShardMissing, {
  good: [
    { name: 'nothing known of any weights', text },
    { name: 'a fault that is another rule’s', text, weightFaults: [{ kind: 'broken', path, reason: 'No.' }] },
  ],
  bad: [
    {
      name: 'one of the files',
      text,
      weightFaults: [{ kind: 'shard-missing', path, shards: ['model-2.safetensors'] }],
      marks: [null],
      says: ['names model-2.safetensors, which is not there.'],
    },
    {
      name: 'many of the files, of which a few are named',
      text,
      weightFaults: [{ kind: 'shard-missing', path, shards: ['1', '2', '3', '4', '\u001b5'] }],
      marks: [null],
      says: ['names 1, 2, 3 and 2 more, which are not there.'],
    },
  ],
});
