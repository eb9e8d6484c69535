import type { ModelPage } from '../../src/hub/facts.js';
import { pipelineTagContradictsHub } from '../../src/rules/pipeline-tag-contradicts-hub.js';
import { testRule } from './tester.js';

const page = (task: string | null, declared: string | null): { readonly page: ModelPage } => ({
  page: { id: 'org/m', task, library: null, declared: { task: declared, library: null }, providers: [] },
});

testRule(pipelineTagContradictsHub, {
  good: [
    { name: 'nobody was asked', text: '---\npipeline_tag: fill-mask\n---\n' },
    { name: 'no page', text: '---\npipeline_tag: fill-mask\n---\n', hubFacts: {} },
    {
      name: 'the same',
      text: '---\npipeline_tag: fill-mask\n---\n',
      hubFacts: page('fill-mask', 'fill-mask'),
    },
    {
      name: 'the card was changed since',
      text: '---\npipeline_tag: fill-mask\n---\n',
      hubFacts: page('text-generation', 'text-generation'),
    },
    {
      name: 'the card had none when it was pushed',
      text: '---\npipeline_tag: fill-mask\n---\n',
      hubFacts: page('text-generation', null),
    },
    { name: 'a number', text: '---\npipeline_tag: 3\n---\n', hubFacts: page('fill-mask', '3') },
  ],
  bad: [
    {
      name: 'the page has another task',
      text: '---\npipeline_tag: fil-mask # expect: pipeline-tag-contradicts-hub\n---\n',
      hubFacts: page('text-generation', 'fil-mask'),
      marks: ['fil-mask'],
      says: ['The card says "fil-mask", and the page of org/m has "text-generation".'],
    },
    {
      name: 'the page has none',
      text: '---\npipeline_tag: fil-mask # expect: pipeline-tag-contradicts-hub\n---\n',
      hubFacts: page(null, 'fil-mask'),
      marks: ['fil-mask'],
      says: ['has no task'],
    },
  ],
});
