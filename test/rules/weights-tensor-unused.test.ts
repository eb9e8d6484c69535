import { weightsTensorUnused } from '../../src/rules/weights-tensor-unused.js';
import { testRule } from './tester.js';

const text = '---\nlicense: mit\n---\n';
const common = { kind: 'unused', path: 'model.safetensors', className: 'BertModel' } as const;

testRule(weightsTensorUnused, {
  good: [
    { name: 'nothing known of any weights', text },
    {
      name: 'a library that loads weights in its own way',
      text: '---\nlibrary_name: pylate\n---\n',
      weightFaults: [{ ...common, tensors: ['linear.weight'] }],
    },
  ],
  bad: [
    {
      name: 'one tensor',
      text,
      weightFaults: [{ ...common, tensors: ['linear.weight'] }],
      marks: [null],
      says: ['has no place for linear.weight in model.safetensors.\nIn transformers it is left out'],
    },
    {
      name: 'layers',
      text,
      weightFaults: [{ ...common, tensors: ['layer.6.a'], layers: { held: 12, told: 6 } }],
      marks: [null],
      says: ['model.safetensors holds 12 layers, and config.json tells of 6.'],
    },
  ],
});
