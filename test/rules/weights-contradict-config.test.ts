import { weightsContradictConfig } from '../../src/rules/weights-contradict-config.js';
import { testRule } from './tester.js';

const text = '---\nlicense: mit\n---\n';
const path = 'model.safetensors';
const className = 'BertForSequenceClassification';
const labels = { kind: 'labels', path, className, tensor: 'classifier.weight', rows: 3, labels: 2 } as const;
const shape = { kind: 'shape', path, className, tensor: 'a.weight', shape: [2, 3], wanted: [2, 4] } as const;

testRule(weightsContradictConfig, {
  good: [
    { name: 'nothing known of any weights', text },
    {
      name: 'a library that loads weights in its own way',
      text: '---\nlibrary_name: mlx\n---\n',
      weightFaults: [labels, shape],
    },
  ],
  bad: [
    {
      name: 'another number of labels',
      text,
      weightFaults: [labels],
      marks: [null],
      says: [
        'config.json has 2 labels, and classifier.weight in model.safetensors 3 rows.\nThere from_pretrained stops with a size mismatch. Give id2label an entry for each row, or upload the weights that belong to it; without id2label and num_labels there are two labels.',
      ],
    },
    {
      name: 'another number of labels than BART has when none is told',
      text,
      weightFaults: [{ ...labels, className: 'BartForSequenceClassification', rows: 2, labels: 3 }],
      marks: [null],
      says: ['without id2label and num_labels there are three labels.'],
    },
    {
      name: 'shapes, in one finding',
      text: '---\nlibrary_name: sentence-transformers\n---\n',
      weightFaults: [shape, { ...shape, tensor: 'b.weight' }, { ...shape, tensor: 'c.weight' }],
      marks: [null],
      says: ['has the shape [2, 3], and config.json gives it [2, 4]. 2 more have another shape too.'],
    },
  ],
});
