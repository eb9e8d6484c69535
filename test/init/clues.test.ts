import { describe, expect, it } from 'vitest';
import { type Files, ggufOf, safetensorsOf, told } from './repository.js';

const BERT = { architectures: ['BertForSequenceClassification'], model_type: 'bert' };
const LLAMA = { 'general.architecture': 'llama', 'tokenizer.ggml.model': 'gpt2' };

type Case = readonly [what: string, files: Files, told: Readonly<Record<string, unknown>>];

const CASES: readonly Case[] = [
  ['an empty repository', {}, {}],
  [
    'a transformers model',
    { 'config.json': BERT, 'model.safetensors': safetensorsOf({ format: 'pt' }) },
    {
      library_name: 'transformers',
      pipeline_tag: 'text-classification',
      'widget?': [{ text: 'I like you. I love you' }],
    },
  ],
  [
    'weights in ONNX alone',
    { 'config.json': BERT, 'onnx/model.onnx': 'x' },
    {
      library_name: 'transformers.js',
      pipeline_tag: 'text-classification',
      'widget?': [{ text: 'I like you. I love you' }],
    },
  ],
  [
    'ONNX of no known origin',
    { 'config.json': { model_type: 'denoiser' }, 'model.onnx': 'x' },
    { library_name: 'onnx' },
  ],
  ['ONNX beside a broken config.json', { 'config.json': '{', 'model.onnx': 'x' }, {}],
  [
    'labels of natural language inference',
    { 'config.json': { ...BERT, id2label: { 0: 'entailment', 1: 'contradiction' } } },
    {
      library_name: 'transformers',
      pipeline_tag: 'text-classification',
      'pipeline_tag?': 'zero-shot-classification',
      'widget?': [{ text: 'I like you. I love you' }],
    },
  ],
  [
    'a class that does several tasks',
    { 'config.json': { architectures: ['T5ForConditionalGeneration'] }, 'model.safetensors': 'x' },
    { library_name: 'transformers', 'pipeline_tag?': ['translation', 'summarization', 'text-generation'] },
  ],
  [
    'a class that was tuned for one of them',
    {
      'config.json': {
        architectures: ['BartForConditionalGeneration'],
        task_specific_params: { summarization: {} },
      },
      'model.safetensors': 'x',
    },
    { library_name: 'transformers', pipeline_tag: 'summarization' },
  ],
  [
    'a translation model, with its languages',
    {
      'config.json': { architectures: ['MarianMTModel'] },
      'tokenizer_config.json': { tokenizer_class: 'MarianTokenizer', source_lang: 'en', target_lang: 'fr' },
      'model.safetensors': 'x',
    },
    {
      language: ['en', 'fr'],
      library_name: 'transformers',
      pipeline_tag: 'translation',
      'widget?': [{ text: 'My name is Wolfgang and I live in Berlin' }],
    },
  ],
  [
    'a chat template',
    {
      'config.json': { architectures: ['LlamaForCausalLM'] },
      'tokenizer_config.json': { chat_template: '{{ x }}' },
      'model.safetensors': 'x',
    },
    {
      library_name: 'transformers',
      pipeline_tag: 'text-generation',
      tags: ['conversational'],
      'widget?': [{ text: 'My name is Julien and I like to' }],
    },
  ],
  [
    'a mask token',
    {
      'config.json': { architectures: ['BertForMaskedLM'] },
      'tokenizer_config.json': { mask_token: { content: '[MASK]' } },
      'model.safetensors': 'x',
    },
    {
      library_name: 'transformers',
      pipeline_tag: 'fill-mask',
      'widget?': [{ text: 'Paris is the [MASK] of France.' }],
    },
  ],
  [
    'where the configuration was loaded from',
    { 'config.json': { ...BERT, _name_or_path: 'google-bert/bert-base-uncased' } },
    {
      library_name: 'transformers',
      pipeline_tag: 'text-classification',
      'base_model?': 'google-bert/bert-base-uncased',
      'widget?': [{ text: 'I like you. I love you' }],
    },
  ],
  [
    'an adapter',
    {
      'adapter_config.json': {
        base_model_name_or_path: 'org/base',
        peft_type: 'LORA',
        task_type: 'CAUSAL_LM',
      },
      'adapter_model.safetensors': 'x',
    },
    {
      library_name: 'peft',
      pipeline_tag: 'text-generation',
      tags: ['lora'],
      base_model: 'org/base',
      base_model_relation: 'adapter',
      'widget?': [{ text: 'My name is Julien and I like to' }],
    },
  ],
  [
    'an adapter of a model on someone’s disk',
    { 'adapter_config.json': { base_model_name_or_path: '/home/me/models/base', task_type: 'UNHEARD_OF' } },
    { library_name: 'peft' },
  ],
  [
    'a diffusers pipeline',
    {
      'model_index.json': { _class_name: 'StableDiffusionXLPipeline' },
      'unet/diffusion_pytorch_model.safetensors': 'x',
    },
    { library_name: 'diffusers', pipeline_tag: 'text-to-image' },
  ],
  [
    'a diffusers pipeline that edits pictures',
    { 'model_index.json': { _class_name: 'StableDiffusionImg2ImgPipeline' } },
    { library_name: 'diffusers', pipeline_tag: 'image-to-image' },
  ],
  [
    'an unknown diffusers pipeline',
    { 'model_index.json': { _class_name: 'SomethingPipeline' } },
    { library_name: 'diffusers' },
  ],
  [
    'sentence-transformers',
    { 'modules.json': '[]', 'config.json': { architectures: ['BertModel'] }, 'model.safetensors': 'x' },
    { library_name: 'sentence-transformers', pipeline_tag: 'sentence-similarity' },
  ],
  [
    'a cross encoder with one score',
    {
      'config.json': { ...BERT, id2label: { 0: 'LABEL_0' }, sentence_transformers: { version: '5.0.0' } },
      'model.safetensors': 'x',
    },
    { library_name: 'sentence-transformers', pipeline_tag: 'text-ranking' },
  ],
  [
    'scikit-learn, with an example',
    {
      'config.json': { sklearn: { task: 'tabular-regression', example_input: { a: [1, 2], b: ['x', 'y'] } } },
      'model.skops': 'x',
    },
    {
      library_name: 'sklearn',
      pipeline_tag: 'tabular-regression',
      widget: [{ structured_data: { a: [1, 2], b: ['x', 'y'] } }],
    },
  ],
  [
    'scikit-learn, with a table that is none',
    { 'config.json': { sklearn: { task: 'tabular-regression', example_input: { a: [1, 2], b: ['x'] } } } },
    { library_name: 'sklearn', pipeline_tag: 'tabular-regression' },
  ],
  [
    'timm',
    { 'config.json': { architecture: 'resnet18', num_classes: 10, pretrained_cfg: {} } },
    { library_name: 'timm', pipeline_tag: 'image-classification' },
  ],
  [
    'timm without a head',
    { 'config.json': { architecture: 'resnet18', num_classes: 0, pretrained_cfg: {} } },
    { library_name: 'timm', pipeline_tag: 'image-feature-extraction' },
  ],
  [
    'stable-baselines3',
    { 'config.json': { policy_class: {}, observation_space: {}, action_space: {} }, 'ppo.zip': 'x' },
    {
      library_name: 'stable-baselines3',
      pipeline_tag: 'reinforcement-learning',
      tags: ['reinforcement-learning', 'deep-reinforcement-learning'],
    },
  ],
  [
    'MLX',
    {
      'config.json': { architectures: ['LlamaForCausalLM'] },
      'model.safetensors': safetensorsOf({ format: 'mlx' }),
    },
    {
      library_name: 'mlx',
      pipeline_tag: 'text-generation',
      'widget?': [{ text: 'My name is Julien and I like to' }],
    },
  ],
  [
    'pictures meant as samples, and no others',
    {
      'config.json': { architectures: ['ViTForImageClassification'] },
      'model.safetensors': 'x',
      'samples/red_cat.png': 'x',
      'loss.png': 'x',
    },
    {
      library_name: 'transformers',
      pipeline_tag: 'image-classification',
      widget: [{ src: 'samples/red_cat.png', example_title: 'Red cat' }],
    },
  ],
  [
    'GGUF with all its head can say',
    {
      'model-Q4_K_M.gguf': ggufOf({
        ...LLAMA,
        'general.license': 'mit',
        'general.languages': ['en', 'de'],
        'general.base_model.count': 1,
        'general.base_model.0.repo_url': 'https://huggingface.co/org/parent',
        'general.dataset.count': 1,
        'general.dataset.0.repo_url': 'https://huggingface.co/datasets/org/data',
        'tokenizer.chat_template': '{{ x }}',
      }),
    },
    {
      language: ['en', 'de'],
      license: 'mit',
      library_name: 'gguf',
      pipeline_tag: 'text-generation',
      tags: ['conversational'],
      datasets: ['org/data'],
      base_model: 'org/parent',
      'widget?': [{ text: 'My name is Julien and I like to' }],
    },
  ],
  [
    'GGUF that names the model it was converted from',
    { 'model.gguf': ggufOf({ 'general.source.repo_url': 'https://huggingface.co/org/source' }) },
    { library_name: 'gguf', base_model: 'org/source', base_model_relation: 'quantized' },
  ],
  [
    'GGUF of an embedding model',
    {
      'model.gguf': ggufOf({
        'general.architecture': 'nomic-bert',
        'tokenizer.ggml.model': 'bert',
        'nomic-bert.pooling_type': 1,
      }),
    },
    {
      library_name: 'gguf',
      pipeline_tag: 'feature-extraction',
    },
  ],
  [
    'GGUF with a projector',
    { 'model.gguf': ggufOf(LLAMA), 'mmproj-model.gguf': ggufOf({ 'general.architecture': 'clip' }) },
    { library_name: 'gguf', pipeline_tag: 'image-text-to-text' },
  ],
  [
    'GGUF with values of no use',
    {
      'model.gguf': ggufOf({
        'general.license': 'my own',
        'general.languages': ['English'],
        'general.base_model.count': 2,
        'general.base_model.0.repo_url': 'https://huggingface.co/org/parent',
        'general.base_model.1.repo_url': 'https://example.com/model',
      }),
    },
    { library_name: 'gguf' },
  ],
  [
    'a merge',
    {
      'config.json': { architectures: ['LlamaForCausalLM'] },
      'model.safetensors': 'x',
      'mergekit_config.yml':
        'base_model: org/a\nmodels:\n- model: org/b\n- model: ./local/c\nslices:\n- sources:\n  - model: org/d\n',
    },
    {
      library_name: 'transformers',
      pipeline_tag: 'text-generation',
      tags: ['mergekit', 'merge'],
      base_model: ['org/a', 'org/b', 'org/d'],
      base_model_relation: 'merge',
      'widget?': [{ text: 'My name is Julien and I like to' }],
    },
  ],
  [
    'an AutoTrain run',
    { 'config.json': BERT, 'training_params.json': { model: 'org/base', data_path: 'org/data' } },
    {
      library_name: 'transformers',
      pipeline_tag: 'text-classification',
      datasets: ['org/data'],
      base_model: 'org/base',
      'widget?': [{ text: 'I like you. I love you' }],
    },
  ],
  [
    'an axolotl run with data on someone’s disk',
    {
      'config.json': BERT,
      'axolotl_config.yaml': 'base_model: org/base\ndatasets:\n- path: org/data\n- path: ./data/mine.jsonl\n',
    },
    {
      library_name: 'transformers',
      pipeline_tag: 'text-classification',
      base_model: 'org/base',
      'widget?': [{ text: 'I like you. I love you' }],
    },
  ],
  [
    'a license the Hub has',
    { LICENSE: 'GNU GENERAL PUBLIC LICENSE\nVersion 3, 29 June 2007' },
    { license: 'gpl-3.0' },
  ],
  [
    'a license of one’s own',
    { 'LICENSE.md': '# Acme Model License\n\nLook, do not touch.' },
    { license: 'other', license_name: 'acme-model-license', license_link: 'LICENSE.md' },
  ],
  [
    'a license without a name',
    { LICENSE: 'Look, do not touch.' },
    { license: 'other', license_name: 'custom', license_link: 'LICENSE' },
  ],
  [
    'a license file, whatever the weights say',
    { LICENSE: 'GNU GENERAL PUBLIC LICENSE\nVersion 3', 'model.gguf': ggufOf({ 'general.license': 'mit' }) },
    { license: 'gpl-3.0', library_name: 'gguf' },
  ],
  [
    'two licenses to choose from',
    {
      'LICENSE-A': 'GNU GENERAL PUBLIC LICENSE\nVersion 3',
      'LICENSE-B': 'Mozilla Public License Version 2.0',
    },
    { 'license?': ['gpl-3.0', 'mpl-2.0'] },
  ],
  ['a license of something else', { 'vendor/LICENSE': 'GNU GENERAL PUBLIC LICENSE\nVersion 3' }, {}],
];

describe('what the files tell', () => {
  it.each(CASES)('%s', async (_, files, expected) => {
    expect(await told(files)).toEqual(expected);
  });

  it.each([
    ['config.json', '[]'],
    ['config.json', { architectures: [['x']], id2label: 7, auto_map: 'x', sklearn: null, _name_or_path: {} }],
    ['adapter_config.json', { base_model_name_or_path: ['x'], peft_type: 3, task_type: '__proto__' }],
    ['model_index.json', { _class_name: 'Edit'.repeat(100_000) }],
    [
      'tokenizer_config.json',
      { chat_template: 7, mask_token: { content: {} }, tokenizer_class: 'MarianTokenizer' },
    ],
    ['config_sentence_transformers.json', { model_type: [] }],
    ['trainer_state.json', { log_history: [null, 3, { eval_loss: 'x' }], epoch: 'x', global_step: {} }],
    ['mergekit_config.yml', 'models: [[], {model: {}}, 3]\nslices: 3\n'],
    ['mergekit_config.yaml', '&a [*a]'],
    ['axolotl.yml', 'datasets: {}\nbase_model: [1]\n'],
    ['model.gguf', 'version https://git-lfs.github.com/spec/v1\n'],
    ['model.safetensors', new Uint8Array(8).fill(0xff)],
    ['model.safetensors', '        {"__metadata__": 3}'],
    ['LICENSE', new Uint8Array([0, 255, 254])],
  ])('makes nothing of a strange %s', async (path, content) => {
    const found = await told({ [path]: content });
    for (const key of ['pipeline_tag', 'base_model', 'language', 'datasets', 'widget']) {
      expect(found).not.toHaveProperty(key);
    }
  });
});
