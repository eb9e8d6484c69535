import { describe, expect, it } from 'vitest';
import { parseCard } from '../../src/card/parse.js';
import { runRules } from '../../src/lint.js';
import { keyMisspelled } from '../../src/rules/key-misspelled.js';
import { languageMissing } from '../../src/rules/language-missing.js';
import { libraryNameMissing } from '../../src/rules/library-name-missing.js';
import { licenseMissing } from '../../src/rules/license-missing.js';
import { pipelineTagMissing } from '../../src/rules/pipeline-tag-missing.js';
import { NO_METADATA } from './cards.js';
import { type RuleCase, testRule } from './tester.js';

const EXPECTED = '# expect: key-misspelled';

/** A key alone in its card, which is renamed. */
function renamed(written: string, field: string, value: string): RuleCase {
  const card = (key: string) => `---\n${key}: ${value} ${EXPECTED}\n---\n`;
  return {
    name: `${written} for ${field}`,
    text: card(written),
    marks: [written],
    says: [`Did you mean "${field}"?`],
    fixed: card(field),
  };
}

/** A key that is reported, with the reason why it is not renamed. */
function kept(name: string, yaml: string, mark: string, says: string): RuleCase {
  return { name, text: `---\n${yaml}\n---\n`, marks: [mark], says: [says] };
}

function silent(name: string, yaml: string): RuleCase {
  return { name, text: `---\n${yaml}\n---\n` };
}

const RESULT = 'model-index:\n- name: m\n  results:\n  - task: {type: t}\n';

testRule(keyMisspelled, {
  bad: [
    renamed('licence', 'license', 'mit'),
    {
      name: 'with the value that it must have',
      text: `---\nlicence: Apache 2.0 ${EXPECTED}\n---\n`,
      marks: ['licence'],
      says: ['Did you mean "license"?'],
      fixed: `---\nlicense: apache-2.0 ${EXPECTED}\n---\n`,
    },
    {
      name: 'with several values that it must have',
      text: `---\nlanguages: [english, fr, German] ${EXPECTED}\n---\n`,
      marks: ['languages'],
      says: ['Did you mean "language"?'],
      fixed: `---\nlanguage: [en, fr, de] ${EXPECTED}\n---\n`,
    },
    renamed('lisence', 'license', 'mit'),
    renamed('license_', 'license', 'mit'),
    renamed('Language', 'language', 'en'),
    renamed('languages', 'language', '[en, fr]'),
    renamed('lang', 'language', 'en'),
    renamed('pipeline-tag', 'pipeline_tag', 'fill-mask'),
    renamed('pipelinetag', 'pipeline_tag', 'fill-mask'),
    renamed('pipline_tag', 'pipeline_tag', 'fill-mask'),
    renamed('pipeline', 'pipeline_tag', 'question-answering'),
    renamed('task', 'pipeline_tag', 'Text Classification'),
    renamed('library', 'library_name', 'transformers'),
    renamed('libraryname', 'library_name', 'transformers'),
    renamed('library_tag', 'library_name', 'timm'),
    renamed('dataset', 'datasets', 'glue'),
    renamed('metric', 'metrics', 'accuracy'),
    renamed('tag', 'tags', '[finance]'),
    renamed('basemodel', 'base_model', 'org/model'),
    renamed('base-model', 'base_model', 'org/model'),
    renamed('base_moedl', 'base_model', 'org/model'),
    renamed('model_index', 'model-index', '[{name: m, results: []}]'),
    renamed('modelindex', 'model-index', '[{name: m, results: []}]'),
    renamed('widgets', 'widget', '[{text: Hello}]'),
    renamed('co2-eq-emissions', 'co2_eq_emissions', '12'),
    renamed('extra-gated-prompt', 'extra_gated_prompt', 'Please agree.'),
    {
      name: 'quotes, an anchor, a flow mapping and CRLF are kept',
      text: '---\r\n{&a \'licence\': mit, "metric": f1}\r\n---\r\n',
      lines: [2, 2],
      marks: ["'licence'", '"metric"'],
      fixed: '---\r\n{&a \'license\': mit, "metrics": f1}\r\n---\r\n',
    },
    kept(
      'the right key is there',
      `model_index: [] ${EXPECTED}\nmodel-index: []`,
      'model_index',
      '"model-index" is there too',
    ),
    {
      ...kept(
        'a value of another shape',
        `pipeline_tags: [fill-mask] ${EXPECTED}`,
        'pipeline_tags',
        'not a list',
      ),
      fixed: `---\npipeline_tag: fill-mask ${EXPECTED}\n---\n`,
    },
    kept(
      'a value of a shape that has no right answer',
      `pipeline_tags: {a: fill-mask} ${EXPECTED}`,
      'pipeline_tags',
      'not',
    ),
    kept(
      'a value that the Hub refuses',
      `licence: my own ${EXPECTED}`,
      'licence',
      'which the Hub would refuse: "my own" is not a license',
    ),
    kept(
      'values of which one has no right answer',
      `languages: [english, elvish] ${EXPECTED}`,
      'languages',
      'which the Hub would refuse: "english" is not',
    ),
    kept('left blank', `licence: ${EXPECTED}`, 'licence', 'is blank (null)'),
    {
      ...kept(
        'twice: one can be renamed',
        `licence: mit ${EXPECTED}\nlisence: mit ${EXPECTED}`,
        '',
        'Rename it to "license".',
      ),
      marks: ['licence', 'lisence'],
      fixed: `---\nlicense: mit ${EXPECTED}\nlisence: mit ${EXPECTED}\n---\n`,
    },
    {
      name: 'an escaped key is left as it is written',
      text: `---\n"licen\\u0063e": mit ${EXPECTED}\n---\n`,
      marks: ['"licen\\u0063e"'],
    },
    {
      name: 'a key from a merge key is left where it is written',
      text: `---\nbase: &b\n  licence: mit ${EXPECTED}\n<<: *b\n---\n`,
      marks: ['licence'],
    },
    {
      name: 'a dash without a space',
      text: `---\ntags: [a]\n-text: Hello ${EXPECTED}\n---\n`,
      marks: ['-text'],
      says: ['Put a space behind the dash'],
    },
    {
      name: 'a result of the model index',
      text: `---\n${RESULT}    Dataset: {type: d, name: D} ${EXPECTED}\n    metrics:\n    - type: t\n      value: 1\n      verifed: true ${EXPECTED}\n    sources: {name: S} ${EXPECTED}\n---\n`,
      marks: ['Dataset', 'verifed', 'sources'],
      says: ['"model-index[0].results[0].Dataset"', '"verified"', 'lacks the key "url"'],
      fixed: `---\n${RESULT}    dataset: {type: d, name: D} ${EXPECTED}\n    metrics:\n    - type: t\n      value: 1\n      verified: true ${EXPECTED}\n    sources: {name: S} ${EXPECTED}\n---\n`,
    },
    {
      name: 'emissions, and settings of inference',
      text: `---\nco2_eq_emissions:\n  emissions: 1\n  hardware-used: CPU ${EXPECTED}\ninference:\n  parameter: {top_k: 1} ${EXPECTED}\n---\n`,
      marks: ['hardware-used', 'parameter'],
      fixed: `---\nco2_eq_emissions:\n  emissions: 1\n  hardware_used: CPU ${EXPECTED}\ninference:\n  parameters: {top_k: 1} ${EXPECTED}\n---\n`,
    },
    {
      name: 'a misspelling beside the right key of a result',
      text: `---\n${RESULT}    tasks: {type: t} ${EXPECTED}\n    metrics: []\n---\n`,
      marks: ['tasks'],
      says: ['"task" is there too'],
    },
    {
      name: 'one level too deep',
      text: `---\ninference:\n  parameters: {}\n  license: mit ${EXPECTED}\nmodel_card: ${EXPECTED}\n  language: en\n  tags: [a]\n---\n`,
      marks: ['license', 'model_card'],
      says: ['"license" stands inside "inference"', '"language", "tags" stand inside "model_card"'],
    },
  ],
  good: [
    ...NO_METADATA,
    silent(
      'keys of other kinds of cards and of site generators',
      [
        'title emoji colorFrom colorTo sdk sdk_version app_file app_port pinned models header short_description',
        'pretty_name task_categories task_ids size_categories annotations_creators language_creators configs',
        'multilinguality source_datasets dataset_info viewer train-eval-index paperswithcode_id arxiv doi layout',
        'author authors date categories permalink keywords image slug draft weight summary version model_name',
        'model_type model_id license_url license_file license_type library_version nlp_version nemo_version',
        'nvm_version training_data dataset_tag dataset_size eos_token framework architecture quantized_by',
        'model_creator prompt_template base_model_name duplicated_from model_file model_format citation parameters',
        'metrics_summary created updated name results benchmark programming_language datasets_used evaluation',
      ]
        .flatMap((line) => line.split(' '))
        .map((key) => `${key}: x`)
        .join('\n'),
    ),
    silent('nothing but known keys', 'license: mit\nmodel-index: []\nextra_gated_eu_disallowed: true'),
    silent('a task that the tags name', 'task: text-to-speech\ntags: [text-to-speech]'),
    silent('a task beside the pipeline tag', 'task: fill-mask\npipeline_tag: fill-mask'),
    silent('a task that is none of the Hub', 'task: asr-with-diarization'),
    silent('a library beside the library name', 'library: torch\nlibrary_name: timm'),
    silent('a library tag that the tags name', 'library_tag: timm\ntags: [timm]'),
    silent('a comment in the place of a key', '<!-- thumbnail: x -->'),
    silent('keys that are no words', '"": 1\n中文: 2\n"a very long key that nobody wrote by mistake": 3'),
    silent('settings that the library knows', 'inference:\n  parameters:\n    max_length: 5\n    topk: 3'),
    silent('a required key that is missing: metadata-type says so', `${RESULT}    metric: []`),
    silent('a mapping that is its own', 'training:\n  datasets: [a]\n  epochs: 3'),
    silent(
      'a wrapper whose keys are at the top too',
      'a: {license: mit, tags: [x]}\nlicense: mit\ntags: [x]',
    ),
    silent('other types in the places of mappings', 'model-index: 3\ninference: true\nco2_eq_emissions: [1]'),
  ],
});

describe('a key that is missing because it is misspelled', () => {
  it.each([
    ['licence: mit', licenseMissing],
    ['library: timm', libraryNameMissing],
    ['pipeline-tag: fill-mask', pipelineTagMissing],
    ['pipeline_tag: fill-mask\nlanguages: en', languageMissing],
  ])('is reported once in %j', (yaml, rule) => {
    const card = parseCard(`---\n${yaml}\n---\n`);
    expect(runRules([rule], card, { files: [] })).toEqual([]);
    expect(runRules([keyMisspelled], card)).toHaveLength(1);
  });
});

describe('long lists', () => {
  it('are walked in linear time', () => {
    const items = '- {type: t, value: 1, other: x}\n'.repeat(100_000);
    const text = `---\nmodel-index:\n- name: m\n  results:\n  - task: {type: t}\n    metrics:\n${items.replace(/^/gm, '    ')}\n---\n`;
    const start = performance.now();
    expect(runRules([keyMisspelled], parseCard(text))).toEqual([]);
    expect(performance.now() - start).toBeLessThan(20_000);
  });
});
