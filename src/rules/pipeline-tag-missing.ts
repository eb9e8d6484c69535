import { tasks } from '../hub/tasks.js';
import type { Rule } from './rule.js';
import { strings } from './strings.js';

export const pipelineTagMissing: Rule = {
  id: 'pipeline-tag-missing',
  severity: 'info',
  description: 'The metadata names the task, by pipeline tag or by a tag.',
  why: 'Otherwise the Hub guesses the task from config.json, or finds none; then there is no widget.',
  source: 'hub-docs, models-widgets.md',
  fixable: false,
  good: [
    { text: '---\npipeline_tag: text-classification\n---\n' },
    { text: '---\ntags:\n- text-classification\n---\n' },
  ],
  bad: [{ text: '---\nlicense: mit\n---\n' }],
  check({ card, report }) {
    const { metadata } = card;
    if (metadata === null || metadata.pipeline_tag !== undefined) return;
    if (strings(metadata.tags).some((tag) => tasks().has(tag))) return;
    report({
      message: 'The metadata names no task.',
      path: ['pipeline_tag'],
      help: 'Add "pipeline_tag: …" with a task of the Hub (https://huggingface.co/tasks).',
    });
  },
};
