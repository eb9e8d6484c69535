import { pipelineTagMissing } from '../../src/rules/pipeline-tag-missing.js';
import { NO_METADATA, WITHOUT_THE_KEY } from './cards.js';
import { testRule } from './tester.js';

testRule(pipelineTagMissing, {
  bad: [
    { ...WITHOUT_THE_KEY, files: ['README.md'] },
    {
      ...WITHOUT_THE_KEY,
      files: [],
      name: 'tags of which none is a task',
      text: '\n---\ntags: [a, 1, null]\n---\n',
    },
  ],
  good: [
    ...NO_METADATA,
    { name: 'the files are unknown', text: '---\nx: 1\n---\n' },
    { name: 'present', text: '---\npipeline_tag: fill-mask\n---\n', files: [] },
    { name: 'unknown', text: '---\npipeline_tag: x\n---\n', files: [] },
    { name: 'null', text: '---\npipeline_tag:\n---\n', files: [] },
    { name: 'by tag', text: '---\ntags:\n- x\n- fill-mask\n---\n', files: [] },
    { name: 'config.json may tell', text: '---\nx: 1\n---\n', files: ['config.json'] },
  ],
});
