import { weightsBroken } from '../../src/rules/weights-broken.js';
import { testRule } from './tester.js';

const text = '---\nlicense: mit\n---\n';
const files = ['model.safetensors'];
const path = 'model.safetensors';

testRule(weightsBroken, {
  good: [
    { name: 'nothing known of any weights', text },
    {
      name: 'a fault that is another rule’s',
      text,
      weightFaults: [{ kind: 'shard-missing', path, shards: ['model-2.safetensors'] }],
    },
  ],
  bad: [
    {
      name: 'a header that cannot be read, with the remedy as help',
      text,
      files,
      weightFaults: [
        { kind: 'broken', path, reason: `${path} is cut off: it has 3 bytes. Upload it again.` },
      ],
      marks: [null],
      says: ['is cut off: it has 3 bytes.\nUpload it again. Nothing can load it'],
    },
    {
      name: 'an index, which a library may do without',
      text,
      files: ['model.safetensors.index.json'],
      weightFaults: [
        {
          kind: 'broken',
          path: 'model.safetensors.index.json',
          reason: 'model.safetensors.index.json is no JSON. Save the model again.',
        },
      ],
      marks: [null],
      says: ['is no JSON.\nSave the model again. Whoever loads the model finds its files by this index.'],
    },
    {
      name: 'an index of other files',
      text,
      files: ['model.safetensors.index.json'],
      weightFaults: [
        {
          kind: 'misplaced',
          path: 'model.safetensors.index.json',
          tensors: [
            { tensor: 'a\u001b[2J', told: 'one.safetensors', held: 'three.safetensors' },
            { tensor: 'b', told: 'one.safetensors', held: 'two.safetensors' },
          ],
        },
      ],
      marks: [null],
      says: [
        'model.safetensors.index.json says that a\\u001b[2J is in one.safetensors, but it is loaded from three.safetensors. 1 more is not where it says.\n',
      ],
      severity: 'warning',
    },
    {
      name: 'names that would play with a terminal',
      text,
      files: ['a\u001b[31m.safetensors'],
      weightFaults: [
        { kind: 'broken', path: 'a\u001b[31m.safetensors', reason: 'a\u001b[31m.safetensors is odd.' },
      ],
      marks: [null],
      says: ['a\\u001b[31m.safetensors is odd.'],
    },
    {
      name: 'a pointer that the Hub serves in the place of the file',
      text,
      files,
      weightFaults: [{ kind: 'pointer', path, size: 5, served: true }],
      marks: [null],
      says: ['nothing can load it'],
    },
    {
      name: 'a clone without its large files',
      text,
      files,
      contents: { '.gitattributes': '*.safetensors filter=lfs diff=lfs merge=lfs -text\n' },
      weightFaults: [{ kind: 'pointer', path, size: null, served: false }],
      marks: [null],
      severity: 'info',
      says: ['was not checked'],
    },
    {
      name: 'a pointer that Git does not know of',
      text,
      files,
      contents: { '.gitattributes': '*.bin filter=lfs\n' },
      weightFaults: [{ kind: 'pointer', path, size: 5, served: false }],
      marks: [null],
      severity: 'warning',
      says: ['it would be uploaded as it is'],
    },
  ],
});
