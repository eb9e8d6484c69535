import { replaceString } from '../card/scalar-edit.js';
import { nearest } from '../hub/nearest.js';
import { retiredTasks, taskAliases, tasks } from '../hub/tasks.js';
import { preview } from '../preview.js';
import type { Rule } from './rule.js';

export const pipelineTagUnknown: Rule = {
  id: 'pipeline-tag-unknown',
  severity: 'warning',
  description: 'The pipeline tag is one of the Hub’s tasks.',
  why: 'With an unknown task the model is in no task list and has no widget; the push goes through all the same.',
  source:
    'huggingface.js packages/tasks/src/pipelines.ts; huggingface/huggingface.js#457 and #1590 (retired tasks)',
  fixable: true,
  keys: ['pipeline_tag'],
  good: [{ text: '---\npipeline_tag: text-classification\n---\n' }],
  bad: [
    { text: '---\npipeline_tag: text-clasification\n---\n' },
    { text: '---\npipeline_tag: conversational\n---\n' },
  ],
  check({ card, report }) {
    const tag = card.metadata?.pipeline_tag;
    if (typeof tag !== 'string' || tag === '' || tasks().has(tag)) return;
    const { help, answer } = adviceFor(tag);
    const path = ['pipeline_tag'];
    const fix = answer === undefined ? undefined : replaceString(card, path, tag, answer);
    const retired = retiredTasks().get(tag);
    report({
      message:
        retired === undefined
          ? `${preview(tag)} is not a task of the Hub.`
          : `The Hub retired the task ${preview(tag)} on ${retired.date}.`,
      path,
      part: 'value',
      hub: 'warning',
      hubMessage: `The pipeline tag ${preview(tag)} is not in the official list`,
      help,
      ...(fix === undefined ? {} : { fix }),
    });
  },
};

/** What to write instead; `answer` only where there is just one. */
function adviceFor(tag: string): { help: string; answer?: string } {
  const retired = retiredTasks().get(tag);
  if (retired !== undefined) {
    const [only, ...others] = retired.successors;
    const beside = retired.addTag === undefined ? '' : ` and add "${retired.addTag}" to the tags`;
    const help = `Write ${retired.successors.map((task) => `"${task}"`).join(' or ')} instead${beside}.`;
    return only !== undefined && others.length === 0 && beside === '' ? { help, answer: only } : { help };
  }
  const plain = tag
    .trim()
    .toLowerCase()
    .replace(/[\s_]+/g, '-');
  const alias = tasks().has(plain) ? plain : taskAliases().get(plain);
  if (alias !== undefined) return { help: `Write "${alias}".`, answer: alias };
  const meant = nearest(tag, tasks().keys());
  if (meant === undefined) {
    return {
      help: 'Take one from the list of tasks of the Hub (https://huggingface.co/tasks), or delete the key.',
    };
  }
  const others = [...tasks().keys()].filter((task) => task !== meant);
  const help = `Did you mean "${meant}"?`;
  return nearest(tag, others) === undefined ? { help, answer: meant } : { help };
}
