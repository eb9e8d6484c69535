import { languageMissing } from '../../src/rules/language-missing.js';
import { NO_METADATA } from './cards.js';
import { testRule } from './tester.js';

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
    ...NO_METADATA,
    { name: 'present', text: '---\npipeline_tag: summarization\nlanguage: en\n---\n' },
    { name: 'null', text: '---\npipeline_tag: summarization\nlanguage:\n---\n' },
    { name: 'another kind of task', text: '---\npipeline_tag: depth-estimation\n---\n' },
    { name: 'no task', text: '---\nlicense: mit\n---\n' },
  ],
});
