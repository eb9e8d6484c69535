import { preview } from '../preview.js';
import type { Rule } from './rule.js';

export const pipelineTagContradictsHub: Rule = {
  id: 'pipeline-tag-contradicts-hub',
  severity: 'warning',
  description: 'The page of the model has the task of the card.',
  why: 'The Hub computes the task of the page from card, tags and files. Where it is not the one of the card, the Hub did not take what the card says, and search, widget and API follow the page. A card that was changed since it was pushed is not compared.',
  source: 'The Hub: pipeline_tag and cardData of /api/models',
  fixable: false,
  keys: ['pipeline_tag'],
  needs: 'hubFacts',
  good: [
    {
      text: '---\npipeline_tag: fill-mask\n---\n',
      hubFacts: {
        page: {
          id: 'org/model',
          task: 'fill-mask',
          library: null,
          declared: { task: 'fill-mask', library: null },
          providers: [],
        },
      },
    },
    {
      text: '---\npipeline_tag: fill-mask\n---\n',
      hubFacts: {
        page: {
          id: 'org/model',
          task: 'text-classification',
          library: null,
          declared: { task: 'text-classification', library: null },
          providers: [],
        },
      },
    },
  ],
  bad: [
    {
      text: '---\npipeline_tag: text2text-generation\n---\n',
      hubFacts: {
        page: {
          id: 'org/model',
          task: 'text-generation',
          library: 'transformers',
          declared: { task: 'text2text-generation', library: null },
          providers: [],
        },
      },
    },
  ],
  check({ card, hubFacts, report }) {
    const page = hubFacts?.page ?? null;
    const task = card.metadata?.pipeline_tag;
    if (page === null || typeof task !== 'string' || page.declared.task !== task || page.task === task)
      return;
    report({
      message: `The card says ${preview(task)}, and the page of ${page.id} has ${page.task === null ? 'no task' : preview(page.task)}.`,
      path: ['pipeline_tag'],
      part: 'value',
      help: 'Write a pipeline tag the Hub lists: https://huggingface.co/tasks. If it is listed, the Hub may not have read the card yet.',
    });
  },
};
