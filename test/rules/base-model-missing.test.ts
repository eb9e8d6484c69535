import { baseModelMissing } from '../../src/rules/base-model-missing.js';
import { testRule } from './tester.js';

const adapter = (path: string) => ({
  'adapter_config.json': JSON.stringify({ base_model_name_or_path: path, peft_type: 'LORA' }),
});
const TEXT = '---\nlicense: mit\n---\n';

testRule(baseModelMissing, {
  bad: [
    {
      name: 'an adapter of a model on the Hub',
      text: '---\nlicense: mit\ntags:\n- lora\nmodel-index: []\n---\n',
      contents: adapter('meta-llama/Llama-2-7b-hf'),
      files: ['adapter_model.safetensors'],
      lines: [1],
      marks: ['---'],
      says: ['"adapter_config.json" shows that this is an adapter, and the card names no base model.'],
      fixed: '---\nlicense: mit\ntags:\n- lora\nbase_model: meta-llama/Llama-2-7b-hf\nmodel-index: []\n---\n',
    },
    {
      name: 'an adapter of a model in the cache',
      text: TEXT,
      contents: adapter('/root/.cache/huggingface/hub/models--org--base/snapshots/0'),
      lines: [1],
      marks: ['---'],
      fixed: '---\nlicense: mit\nbase_model: org/base\n---\n',
    },
    {
      name: 'an adapter of a model on a disk',
      text: TEXT,
      contents: adapter('/data/meta-llama/Llama-2-7b-hf'),
      lines: [1],
      marks: ['---'],
      says: [
        'adapter_config.json names a path, "/data/meta-llama/Llama-2-7b-hf". Is it "meta-llama/Llama-2-7b-hf"?',
      ],
    },
    {
      name: 'an adapter of a folder that looks like an id',
      text: TEXT,
      contents: adapter('outputs/checkpoint-100'),
      lines: [1],
      marks: ['---'],
      says: ['if that is the id on the Hub'],
    },
    {
      name: 'an adapter that names nothing',
      text: TEXT,
      contents: { 'adapter_config.json': '{}' },
      lines: [1],
      marks: ['---'],
      says: ['Add "base_model: …"'],
    },
    {
      name: 'peft',
      text: '---\nlibrary_name: peft\n---\n',
      lines: [1],
      marks: ['---'],
      says: ['The library is "peft"'],
    },
    {
      name: 'a LoRA of diffusers',
      text: TEXT,
      files: ['pytorch_lora_weights.safetensors'],
      lines: [1],
      marks: ['---'],
    },
    {
      name: 'a LoRA of diffusers, files unknown',
      text: '---\nlibrary_name: diffusers\ntags: [lora]\n---\n',
      lines: [1],
      marks: ['---'],
    },
    { name: 'GGUF alone', text: TEXT, files: ['a-Q4_K_M.gguf', 'config.json'], lines: [1], marks: ['---'] },
    { name: 'GGUF, files unknown', text: '---\ntags: [gguf]\n---\n', lines: [1], marks: ['---'] },
    {
      name: 'weights quantized afterwards',
      text: TEXT,
      files: ['model.safetensors'],
      contents: { 'config.json': '{"quantization_config": {"quant_method": "gptq"}}' },
      lines: [1],
      marks: ['---'],
      says: ['config.json shows that the weights were quantized (gptq)'],
    },
  ],
  good: [
    { name: 'no front matter', text: '# Title\n', contents: adapter('org/base') },
    { name: 'a base model', text: '---\nbase_model: a/b\n---\n', contents: adapter('org/base') },
    { name: 'null, which is another fault', text: '---\nbase_model:\n---\n', contents: adapter('org/base') },
    {
      name: 'a misspelt key, which is another fault',
      text: '---\nbase-model: a/b\n---\n',
      contents: adapter('a/b'),
    },
    { name: 'the older key', text: '---\nfinetuned_from: a/b\n---\n', contents: adapter('a/b') },
    {
      name: 'a merged model beside its adapter',
      text: TEXT,
      files: ['model.safetensors'],
      contents: adapter('org/base'),
    },
    { name: 'a whole model by peft', text: '---\nlibrary_name: peft\n---\n', files: ['model.safetensors'] },
    { name: 'GGUF beside other weights', text: TEXT, files: ['a.gguf', 'model-00001-of-00002.safetensors'] },
    {
      name: 'weights that were trained in few bits',
      text: TEXT,
      files: ['model.safetensors'],
      contents: { 'config.json': '{"quantization_config": {"quant_method": "mxfp4"}}' },
    },
    { name: 'a tag alone', text: '---\ntags: [lora, peft]\n---\n' },
    { name: 'nothing special', text: TEXT, files: ['config.json', 'pytorch_model.bin'] },
  ],
});
