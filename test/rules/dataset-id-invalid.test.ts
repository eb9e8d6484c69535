import { datasetIdInvalid } from '../../src/rules/dataset-id-invalid.js';
import { untouched } from './cards.js';
import { testRule } from './tester.js';

testRule(datasetIdInvalid, {
  bad: [
    {
      name: 'several in one string',
      text: '---\ndatasets: ConvLab/tm1, glue # expect: dataset-id-invalid\n---\n',
      marks: ['ConvLab/tm1, glue'],
      hub: 'error',
      says: ['Write a list: [ConvLab/tm1, glue].'],
      fixed: '---\ndatasets: [ConvLab/tm1, glue] # expect: dataset-id-invalid\n---\n',
    },
    {
      name: 'several in one item, and some that are prose',
      text: '---\ndatasets:\n- a/b;c/d # expect: dataset-id-invalid\n- some data, more data # expect: dataset-id-invalid\n---\n',
      marks: ['a/b;c/d', 'some data, more data'],
      hub: 'error',
      fixed:
        '---\ndatasets:\n- a/b\n- c/d # expect: dataset-id-invalid\n- some data, more data # expect: dataset-id-invalid\n---\n',
    },
    {
      name: 'prose in a list',
      text: '---\ndatasets:\n- librispeech_asr\n- librispeech 960h # expect: dataset-id-invalid\n---\n',
      marks: ['librispeech 960h'],
      hub: 'error',
      says: ['"datasets[1]" with value "librispeech 960h" is not valid.'],
    },
    {
      name: 'brackets',
      text: '---\ndatasets: "oscar (NL)" # expect: dataset-id-invalid\n---\n',
      marks: ['"oscar (NL)"'],
      hub: 'error',
    },
    {
      name: 'a path',
      text: '---\ndatasets: data/train/part.csv # expect: dataset-id-invalid\n---\n',
      marks: ['data/train/part.csv'],
      hub: 'error',
      says: ['is a path on a disk'],
    },
    {
      name: 'the page of a dataset',
      text: '---\ndatasets: https://huggingface.co/datasets/org/name # expect: dataset-id-invalid\n---\n',
      marks: ['https://huggingface.co/datasets/org/name'],
      hub: 'error',
      fixed: '---\ndatasets: org/name # expect: dataset-id-invalid\n---\n',
    },
    {
      name: 'some other page',
      text: '---\ndatasets: https://www.kaggle.com/x/y # expect: dataset-id-invalid\n---\n',
      marks: ['https://www.kaggle.com/x/y'],
      hub: 'error',
      says: ['is not a dataset id'],
    },
  ],
  good: [
    ...untouched('datasets'),
    { name: 'ids that do not exist', text: '---\ndatasets:\n- test/test_dataset\n- glue\n---\n' },
    { name: 'one', text: '---\ndatasets: c4\n---\n' },
  ],
});
