import { describe, expect, it } from 'vitest';
import { readLibraryTasks } from '../../src/hub/tables.js';
import { decideSupport, type SupportInput } from '../../src/support/decide.js';
import type { ApiReason, SupportVerdict } from '../../src/support/verdict.js';
import { cpuTime } from '../cpu-time.js';

const decide = (metadata: unknown, more: Omit<SupportInput, 'metadata'> = {}): SupportVerdict =>
  decideSupport({ metadata: metadata as SupportInput['metadata'], ...more });

const file = (path: string, size = 1) => ({ path, size });
const bert = { architectures: ['BertForSequenceClassification'], model_type: 'bert' };
const healthy = { library_name: 'transformers', pipeline_tag: 'text-classification' };

describe('library', () => {
  it.each<[string, unknown, Omit<SupportInput, 'metadata'>, string | null, string]>([
    ['library_name', { library_name: 'timm' }, {}, 'timm', 'library_name'],
    ['library_name before a tag', { library_name: 'timm', tags: ['flair'] }, {}, 'timm', 'library_name'],
    ['a tag', { tags: ['x', 'flair'] }, {}, 'flair', 'tag'],
    ['a tag before files', { tags: ['flair'] }, { files: [file('a.nemo')] }, 'flair', 'tag'],
    ['a bare string of a tag', { tags: 'flair' }, {}, 'flair', 'tag'],
    ['its own tag before that of transformers', { tags: ['transformers', 'timm'] }, {}, 'timm', 'tag'],
    ['the tag of transformers alone', { tags: ['transformers'] }, {}, 'transformers', 'tag'],
    ['a .nemo file', {}, { files: [file('stt/model.nemo')] }, 'nemo', 'file'],
    ['a .mlmodel file', {}, { files: [file('Model.mlmodel')] }, 'coreml', 'file'],
    ['model_index.json', {}, { files: [file('model_index.json')] }, 'diffusers', 'file'],
    [
      'the sklearn key of config.json',
      {},
      { modelConfig: { sklearn: { model: { file: 'm.pkl' } } } },
      'sklearn',
      'config',
    ],
    ['sklearn_model.joblib', {}, { files: [file('sklearn_model.joblib')] }, 'sklearn', 'file'],
    ['nothing for model_index.json in a folder', {}, { files: [file('a/model_index.json')] }, null, 'none'],
    ['nothing for config.json today', {}, { files: [file('config.json')], modelConfig: bert }, null, 'none'],
    [
      'config.json in an old repository',
      {},
      { modelConfig: bert, createdAt: '2023-05-01' },
      'transformers',
      'config',
    ],
    [
      'nothing for config.json in a new one',
      {},
      { modelConfig: bert, createdAt: '2024-08-02' },
      null,
      'none',
    ],
    ['nothing for a rule of a tool', {}, { files: [file('modules.json')] }, null, 'none'],
    ['nothing for GGUF files', {}, { files: [file('a.gguf')] }, null, 'none'],
    ['nothing', {}, {}, null, 'none'],
    ['nothing without metadata', null, {}, null, 'none'],
    ['the name of an unknown library', { library_name: 'exllamav3' }, {}, 'exllamav3', 'library_name'],
    ['a name in the wrong case', { library_name: 'Transformers' }, {}, 'Transformers', 'library_name'],
    ['the tag when the name is empty', { library_name: ' ', tags: ['flair'] }, {}, 'flair', 'tag'],
    ['the tag when the name is null', { library_name: null, tags: ['flair'] }, {}, 'flair', 'tag'],
    ['the tag when the name is a list', { library_name: ['timm'], tags: ['flair'] }, {}, 'flair', 'tag'],
    ['no library from a prototype', { tags: ['constructor', '__proto__', 'toString'] }, {}, null, 'none'],
  ])('takes %s', (_, metadata, more, name, evidence) => {
    expect(decide(metadata, more).library).toMatchObject({ name, evidence });
  });

  it.each<[unknown, Omit<SupportInput, 'metadata'>, string[]]>([
    [{ library_name: 'Transformers' }, {}, ['not a library the Hub knows', 'did you mean `transformers`?']],
    [{ library_name: 'my-own-thing' }, {}, ['not a library the Hub knows.']],
    [{ library_name: null }, {}, ['`library_name` is empty']],
    [{ library_name: 3 }, {}, ['`library_name` is 3, not a name']],
    [{ library_name: ['a'] }, {}, ['`library_name` is a list, not a name']],
    [{ library_name: { a: 1 } }, {}, ['`library_name` is a mapping, not a name']],
    [{ tags: ['flair', 'keras'] }, {}, ['tag `flair`', 'tag `keras` names a library too', 'not documented']],
    [
      {},
      { modelConfig: bert },
      ['config.json has the key `architectures`', 'sign of transformers', 'after July 2024'],
    ],
    [
      {},
      { files: [file('modules.json')] },
      ['modules.json', 'sentence-transformers', 'not documented to detect'],
    ],
    [{}, { files: [file('config_setfit.json')] }, ['looks like setfit', 'not documented to detect']],
    [{}, { files: [file('m.gguf')] }, ['GGUF is a file format']],
    [{}, { files: [] }, ['no file is one the Hub detects']],
    [{}, {}, ['files of the repository are unknown']],
    [
      {},
      { modelConfig: bert, files: [file('config.json'), file('onnx/model.onnx')] },
      ['looks like transformers.js'],
    ],
  ])('explains %j', (metadata, more, parts) => {
    const { detail } = decide(metadata, more).library;
    for (const part of parts) expect(detail).toContain(part);
  });
});

describe('task', () => {
  it.each<[string, unknown, Omit<SupportInput, 'metadata'>, string | null, string]>([
    ['pipeline_tag', { pipeline_tag: 'fill-mask', tags: ['translation'] }, {}, 'fill-mask', 'pipeline_tag'],
    ['a tag', { tags: ['x', 'translation'] }, {}, 'translation', 'tag'],
    // text-classification stands before text-generation in PIPELINE_DATA.
    [
      'the more specific tag',
      { tags: ['text-generation', 'text-classification'] },
      {},
      'text-classification',
      'tag',
    ],
    [
      'the class for transformers',
      { library_name: 'transformers' },
      { modelConfig: bert },
      'text-classification',
      'architecture',
    ],
    [
      'a tag before the class',
      { tags: ['transformers', 'fill-mask'] },
      { modelConfig: bert },
      'fill-mask',
      'tag',
    ],
    ['no class for other libraries', { library_name: 'timm' }, { modelConfig: bert }, null, 'none'],
    ['no class without a library', {}, { modelConfig: bert }, null, 'none'],
    [
      'no unknown class',
      { library_name: 'transformers' },
      { modelConfig: { architectures: ['FooBar'] } },
      null,
      'none',
    ],
    ['no retired task', { pipeline_tag: 'conversational' }, {}, null, 'none'],
    [
      'no unknown task, whatever else there is',
      { pipeline_tag: 'sentiment', tags: ['translation'] },
      {},
      null,
      'none',
    ],
    [
      'the tag when pipeline_tag is empty',
      { pipeline_tag: '', tags: ['translation'] },
      {},
      'translation',
      'tag',
    ],
    [
      'the tag when pipeline_tag is a list',
      { pipeline_tag: ['fill-mask'], tags: ['translation'] },
      {},
      'translation',
      'tag',
    ],
    ['no task from a prototype', { pipeline_tag: 'constructor' }, {}, null, 'none'],
    ['no task from a prototype in tags', { tags: ['__proto__', 'valueOf'] }, {}, null, 'none'],
  ])('takes %s', (_, metadata, more, name, evidence) => {
    expect(decide(metadata, more).task).toMatchObject({ name, evidence });
  });

  it.each<[unknown, Omit<SupportInput, 'metadata'>, string[]]>([
    [
      { pipeline_tag: 'conversational' },
      {},
      ['retired on 2024-02-20', '`text-generation` with the tag `conversational`'],
    ],
    [
      { pipeline_tag: 'text2text-generation' },
      {},
      ['2025-07-09', '`translation`, `summarization` or `text-generation`'],
    ],
    [{ pipeline_tag: 'structured-data-classification' }, {}, ['`tabular-classification`']],
    [{ pipeline_tag: 'text-clasification' }, {}, ['did you mean `text-classification`?']],
    [{ pipeline_tag: 'ner' }, {}, ['did you mean `token-classification`?']],
    [{ pipeline_tag: 'zzz' }, {}, ['is not a task of the Hub.']],
    [{ pipeline_tag: ['fill-mask'] }, {}, ['`pipeline_tag` is a list, not a task']],
    [
      { tags: ['text-generation', 'translation'] },
      {},
      ['`translation`', 'it comes before `text-generation`'],
    ],
    [
      { library_name: 'transformers' },
      { modelConfig: { architectures: ['T5ForConditionalGeneration'] } },
      ['T5ForConditionalGeneration', '`text2text-generation`', 'retired on 2025-07-09'],
    ],
    [
      { library_name: 'transformers' },
      { modelConfig: { architectures: ['BertForPreTraining'] } },
      ['is no task of the Hub'],
    ],
    [
      { library_name: 'transformers' },
      { modelConfig: { architectures: ['BitBackbone'] } },
      ['stands for none'],
    ],
    [
      { library_name: 'transformers' },
      { modelConfig: { architectures: ['Nope'] } },
      ['not among those transformers publishes'],
    ],
    [{ library_name: 'timm' }, { modelConfig: bert }, ['for transformers only']],
    [{ library_name: 'transformers' }, {}, ['config.json is unknown']],
  ])('explains %j', (metadata, more, parts) => {
    const { detail } = decide(metadata, more).task;
    for (const part of parts) expect(detail).toContain(part);
  });
});

describe('API', () => {
  const custom = { auto_map: { AutoModel: 'modeling.Foo' } };
  const big = [file('config.json'), file('model.safetensors', 10e9 + 1)];
  it.each<[string, ApiReason, unknown, Omit<SupportInput, 'metadata'>]>([
    ['a served pair', 'Yes', healthy, {}],
    ['inference: true', 'Yes', { ...healthy, inference: true }, {}],
    ['inference with parameters', 'Yes', { ...healthy, inference: { parameters: { top_k: 3 } } }, {}],
    ['inference: null', 'Yes', { ...healthy, inference: null }, {}],
    ['inference: "false" as text', 'Yes', { ...healthy, inference: 'false' }, {}],
    ['inference: 0', 'Yes', { ...healthy, inference: 0 }, {}],
    ['inference: false', 'ExplicitOptOut', { ...healthy, inference: false }, {}],
    [
      'inference: false before all else',
      'ExplicitOptOut',
      { inference: false },
      { modelConfig: custom, files: big },
    ],
    ['auto_map', 'CustomCode', healthy, { modelConfig: custom }],
    ['auto_map before a missing library', 'CustomCode', {}, { modelConfig: custom }],
    ['the tag custom_code without config.json', 'CustomCode', { ...healthy, tags: ['custom_code'] }, {}],
    [
      'no tag custom_code with a config.json',
      'Yes',
      { ...healthy, tags: ['custom_code'] },
      { modelConfig: bert },
    ],
    ['no empty auto_map', 'Yes', healthy, { modelConfig: { auto_map: {} } }],
    ['no auto_map that is a list', 'Yes', healthy, { modelConfig: { auto_map: ['x'] } }],
    ['no auto_map that is null', 'Yes', healthy, { modelConfig: { auto_map: null } }],
    ['no library', 'LibraryNotDetected', { pipeline_tag: 'fill-mask' }, {}],
    ['no library and no task', 'LibraryNotDetected', {}, {}],
    ['no metadata', 'LibraryNotDetected', null, {}],
    ['no task', 'PipelineNotDetected', { library_name: 'transformers' }, {}],
    [
      'a retired task',
      'PipelineNotDetected',
      { library_name: 'transformers', pipeline_tag: 'conversational' },
      {},
    ],
    [
      'another task',
      'PipelineLibraryPairNotSupported',
      { library_name: 'timm', pipeline_tag: 'fill-mask' },
      {},
    ],
    [
      'another library',
      'PipelineLibraryPairNotSupported',
      { library_name: 'mlx', pipeline_tag: 'text-generation' },
      {},
    ],
    [
      'an unknown library',
      'PipelineLibraryPairNotSupported',
      { ...healthy, library_name: 'Transformers' },
      {},
    ],
    [
      'a library named as a prototype property',
      'PipelineLibraryPairNotSupported',
      { ...healthy, library_name: 'constructor' },
      {},
    ],
    ['heavy weights', 'TooBig', healthy, { files: big, modelConfig: bert }],
    [
      'heavy weights after a pair not served',
      'PipelineLibraryPairNotSupported',
      { ...healthy, library_name: 'mlx' },
      { files: big },
    ],
    ['weights of 10 GB exactly', 'Yes', healthy, { files: [file('model.safetensors', 10e9)] }],
  ])('%s: %s', (_, reason, metadata, more) => {
    const { api } = decide(metadata, more);
    expect(api.reason).toBe(reason);
    expect(api.enabled).toBe(reason === 'Yes');
    expect(api.explanation).not.toBe('');
  });

  it('tells what the widget sends along, whatever the reason', () => {
    const inference = { parameters: { temperature: 0.7 } };
    expect(decide({ ...healthy, inference }).api.parameters).toEqual({ temperature: 0.7 });
    expect(decide({ inference }).api.parameters).toEqual({ temperature: 0.7 });
    expect(decide({ ...healthy, inference: { parameters: [1] } }).api).not.toHaveProperty('parameters');
    expect(decide(healthy).api).not.toHaveProperty('parameters');
  });

  it.each<[unknown, string]>([
    ['no', '`inference` is the text "no", neither true, false nor a mapping'],
    [0, '`inference` is 0'],
    [[], '`inference` is a list'],
    [null, '`inference` is empty'],
    [true, '`inference: true` is the default'],
    [{ parameters: 3 }, '`inference.parameters` is 3, not a mapping'],
    [{ temperature: 1 }, 'the Hub reads `parameters`, not `temperature`'],
  ])('says what inference: %j does not do', (inference, part) => {
    expect(decide({ ...healthy, inference }).api.explanation).toContain(part);
  });

  it('names date and source of the tables, or the user', () => {
    expect(decide(healthy).api.explanation).toContain("Hub's tables of 2026-09-29");
    const { tables } = readLibraryTasks('{"mlx": ["text-generation"]}', 'map.json');
    const own = decide({ library_name: 'mlx', pipeline_tag: 'text-generation' }, { tables }).api;
    expect(own).toMatchObject({ enabled: true });
    expect(own.explanation).toContain('Your own tables');
    expect(decide(healthy, { tables }).api.reason).toBe('PipelineLibraryPairNotSupported');
  });

  it('takes tasks and libraries that only the user knows', () => {
    const { tables } = readLibraryTasks('{"newlib": ["text-to-smell"]}', 'map.json');
    const verdict = decide({ tags: ['newlib'], pipeline_tag: 'text-to-smell' }, { tables });
    expect(verdict.api.reason).toBe('Yes');
    expect(verdict.widget).toMatchObject({ state: 'live', kind: 'text-to-smell' });
  });

  it('points at the evidence', () => {
    expect(decide({ inference: false }).api.at).toEqual({ file: 'README.md', path: '/inference' });
    expect(decide({ inference: false }, { cardFile: 'CARD.md' }).api.at?.file).toBe('CARD.md');
    expect(decide(healthy, { modelConfig: custom }).api.at).toEqual({
      file: 'config.json',
      path: '/auto_map',
    });
    expect(decide(healthy, { files: big }).api.at).toEqual({ file: 'model.safetensors' });
    expect(decide({ tags: ['x', 'flair', 'translation'] }).library.at).toEqual({
      file: 'README.md',
      path: '/tags/1',
    });
  });
});

describe('widget', () => {
  const recorded = [{ text: 'a' }, { text: 'b', output: [{ label: 'x', score: 1 }] }];
  const chat = { library_name: 'transformers', pipeline_tag: 'text-generation' };
  it.each<[string, string, string | null, unknown, Omit<SupportInput, 'metadata'>]>([
    ['the API is on', 'live', 'text-classification', healthy, {}],
    ['it is tagged conversational', 'live', 'conversational', { ...chat, tags: ['conversational'] }, {}],
    [
      'an image model is tagged conversational',
      'live',
      'conversational',
      { ...chat, pipeline_tag: 'image-text-to-text', tags: ['conversational'] },
      {},
    ],
    [
      'a classifier is tagged conversational',
      'live',
      'text-classification',
      { ...healthy, tags: ['conversational'] },
      {},
    ],
    ['it is not tagged', 'live', 'text-generation', chat, {}],
    [
      'there is a chat template',
      'live',
      'conversational',
      chat,
      { tokenizerConfig: { chat_template: '{{ x }}' } },
    ],
    [
      'there are named chat templates',
      'live',
      'conversational',
      chat,
      { tokenizerConfig: { chat_template: [{ name: 'a' }] } },
    ],
    [
      'the chat template is empty',
      'live',
      'text-generation',
      chat,
      { tokenizerConfig: { chat_template: '' } },
    ],
    ['there is a template file', 'live', 'conversational', chat, { files: [file('chat_template.jinja')] }],
    [
      'no widget exists',
      'hidden',
      null,
      { library_name: 'transformers', pipeline_tag: 'depth-estimation' },
      {},
    ],
    [
      'examples have an output',
      'examples-only',
      'text-classification',
      { ...healthy, inference: false, widget: recorded },
      {},
    ],
    [
      'custom code has examples with output',
      'examples-only',
      'text-classification',
      { ...healthy, widget: recorded },
      { modelConfig: { auto_map: { AutoModel: 'x' } } },
    ],
    [
      'no example has an output',
      'hidden',
      'text-classification',
      { ...healthy, inference: false, widget: [{ text: 'a' }] },
      {},
    ],
    [
      'outputs are empty',
      'hidden',
      'text-classification',
      {
        ...healthy,
        inference: false,
        widget: [{ output: [] }, { output: {} }, { output: '' }, { output: null }],
      },
      {},
    ],
    [
      'widget is a mapping',
      'hidden',
      'text-classification',
      { ...healthy, inference: false, widget: { output: { text: 'x' } } },
      {},
    ],
    ['there is no task', 'hidden', null, { library_name: 'transformers', widget: recorded }, {}],
    ['the Hub hides the task', 'hidden', null, { pipeline_tag: 'multiple-choice', widget: recorded }, {}],
    [
      'a gallery needs no widget',
      'examples-only',
      'text-to-video',
      { pipeline_tag: 'text-to-video', widget: [{ text: 'a', output: { url: 'a.mp4' } }] },
      {},
    ],
    [
      'there is a replay',
      'examples-only',
      'reinforcement-learning',
      { tags: ['reinforcement-learning'] },
      { files: [file('replay.mp4')] },
    ],
    [
      'there is no replay',
      'hidden',
      'reinforcement-learning',
      { tags: ['reinforcement-learning'] },
      { files: [file('a/replay.mp4')] },
    ],
    [
      'nobody knows of a replay',
      'hidden',
      'reinforcement-learning',
      { tags: ['reinforcement-learning'] },
      {},
    ],
  ])('when %s it is %s', (_, state, kind, metadata, more) => {
    const { widget } = decide(metadata, more);
    expect(widget).toMatchObject({ state, kind });
    expect(widget.explanation).not.toBe('');
  });
});

describe('weights', () => {
  const GB = 1e9;
  const shards = (name: string, count: number, size: number) =>
    Array.from({ length: count }, (_, i) =>
      file(
        `${name.replace('*', `${String(i + 1).padStart(5, '0')}-of-${String(count).padStart(5, '0')}`)}`,
        size,
      ),
    );
  it.each<[string, boolean, ReturnType<typeof file>[], string?]>([
    ['shards count together', true, shards('model-*.safetensors', 3, 4 * GB)],
    [
      'formats do not',
      false,
      [file('model.safetensors', 6 * GB), file('pytorch_model.bin', 6 * GB), file('tf_model.h5', 6 * GB)],
    ],
    [
      'a single file goes before shards',
      false,
      [file('model.safetensors', 6 * GB), ...shards('model-*.safetensors', 2, 6 * GB)],
    ],
    [
      'variants do not count',
      false,
      [file('model.safetensors', 6 * GB), file('model.fp16.safetensors', 6 * GB)],
    ],
    [
      'copies for other programs do not count',
      false,
      [file('model.safetensors', GB), file('consolidated.safetensors', 20 * GB)],
    ],
    ['the .bin counts without safetensors', true, [file('pytorch_model.bin', 11 * GB)]],
    ['ONNX copies do not count', false, [file('model.safetensors', GB), file('onnx/model.onnx', 20 * GB)]],
    [
      'checkpoints do not count',
      false,
      [file('model.safetensors', GB), file('checkpoint-500/model.safetensors', 20 * GB)],
    ],
    [
      'the optimizer does not count',
      false,
      [file('pytorch_model.bin', GB), file('optimizer.pt', 20 * GB), file('training_args.bin', 20 * GB)],
    ],
    [
      'folders do not count for transformers',
      false,
      [file('model.safetensors', GB), file('old/model.safetensors', 20 * GB)],
    ],
    ['folders count when the root is empty', true, [file('weights/model.safetensors', 20 * GB)]],
    [
      'folders count for sentence-transformers',
      true,
      [file('model.safetensors', 6 * GB), file('2_Dense/model.safetensors', 6 * GB)],
      'sentence-transformers',
    ],
    [
      'a diffusers pipeline is its folders',
      false,
      [
        file('model_index.json'),
        file('all-in-one.safetensors', 20 * GB),
        file('unet/diffusion_pytorch_model.safetensors', GB),
      ],
      'diffusers',
    ],
    [
      'the parts of a diffusers pipeline count together',
      true,
      [
        file('model_index.json'),
        file('unet/diffusion_pytorch_model.safetensors', 6 * GB),
        file('unet/diffusion_pytorch_model.bin', 6 * GB),
        file('text_encoder/model.safetensors', 5 * GB),
      ],
      'diffusers',
    ],
    ['decimal gigabytes decide', true, [file('model.safetensors', 10.5 * GB)]],
    ['other files do not count', false, [file('data.parquet', 50 * GB), file('video.mp4', 50 * GB)]],
    [
      'impossible sizes count nothing',
      false,
      [file('model.safetensors', Number.NaN), file('pytorch_model.bin', -1)],
    ],
    ['an infinite size counts nothing', false, [file('model.safetensors', Number.POSITIVE_INFINITY)]],
  ])('%s', (_, tooBig, files, library = 'transformers') => {
    const task = { transformers: 'fill-mask', diffusers: 'text-to-image' }[library] ?? 'sentence-similarity';
    const { api } = decide({ library_name: library, pipeline_tag: task }, { files });
    expect(api.reason).toBe(tooBig ? 'TooBig' : 'Yes');
  });

  it('says which files it added up', () => {
    const { api } = decide(healthy, { files: shards('model-*.safetensors', 5, 3.21 * GB) });
    expect(api.explanation).toContain('model-00001-of-00005.safetensors and 4 more files');
    expect(api.explanation).toContain('16.05 GB');
  });

  it('never rounds down to the limit', () => {
    const { api } = decide(healthy, { files: [file('model.safetensors', 10 * GB + 1)] });
    expect(api.explanation).toContain('10.01 GB');
  });
});

describe('hostile input', () => {
  const odd: unknown[] = [
    null,
    undefined,
    0,
    1.5,
    Number.NaN,
    true,
    '',
    'x',
    [],
    {},
    [null],
    [[]],
    [{}],
    new Date(0),
    new Uint8Array([1]),
    'é'.repeat(1e5),
  ];
  it('is data in every place', () => {
    for (const value of odd) {
      expect(decide(value).api.reason).toBe('LibraryNotDetected');
      for (const key of ['library_name', 'pipeline_tag', 'tags', 'widget', 'inference', 'model-index']) {
        const verdict = decide({ [key]: value }, { modelConfig: value });
        expect(verdict.api.explanation.length).toBeLessThan(2000);
        const onTop = decide({ ...healthy, [key]: value });
        expect(onTop.widget.explanation.length).toBeLessThan(2000);
      }
      for (const key of ['architectures', 'auto_map', 'sklearn', 'model_type']) {
        expect(() => decide(healthy, { modelConfig: { [key]: value } })).not.toThrow();
        expect(() =>
          decide({ library_name: 'transformers' }, { modelConfig: { [key]: value } }),
        ).not.toThrow();
      }
      expect(() =>
        decide({ 'model-index': [{ results: value }, { results: [{ task: value }] }] }),
      ).not.toThrow();
      expect(() => decide(healthy, { tokenizerConfig: value })).not.toThrow();
      const files = [value, { path: value, size: value }, { path: 'model.safetensors', size: value }];
      expect(() => decide(healthy, { files: files as SupportInput['files'] & object })).not.toThrow();
    }
  });

  it('reads nothing from a prototype', () => {
    const metadata = Object.create({ library_name: 'transformers', inference: false }) as Record<
      string,
      unknown
    >;
    expect(decide(metadata)).toMatchObject({
      library: { name: null },
      api: { reason: 'LibraryNotDetected' },
    });
    const parsed = JSON.parse(
      '{"__proto__": {"inference": false}, "library_name": "timm", "pipeline_tag": "image-classification"}',
    );
    expect(decide(parsed).api.reason).toBe('Yes');
  });

  it('shows no control characters', () => {
    const verdict = decide({ library_name: '\u001b[31mred\n\u202e', pipeline_tag: 'a\nb\u0007' });
    for (const text of [
      verdict.library.detail,
      verdict.task.detail,
      verdict.api.explanation,
      verdict.widget.explanation,
    ]) {
      expect(text).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    }
  });

  it('takes long lists in its stride', () => {
    const files = Array.from({ length: 10_000 }, (_, i) =>
      file(`folder-${i % 100}/weights-${i}.safetensors`, 1),
    );
    const tags = Array.from({ length: 100_000 }, (_, i) => `tag-${i}`);
    const widget = Array.from({ length: 100_000 }, () => ({ text: 'x' }));
    const computed = cpuTime();
    expect(decide({ tags, widget, inference: false }, { files, modelConfig: bert }).api.reason).toBe(
      'ExplicitOptOut',
    );
    expect(decide({ ...healthy, tags, widget }, { files }).api.reason).toBe('Yes');
    expect(computed()).toBeLessThan(5000);
  });
});
