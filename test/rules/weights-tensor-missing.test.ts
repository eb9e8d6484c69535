import { weightsTensorMissing } from '../../src/rules/weights-tensor-missing.js';
import { testRule } from './tester.js';

const text = '---\nlicense: mit\n---\n';
const common = { kind: 'missing', path: 'model.safetensors', className: 'BertModel', whole: true } as const;

testRule(weightsTensorMissing, {
  good: [
    { name: 'nothing known of any weights', text },
    {
      name: 'a library that loads weights in its own way',
      text: '---\nlibrary_name: mlx\n---\n',
      weightFaults: [{ ...common, tensors: ['a'] }],
    },
  ],
  bad: [
    {
      name: 'some tensors',
      text,
      weightFaults: [{ ...common, tensors: ['a', 'b', 'c', 'd'] }],
      marks: [null],
      says: ['model.safetensors lacks a, b, c and 1 more, which BertModel needs.'],
    },
    {
      name: 'a tensor after which nothing more was looked for',
      text,
      weightFaults: [{ ...common, whole: false, tensors: ['a'] }],
      marks: [null],
      says: ['others may be missing too'],
    },
    {
      name: 'layers',
      text,
      weightFaults: [{ ...common, tensors: ['layer.6.a'], layers: { held: 6, told: 12 } }],
      marks: [null],
      says: ['config.json tells of 12 layers, and model.safetensors holds 6.'],
    },
    {
      name: 'all tensors, which are there inside of a wrapper',
      text,
      weightFaults: [{ ...common, whole: false, tensors: ['a'], prefix: 'module.' }],
      marks: [null],
      says: ['begin with "module."'],
    },
  ],
});
