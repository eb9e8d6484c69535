import { languageMissing } from '../../src/rules/language-missing.js';
import { libraryNameMissing } from '../../src/rules/library-name-missing.js';
import { licenseMissing } from '../../src/rules/license-missing.js';
import { pipelineTagMissing } from '../../src/rules/pipeline-tag-missing.js';
import { type RuleCase, testRule } from './tester.js';

const silent: readonly RuleCase[] = [
  { name: 'no front matter: nothing is said twice', text: '# Title\n' },
  { name: 'a list as front matter', text: '---\n- a\n---\n' },
  { name: 'invalid YAML', text: '---\na: b: c\n---\n' },
];
const bare = {
  name: 'a missing key points at the opening fence',
  text: '\n---\nx: 1\n---\n',
  lines: [2],
  marks: ['---'],
};

testRule(licenseMissing, {
  bad: [bare],
  good: [
    ...silent,
    { name: 'present', text: '---\nlicense: other\n---\n' },
    { name: 'null and wrong types are another rule’s', text: '---\nlicense:\n---\n' },
  ],
});

testRule(pipelineTagMissing, {
  bad: [bare, { ...bare, name: 'tags of which none is a task', text: '\n---\ntags: [a, 1, null]\n---\n' }],
  good: [
    ...silent,
    { name: 'present', text: '---\npipeline_tag: fill-mask\n---\n' },
    { name: 'unknown', text: '---\npipeline_tag: x\n---\n' },
    { name: 'null', text: '---\npipeline_tag:\n---\n' },
    { name: 'by tag', text: '---\ntags:\n- x\n- fill-mask\n---\n' },
    { name: 'config.json may tell', text: '---\nx: 1\n---\n', files: ['config.json'] },
  ],
});

testRule(libraryNameMissing, {
  bad: [bare],
  good: [
    ...silent,
    { name: 'present', text: '---\nlibrary_name: mine\n---\n' },
    { name: 'null', text: '---\nlibrary_name:\n---\n' },
    { name: 'by tag', text: '---\ntags:\n- setfit\n---\n' },
    { name: 'a file tells', text: '---\nx: 1\n---\n', files: ['a/model.nemo'] },
  ],
});

testRule(languageMissing, {
  bad: [
    { name: 'a task of text', text: '---\npipeline_tag: summarization\n---\n', lines: [1], marks: ['---'] },
    {
      name: 'a task of speech',
      text: '---\npipeline_tag: text-to-speech\n---\n',
      lines: [1],
      marks: ['---'],
    },
  ],
  good: [
    ...silent,
    { name: 'present', text: '---\npipeline_tag: summarization\nlanguage: en\n---\n' },
    { name: 'null', text: '---\npipeline_tag: summarization\nlanguage:\n---\n' },
    { name: 'another kind of task', text: '---\npipeline_tag: depth-estimation\n---\n' },
    { name: 'no task', text: '---\nlicense: mit\n---\n' },
  ],
});
