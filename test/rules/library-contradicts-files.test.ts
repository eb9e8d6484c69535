import { libraryContradictsFiles } from '../../src/rules/library-contradicts-files.js';
import { untouched } from './cards.js';
import { testRule } from './tester.js';

const config = (text: object) => ({ 'config.json': JSON.stringify(text) });
const CLASS = (name: string) => config({ architectures: [name] });

const card = (library: string) => `---\nlibrary_name: ${library} # expect: library-contradicts-files\n---\n`;

const bad = (
  name: string,
  library: string,
  files: readonly string[],
  says: string,
  more: { contents?: Readonly<Record<string, string>>; answer?: string; severity?: 'info' } = {},
) => ({
  name,
  text: card(library),
  files,
  marks: [library],
  says: [says],
  ...(more.contents === undefined ? {} : { contents: more.contents }),
  ...(more.severity === undefined ? {} : { severity: more.severity }),
  ...(more.answer === undefined ? {} : { fixed: card(more.answer) }),
});

const good = (name: string, library: string, files: readonly string[], contents = {}) => ({
  name,
  text: `---\nlibrary_name: ${library}\n---\n`,
  files,
  contents,
});

testRule(libraryContradictsFiles, {
  bad: [
    bad(
      'a pipeline as transformers',
      'transformers',
      ['model_index.json', 'unet/config.json'],
      'pipeline of diffusers',
      {
        answer: 'diffusers',
      },
    ),
    bad('weights without config.json', 'transformers', ['pytorch_model.bin'], 'has no config.json beside it'),
    bad('NeMo', 'transformers', ['a.nemo'], '"a.nemo" is a file of nemo'),
    bad(
      'open_clip',
      'transformers',
      ['open_clip_config.json', 'model.safetensors'],
      'is a file of open_clip',
    ),
    bad('GGUF alone', 'transformers', ['a-Q4_0.gguf'], 'the weights are GGUF ("a-Q4_0.gguf")', {
      severity: 'info',
    }),
    bad('a whole model as peft', 'peft', ['model.safetensors'], 'those of a whole model', {
      contents: CLASS('LlamaForCausalLM'),
      answer: 'transformers',
    }),
    bad(
      'a whole model of two libraries as peft',
      'peft',
      ['model.safetensors', 'modules.json'],
      'whole model',
      {
        contents: CLASS('BertModel'),
      },
    ),
    bad('a pipeline as peft', 'peft', ['model_index.json'], 'pipeline of diffusers', { answer: 'diffusers' }),
    bad('a classifier as diffusers', 'diffusers', ['model.safetensors'], '"BertForTokenClassification"', {
      contents: CLASS('BertForTokenClassification'),
      answer: 'transformers',
    }),
    bad(
      'sentence-transformers as diffusers',
      'diffusers',
      ['modules.json'],
      'file of sentence-transformers',
      {
        contents: CLASS('BertModel'),
        answer: 'sentence-transformers',
      },
    ),
    bad(
      'a tagger as sentence-transformers',
      'sentence-transformers',
      ['model.safetensors'],
      'no modules.json',
      {
        contents: CLASS('BertForTokenClassification'),
        answer: 'transformers',
      },
    ),
    bad(
      'weights alone as sentence-transformers',
      'sentence-transformers',
      ['model.safetensors'],
      'neither modules.json',
    ),
  ],
  good: [
    ...untouched('library_name').map((one) => ({ ...one, files: ['model_index.json'] })),
    { name: 'files unknown', text: '---\nlibrary_name: peft\n---\n' },
    good('a card alone', 'transformers', ['README.md']),
    good('a tokenizer', 'transformers', ['tokenizer.json']),
    good('an adapter', 'transformers', ['adapter_config.json', 'adapter_model.safetensors']),
    good('config.json in folders', 'transformers', ['small/config.json', 'small/model.safetensors']),
    good('GGUF with config.json', 'transformers', ['a.gguf'], CLASS('LlamaForCausalLM')),
    good('another library beside it', 'transformers', ['modules.json', 'a.mlmodel'], CLASS('BertModel')),
    good('weights of any name', 'transformers', ['my.safetensors']),
    good(
      'a cross encoder',
      'sentence-transformers',
      ['model.safetensors'],
      CLASS('BertForSequenceClassification'),
    ),
    good('an older layout', 'sentence-transformers', [
      'modules.json',
      '0_Transformer/config.json',
      'model.bin',
    ]),
    good(
      'adapters in folders',
      'peft',
      ['a/adapter_config.json', 'model.safetensors'],
      CLASS('LlamaForCausalLM'),
    ),
    good('a LoRA', 'diffusers', ['style_lora.safetensors'], CLASS('BertForTokenClassification')),
    good('a single file', 'diffusers', ['v1-5.ckpt']),
    good(
      'a model of diffusers',
      'diffusers',
      ['diffusion_pytorch_model.safetensors'],
      config({ _class_name: 'AutoencoderKL' }),
    ),
    good('a text encoder for diffusers', 'diffusers', ['model.safetensors'], CLASS('T5EncoderModel')),
    good('a library nothing certain is known of', 'mlx', ['model_index.json']),
  ],
});
