import { describe, expect, it } from 'vitest';
import { parseCard } from '../../src/card/parse.js';
import { runRules } from '../../src/lint.js';
import { metadataType } from '../../src/rules/metadata-type.js';
import { testRule } from './tester.js';

const RESULT = (inner: string) => `---
model-index:
- name: my-model
  results:
  - task:
      type: text-classification
${inner}---
`;

testRule(metadataType, {
  bad: [
    {
      name: 'a misspelled key in the place of a required one',
      text: '---\nmodel-index:\n- name: m\n  Results: [] # expect: metadata-type\n---\n',
      marks: ['Results'],
      hub: 'error',
      says: ['lacks the key "results"; did "Results" mean it?'],
      fixed: '---\nmodel-index:\n- name: m\n  results: [] # expect: metadata-type\n---\n',
    },
    {
      name: 'misspelled keys of a result; one has a value of another shape',
      text: `---\nmodel-index:\n- name: m\n  results:\n  - tasks: {type: t} # expect: metadata-type\n    metric: {type: t} # expect: metadata-type\n---\n`,
      marks: ['tasks', 'metric'],
      hub: 'error',
      says: ['task" is required', 'Rename the key to "metrics", with a list of mappings as its value.'],
      fixed: `---\nmodel-index:\n- name: m\n  results:\n  - task: {type: t} # expect: metadata-type\n    metric: {type: t} # expect: metadata-type\n---\n`,
    },
    {
      name: 'dashes without a space: texts',
      text: '---\ntags:\n  -finance\n  -news\nlicense: mit\n---\n',
      lines: [3],
      marks: ['-finance\n  -news'],
      hub: 'error',
      fixed: '---\ntags:\n  - finance\n  - news\nlicense: mit\n---\n',
    },
    {
      name: 'dashes without a space: mappings',
      text: '---\nwidget:\r\n  -text: I love it. # expect: metadata-type\r\n  -src: a.png\r\n---\n',
      marks: ['-text: I love it. # expect: metadata-type\r\n  -src: a.png'],
      hub: 'error',
      fixed: '---\nwidget:\r\n  - text: I love it. # expect: metadata-type\r\n  - src: a.png\r\n---\n',
    },
    {
      name: 'dashes without a space: no simple edit',
      text: '---\ntags: -finance # expect: metadata-type\nwidget: {-text: a} # expect: metadata-type\n---\n',
      marks: ['-finance', '{-text: a}'],
      hub: 'error',
      says: ['Put a space behind each dash of the list.', 'Put a space behind each dash of the list.'],
    },
    {
      name: 'keys that stand beside the field they belong in',
      text: '---\nmodel-index: # expect: metadata-type\nname: m\nresults: []\nco2_eq_emissions: # expect: metadata-type\nemissions: 3\n---\n',
      marks: ['model-index', 'co2_eq_emissions'],
      hub: 'error',
      says: ['Indent "name", "results" below it, as a list item', 'Indent "emissions" below it.'],
    },
    {
      name: 'Norwegian, written back by a reader of YAML 1.1',
      text: '---\nlanguage:\n- false # expect: metadata-type\n- en\n---\n',
      marks: ['false'],
      hub: 'error',
      fixed: "---\nlanguage:\n- 'no' # expect: metadata-type\n- en\n---\n",
    },
    {
      name: 'mappings among tags',
      text: '---\ntags:\n- license: mit # expect: metadata-type\n- fill-mask: # expect: metadata-type\n---\n',
      marks: ['license: mit', 'fill-mask:'],
      hub: 'error',
      says: [
        'If the key "license" is meant, write it below the other keys',
        'A tag that contains a colon goes in quotes.',
      ],
    },
    {
      name: 'blank keys: null is not absent',
      text: '---\nlicense: # expect: metadata-type\ndatasets: # expect: metadata-type\nwidget: # expect: metadata-type\ntags: ~ # expect: metadata-type\n---\n',
      marks: ['license', 'datasets', 'widget', 'tags'],
      hub: 'error',
      says: ['blank', '"datasets" must be a string', '"widget" must be an array', '"tags" must be an array'],
    },
    {
      name: 'a null item',
      text: '---\ndatasets:\n- null # expect: metadata-type\n---\n',
      marks: ['null'],
      hub: 'error',
      says: ['"datasets[0]" must be a string'],
    },
    {
      name: 'an empty string',
      text: '---\nbase_model: "" # expect: metadata-type\n---\n',
      marks: ['""'],
      hub: 'error',
      says: ['"base_model" is not allowed to be empty'],
    },
    {
      name: 'a lone tag',
      text: '---\ntags: finance # expect: metadata-type\n---\n',
      marks: ['finance'],
      hub: 'error',
      fixed: '---\ntags: [finance] # expect: metadata-type\n---\n',
    },
    {
      name: 'tags as prose with commas: no one right answer',
      text: '---\ntags: finance, news # expect: metadata-type\n---\n',
      marks: ['finance, news'],
      hub: 'error',
    },
    {
      name: 'a number among tags',
      text: '---\ntags:\n- 1424 # expect: metadata-type\n- ok\n---\n',
      marks: ['1424'],
      hub: 'error',
      fixed: "---\ntags:\n- '1424' # expect: metadata-type\n- ok\n---\n",
    },
    {
      name: 'a list where one value is meant',
      text: '---\npipeline_tag:\n- fill-mask # expect: metadata-type\nlicense: mit\n---\n',
      lines: [3],
      marks: ['- fill-mask'],
      hub: 'error',
      fixed: '---\npipeline_tag: fill-mask # expect: metadata-type\nlicense: mit\n---\n',
    },
    {
      name: 'a list in one line where one value is meant',
      text: '---\npipeline_tag: [fill-mask] # expect: metadata-type\n---\n',
      marks: ['[fill-mask]'],
      hub: 'error',
      fixed: '---\npipeline_tag: fill-mask # expect: metadata-type\n---\n',
    },
    {
      name: 'a list of two where one value is meant',
      text: '---\nlibrary_name: [a, b] # expect: metadata-type\n---\n',
      marks: ['[a, b]'],
      hub: 'error',
    },
    {
      name: 'a mapping where names are meant',
      text: '---\nbase_model: {name: GPT-3} # expect: metadata-type\n---\n',
      marks: ['{name: GPT-3}'],
      hub: 'error',
    },
    {
      name: 'widget as a mapping, and an example that is a string',
      text: '---\nwidget: {text: hi} # expect: metadata-type\n---\n',
      marks: ['{text: hi}'],
      hub: 'error',
      says: ['"widget" must be an array'],
    },
    {
      name: 'an example that is a string',
      text: '---\nwidget:\n- Hello # expect: metadata-type\n---\n',
      marks: ['Hello'],
      hub: 'error',
      says: ['"widget[0]" must be of type object'],
    },
    {
      name: 'emissions with a unit, inference as a word',
      text: '---\nco2_eq_emissions: 0.3 Kg # expect: metadata-type\ninference: no # expect: metadata-type\n---\n',
      marks: ['0.3 Kg', 'no'],
      hub: 'error',
    },
    {
      name: 'the Hub’s words for a choice of types',
      text: '---\nco2_eq_emissions: 0.3 Kg # expect: metadata-type\ninference: [no] # expect: metadata-type\nthumbnail: 3 # expect: metadata-type\n---\n',
      marks: ['0.3 Kg', '[no]', '3'],
      hub: 'error',
      says: [
        '"co2_eq_emissions" must be one of [number, object]',
        '"inference" must be one of [boolean, object]',
        '"thumbnail" must be a string',
      ],
      fixed:
        "---\nco2_eq_emissions: 0.3 Kg # expect: metadata-type\ninference: [no] # expect: metadata-type\nthumbnail: '3' # expect: metadata-type\n---\n",
    },
    {
      name: 'a relation of another type: the Hub compares with its list first',
      text: '---\nbase_model_relation: [adapter] # expect: metadata-type\n---\n',
      marks: ['[adapter]'],
      hub: 'error',
      says: ['"base_model_relation" must be one of [adapter, merge, quantized, finetune]'],
    },
    {
      name: 'texts that spell the number or the boolean: not known to be refused, but a text to readers',
      text: '---\nco2_eq_emissions:\n  emissions: "12.5" # expect: metadata-type\ninference: "False" # expect: metadata-type\n---\n',
      marks: ['"12.5"', '"False"'],
      severity: 'warning',
      fixed:
        '---\nco2_eq_emissions:\n  emissions: 12.5 # expect: metadata-type\ninference: false # expect: metadata-type\n---\n',
    },
    {
      name: 'arguments of a dataset as a list',
      text: RESULT(
        '    dataset:\n      type: glue\n      name: GLUE\n      args: [mrpc] # expect: metadata-type\n    metrics: []\n',
      ),
      marks: ['[mrpc]'],
      hub: 'error',
      says: ['"model-index[0].results[0].dataset.args" must be one of [string, object]'],
    },
    {
      name: 'emissions without the figure, with a wrong one',
      text: '---\nco2_eq_emissions: # expect: metadata-type\n  source: codecarbon\n---\n',
      marks: ['co2_eq_emissions'],
      hub: 'error',
      says: ['lacks the key "emissions"'],
    },
    {
      name: 'a list as gate form',
      text: '---\nextra_gated_fields: [Company] # expect: metadata-type\n---\n',
      marks: ['[Company]'],
      hub: 'error',
      says: ['"extra_gated_fields" must be of type object'],
    },
    {
      name: 'model-index as a string',
      text: '---\nmodel-index: foo # expect: metadata-type\n---\n',
      marks: ['foo'],
      hub: 'error',
      says: ['"model-index" must be an array'],
    },
    {
      name: 'model-index without name and results',
      text: '---\nmodel-index:\n- other: 1 # expect: metadata-type, metadata-type\n---\n',
      marks: ['other', 'other'],
      hub: 'error',
      says: ['"model-index[0].name" is required', '"model-index[0].results" is required'],
    },
    {
      name: 'an all-digit revision and a config that is a list',
      text: RESULT(
        '    dataset:\n      type: glue\n      name: GLUE\n      config: [mrpc] # expect: metadata-type\n      revision: 5503434000000000000000000000000000000000 # expect: metadata-type\n    metrics: []\n',
      ),
      marks: ['[mrpc]', '5503434000000000000000000000000000000000'],
      hub: 'error',
      says: [
        '"model-index[0].results[0].dataset.config" must be a string',
        '"model-index[0].results[0].dataset.revision" must be a string',
      ],
      fixed: RESULT(
        "    dataset:\n      type: glue\n      name: GLUE\n      config: [mrpc] # expect: metadata-type\n      revision: '5503434000000000000000000000000000000000' # expect: metadata-type\n    metrics: []\n",
      ),
    },
    {
      name: 'a date where a string is meant',
      text: RESULT(
        '    dataset:\n      type: glue\n      name: GLUE\n      revision: 2024-01-31 # expect: metadata-type\n    metrics: []\n',
      ),
      marks: ['2024-01-31'],
      hub: 'error',
      fixed: RESULT(
        "    dataset:\n      type: glue\n      name: GLUE\n      revision: '2024-01-31' # expect: metadata-type\n    metrics: []\n",
      ),
    },
    {
      name: 'metrics: lacking type, lacking value, config as a mapping',
      text: RESULT(
        '    metrics:\n    - name: Accuracy # expect: metadata-type\n      value: 0.9\n    - type: f1 # expect: metadata-type\n    - type: mos\n      value: 4.1\n      config: {scale: 1-5} # expect: metadata-type\n',
      ),
      marks: ['name', 'type', '{scale: 1-5}'],
      hub: 'error',
      says: [
        '"model-index[0].results[0].metrics[0].type" is required',
        '"model-index[0].results[0].metrics[1].value" is required',
        '"model-index[0].results[0].metrics[2].config" must be a string',
      ],
    },
    {
      name: 'metrics as a mapping, a source without address, a result without task',
      text: '---\nmodel-index:\n- name: m\n  results:\n  - metrics: {type: wer} # expect: metadata-type, metadata-type\n    source: # expect: metadata-type\n      name: Leaderboard\n---\n',
      marks: ['metrics', '{type: wer}', 'source'],
      hub: 'error',
      says: [
        'task" is required',
        '"model-index[0].results[0].metrics" must be an array',
        'source.url" is required',
      ],
    },
  ],
  good: [
    { name: 'no front matter', text: '# Title\n' },
    { name: 'nothing known', text: '---\nbogus_key: [1, null, {a: ""}]\n---\n' },
    {
      name: 'fields that may be null',
      text: '---\nthumbnail:\ndescription: null\ninstance_prompt: ~\n---\n',
    },
    { name: 'an empty thumbnail', text: '---\nthumbnail: ""\n---\n' },
    { name: 'metrics of any kind', text: '---\nmetrics:\n- accuracy: 0.9\n- null\n---\n' },
    { name: 'one or many', text: '---\nlicense: mit\nlanguage: [en]\ndatasets: glue\nbase_model: []\n---\n' },
    { name: 'inference off', text: '---\ninference: false\n---\n' },
    {
      name: 'inference with parameters',
      text: '---\ninference:\n  parameters:\n    temperature: 0.7\n---\n',
    },
    { name: 'emissions', text: '---\nco2_eq_emissions:\n  emissions: 12\n  source: AutoTrain\n---\n' },
    {
      name: 'values of every kind, arguments of every kind',
      text: RESULT(
        '    dataset: {type: a, name: b, args: x}\n    metrics:\n    - {type: wer, value: 20.0 ± 1.2}\n    - {type: f1, value: {macro: 1}, args: {n: 4}}\n    - {type: x, value: , verified: true, verifyToken: abc}\n',
      ),
    },
    { name: 'no results', text: '---\nmodel-index:\n- name: my-model\n  results: []\n---\n' },
    { name: 'no dataset', text: RESULT('    metrics: []\n') },
  ],
});

describe('metadata-type, at length', () => {
  it('reports at most a hundred faults and counts the rest', () => {
    const card = parseCard(`---\ntags:\n${'- null\n'.repeat(5000)}---\n`);
    const found = runRules([metadataType], card);
    expect(found).toHaveLength(101);
    expect(found.filter(({ message }) => message.startsWith('4900 more values'))).toHaveLength(1);
  });
});
