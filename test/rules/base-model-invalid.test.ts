import { baseModelInvalid } from '../../src/rules/base-model-invalid.js';
import { untouched } from './cards.js';
import { testRule } from './tester.js';

const bad = (name: string, value: string, says: string) => ({
  name,
  text: `---\nbase_model: ${value} # expect: base-model-invalid\n---\n`,
  marks: [value],
  hub: 'error' as const,
  says: [says],
});

const mended = (name: string, value: string, id: string, says: string) => ({
  ...bad(name, value, says),
  fixed: `---\nbase_model: ${id} # expect: base-model-invalid\n---\n`,
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
    bad('a name behind nothing but folders', '/mnt/models/Llama-2-7b-hf', 'or delete the key'),
    bad('a folder of a person', '/home/jane/Llama-2-7b-hf', 'or delete the key'),
    bad(
      'an id behind a path',
      '/content/drive/MyDrive/meta-llama/Llama-2-7b-hf',
      'Is "meta-llama/Llama-2-7b-hf" on the Hub the model that is meant?',
    ),
    bad('a cache folder with two ways to read it', '/c/models--a--b--c/snapshots/0', 'or delete the key'),
    mended(
      'a trailing slash',
      'org/model/',
      'org/model',
      '"base_model" with value "org/model/" is not valid.',
    ),
    mended(
      'the cache of the Hub',
      '/root/.cache/huggingface/hub/models--meta-llama--Llama-2-7b-hf/snapshots/8cca527612d856d7d32bd94f8103728d614eb852',
      'meta-llama/Llama-2-7b-hf',
      'Write "meta-llama/Llama-2-7b-hf".',
    ),
    mended('the cache, an id without owner', '/c/models--gpt2/snapshots/0', 'gpt2', 'Write "gpt2".'),
    mended('a branch of a model', 'https://huggingface.co/org/model/tree/main', 'org/model', 'Write'),
    {
      ...mended(
        'an adapter that knows its base model',
        '/tmp/base',
        'org/base-7b',
        'adapter_config.json names',
      ),
      contents: { 'adapter_config.json': '{"base_model_name_or_path": "org/base-7b"}' },
    },
    {
      ...bad('an adapter that knows another path', '/tmp/base', 'or delete the key'),
      contents: { 'adapter_config.json': '{"base_model_name_or_path": "models/base-7b"}' },
    },
    {
      name: 'an adapter with a list of base models',
      text: '---\nbase_model:\n- /tmp/base # expect: base-model-invalid\n---\n',
      marks: ['/tmp/base'],
      hub: 'error',
      contents: { 'adapter_config.json': '{"base_model_name_or_path": "org/base-7b"}' },
    },
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
