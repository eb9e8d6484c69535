import { pipelineTagContradictsFiles } from '../../src/rules/pipeline-tag-contradicts-files.js';
import { untouched } from './cards.js';
import { testRule } from './tester.js';

const config = (text: object) => ({ 'config.json': JSON.stringify(text) });
const index = (name: string) => ({ 'model_index.json': JSON.stringify({ _class_name: name }) });

const bad = (tag: string, contents: Readonly<Record<string, string>>, says: string, more = '') => ({
  name: `${tag}: ${JSON.stringify(contents)}`,
  text: `---\n${more}pipeline_tag: ${tag} # expect: pipeline-tag-contradicts-files\n---\n`,
  contents,
  marks: [tag],
  says: [says],
});

const good = (
  tag: string,
  contents: Readonly<Record<string, string>>,
  more = '',
  files: readonly string[] = [],
) => ({
  name: `${more}${tag}: ${JSON.stringify(contents)} ${files.join(' ')}`,
  text: `---\n${more}pipeline_tag: ${tag}\n---\n`,
  contents,
  files,
});

const head = (name: string) => config({ architectures: [name] });
const adapter = (type: string) => ({ 'adapter_config.json': JSON.stringify({ task_type: type }) });
const MODULES = { 'modules.json': '[]' };

testRule(pipelineTagContradictsFiles, {
  bad: [
    bad(
      'text-classification',
      head('BertForTokenClassification'),
      'Write "pipeline_tag: token-classification"',
    ),
    bad('token-classification', head('RobertaForSequenceClassification'), 'a head for text-classification'),
    bad('text-generation', head('LlamaForSequenceClassification'), 'a head for text-classification'),
    bad('text-generation', head('DistilBertForQuestionAnswering'), 'a head for question-answering'),
    bad(
      'question-answering',
      head('BertForMaskedLM'),
      'a head for fill-mask',
      'library_name: transformers\n',
    ),
    bad('image-classification', head('DetrForObjectDetection'), 'a head for object-detection'),
    bad('object-detection', head('ViTForImageClassification'), 'a head for image-classification'),
    bad('image-classification', head('SegformerForSemanticSegmentation'), 'a head for image-segmentation'),
    bad('audio-classification', head('Wav2Vec2ForCTC'), 'a head for automatic-speech-recognition'),
    bad(
      'automatic-speech-recognition',
      head('Wav2Vec2ForSequenceClassification'),
      'a head for audio-classification',
    ),
    bad('text-classification', { ...MODULES, ...head('BertModel') }, 'embeds texts'),
    bad('translation', MODULES, 'embeds texts', 'library_name: sentence-transformers\n'),
    bad('text-generation', adapter('SEQ_CLS'), 'names the task type SEQ_CLS', 'library_name: peft\n'),
    bad('text-classification', adapter('TOKEN_CLS'), 'Write "pipeline_tag: token-classification"'),
    bad('text-to-video', index('StableDiffusionPipeline'), 'makes images from text'),
    bad('text-to-image', index('AudioLDM2Pipeline'), 'Write "pipeline_tag: text-to-audio"'),
    bad('text-classification', index('WanPipeline'), 'the pipeline "WanPipeline" of diffusers'),
  ],
  good: [
    ...untouched('pipeline_tag').map((one) => ({ ...one, contents: head('BertForTokenClassification') })),
    good('unheard-of', head('BertForTokenClassification')),
    good('token-classification', head('BertForTokenClassification')),
    good('feature-extraction', head('BertForMaskedLM')),
    good('text-ranking', head('BertForSequenceClassification')),
    good('zero-shot-classification', head('BartForSequenceClassification')),
    good('text-generation', head('ModernBertForMaskedLM')),
    good('translation', head('LlamaForCausalLM')),
    good('text-classification', head('T5ForConditionalGeneration')),
    good('visual-question-answering', head('ViltForQuestionAnswering')),
    good('text-classification', head('MyBertForTokenClassification')),
    good('text-classification', config({ architectures: ['BertForTokenClassification'], auto_map: {} })),
    good('text-classification', config({ architectures: ['BertForTokenClassification', 'BertModel'] })),
    good('text-classification', config({ architectures: 'BertForTokenClassification' })),
    good('text-classification', head('BertForTokenClassification'), 'library_name: gliner\n'),
    good('text-classification', head('BertForTokenClassification'), '', ['gliner_config.json']),
    good('text-classification', { ...head('BertForMaskedLM'), 'adapter_config.json': '{}' }),
    good('text-classification', adapter('SEQ_CLS')),
    good('image-classification', adapter('SEQ_CLS')),
    good('text-classification', adapter('CAUSAL_LM')),
    good('text-generation', adapter('SEQ_CLS'), '', ['model.safetensors']),
    good('text-generation', { 'adapter_config.json': '{"task_type": null}' }),
    good('text-classification', head('BertModel'), 'library_name: setfit\n', [
      'modules.json',
      'config_setfit.json',
    ]),
    good('text-classification', head('BertModel'), '', ['modules.json', 'model_head.pkl']),
    good('text-ranking', head('Qwen3ForCausalLM'), '', ['modules.json']),
    good('sentence-similarity', head('BertModel'), '', ['modules.json']),
    good('depth-estimation', index('MarigoldDepthPipeline')),
    good('text-to-image', index('StableDiffusionPipeline')),
    good('text-to-image', index('WanPipeline')),
    good('text-to-video', index('AnimateDiffPipeline')),
  ],
});
