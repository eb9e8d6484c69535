import { tasks } from '../hub/tasks.js';
import type { Finding, Rule } from './rule.js';
import { isMeantElsewhere } from './shared/meant-elsewhere.js';
import { holdsAny } from './shared/strings.js';

const FINDING: Finding = {
  message: 'The metadata names no task.',
  path: ['pipeline_tag'],
  help: 'Add "pipeline_tag: …" with a task of the Hub (https://huggingface.co/tasks).',
};

export const pipelineTagMissing: Rule = {
  id: 'pipeline-tag-missing',
  severity: 'info',
  description:
    'The metadata names the task, by pipeline tag or by a tag, unless there is a config.json that may tell it.',
  why: 'Without a task the model is in no task list and has no widget. Of the files, only config.json can tell the Hub the task.',
  source: 'hub-docs, models-widgets.md and models-tasks.md',
  fixable: false,
  needs: 'files',
  good: [
    { text: '---\npipeline_tag: text-classification\n---\n' },
    { text: '---\ntags:\n- text-classification\n---\n' },
    { text: '---\nlicense: mit\n---\n', files: ['README.md', 'config.json'] },
  ],
  bad: [
    { text: '---\nlicense: mit\n---\n', files: ['README.md', 'model.onnx'] },
    { text: '---\ntags:\n- finance\n---\n', files: ['README.md', 'model.gguf'] },
  ],
  check({ card, files, report }) {
    const { metadata } = card;
    // Where the files are unknown, so is what the Hub makes of them.
    if (metadata === null || files === null || metadata.pipeline_tag !== undefined) return;
    if (holdsAny(metadata.tags, tasks())) return;
    if (files.some(({ path }) => path === 'config.json')) return;
    if (isMeantElsewhere('pipeline_tag', metadata)) return;
    report(FINDING);
  },
};
