import { baseModelRelationContradictsFiles } from '../../src/rules/base-model-relation-contradicts-files.js';
import { untouched } from './cards.js';
import { testRule } from './tester.js';

const ADAPTER = { 'adapter_config.json': '{"base_model_name_or_path": "org/Base"}' };
const CONFIG = { 'config.json': '{"architectures": ["LlamaForCausalLM"]}' };

const card = (relation: string, base = 'org/base', mark = true) =>
  `---\nbase_model: ${base}\nbase_model_relation: ${relation}${mark ? ' # expect: base-model-relation-contradicts-files' : ''}\n---\n`;

testRule(baseModelRelationContradictsFiles, {
  bad: [
    ...['quantized', 'finetune'].map((relation) => ({
      name: `an adapter as ${relation}`,
      text: card(relation),
      files: ['adapter_model.safetensors', 'tokenizer.json'],
      contents: ADAPTER,
      marks: [relation],
      says: ['the files are an adapter of "org/base"'],
      fixed: card('adapter'),
    })),
    {
      name: 'quantized weights as adapter',
      text: card('adapter'),
      files: ['base-IQ2_XS.gguf', 'README.md'],
      marks: ['adapter'],
      fixed: card('quantized'),
    },
    {
      name: 'a whole model as adapter',
      text: card('adapter'),
      files: ['model-00001-of-00002.safetensors'],
      contents: CONFIG,
      marks: ['adapter'],
      says: ['Write finetune, merge or quantized'],
    },
  ],
  good: [
    ...untouched('base_model_relation'),
    { name: 'files unknown', text: card('adapter', 'a/b', false) },
    { name: 'an adapter', text: card('adapter', 'org/base', false), contents: ADAPTER },
    { name: 'a merge of adapters', text: card('merge', 'org/base', false), contents: ADAPTER },
    {
      name: 'an adapter tuned from another',
      text: card('finetune', 'org/adapter', false),
      contents: ADAPTER,
    },
    { name: 'an adapter in GGUF', text: card('adapter', 'org/base', false), files: ['my-lora-Q4_0.gguf'] },
    { name: 'GGUF of unknown kind', text: card('adapter', 'org/base', false), files: ['model-f16.gguf'] },
    {
      name: 'single file of weights',
      text: card('adapter', 'org/base', false),
      files: ['style.safetensors'],
    },
    {
      name: 'an adapter beside a whole model',
      text: card('adapter', 'org/base', false),
      files: ['model.safetensors', 'lora/x.safetensors'],
      contents: CONFIG,
    },
    {
      name: 'a merged model beside its adapter',
      text: card('finetune', 'org/base', false),
      files: ['model.safetensors'],
      contents: ADAPTER,
    },
    { name: 'a quantized model', text: card('quantized', 'org/base', false), files: ['base-Q4_K_M.gguf'] },
    { name: 'several base models', text: card('quantized', '[org/base, a/b]', false), contents: ADAPTER },
  ],
});
