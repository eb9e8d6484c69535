import { baseModelInvalid } from '../../src/rules/base-model-invalid.js';
import { testRule, untouched } from './tester.js';

const bad = (name: string, value: string, says: string) => ({
  name,
  text: `---\nbase_model: ${value} # expect: base-model-invalid\n---\n`,
  marks: [value],
  hub: 'error' as const,
  says: [says],
});

testRule(baseModelInvalid, {
  bad: [
    bad(
      'an absolute path',
      '/workspace/elicit/gpu5/parent',
      '"base_model" with value "/workspace/elicit/gpu5/parent" is not valid.',
    ),
    bad('a relative path', './clip-roberta', 'is a path on a disk'),
    bad('a parent folder', '../checkpoints', 'is a path on a disk'),
    bad('a home folder', '~/models/llama', 'is a path on a disk'),
    bad('a Windows path', "'C:\\models\\llama'", 'is a path on a disk'),
    bad('three steps', 'outputs/run/checkpoint-500', 'is a path on a disk'),
    bad('a template variable', '"{{ base_model }}"', 'is not a model id'),
    bad('prose', 'Llama 2 by Meta', 'is not a model id'),
    bad('a trailing slash', 'org/model/', '"base_model" with value "org/model/" is not valid.'),
    {
      name: 'the page of a model',
      text: '---\nbase_model:\n- gpt2\n- https://huggingface.co/org/model # expect: base-model-invalid\n---\n',
      marks: ['https://huggingface.co/org/model'],
      hub: 'error',
      says: ['"base_model[1]" with value'],
      fixed: '---\nbase_model:\n- gpt2\n- org/model # expect: base-model-invalid\n---\n',
    },
  ],
  good: [
    ...untouched('base_model'),
    { name: 'an id', text: '---\nbase_model: mistralai/Mistral-7B-v0.1\n---\n' },
    { name: 'an id without owner', text: '---\nbase_model: distilbert-base-uncased\n---\n' },
    { name: 'a list', text: '---\nbase_model:\n- a/b.c\n- d_e/f-g\n---\n' },
  ],
});
