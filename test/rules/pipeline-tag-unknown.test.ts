import { pipelineTagUnknown } from '../../src/rules/pipeline-tag-unknown.js';
import { untouched } from './cards.js';
import { testRule } from './tester.js';

testRule(pipelineTagUnknown, {
  bad: [
    {
      name: 'a misspelling with one neighbour',
      text: '---\npipeline_tag: text-clasification # expect: pipeline-tag-unknown\n---\n',
      marks: ['text-clasification'],
      hub: 'warning',
      says: ['Did you mean "text-classification"?'],
      fixed: '---\npipeline_tag: text-classification # expect: pipeline-tag-unknown\n---\n',
    },
    {
      name: 'a misspelling with two neighbours',
      text: '---\npipeline_tag: text-to-3 # expect: pipeline-tag-unknown\n---\n',
      marks: ['text-to-3'],
      hub: 'warning',
      says: ['Did you mean "text-to-3d"?'],
      fixed: '---\npipeline_tag: text-to-3d # expect: pipeline-tag-unknown\n---\n',
    },
    {
      name: 'case and separators',
      text: '---\npipeline_tag: "Text Classification" # expect: pipeline-tag-unknown\n---\n',
      marks: ['"Text Classification"'],
      hub: 'warning',
      fixed: '---\npipeline_tag: "text-classification" # expect: pipeline-tag-unknown\n---\n',
    },
    {
      name: 'a name of transformers',
      text: '---\npipeline_tag: ner # expect: pipeline-tag-unknown\n---\n',
      marks: ['ner'],
      hub: 'warning',
      fixed: '---\npipeline_tag: token-classification # expect: pipeline-tag-unknown\n---\n',
    },
    {
      name: 'retired, with a tag that belongs beside the successor',
      text: '---\npipeline_tag: conversational # expect: pipeline-tag-unknown\n---\n',
      marks: ['conversational'],
      hub: 'warning',
      says: ['"text-generation" instead and add "conversational" to the tags'],
    },
    {
      name: 'retired, with several successors',
      text: '---\npipeline_tag: text2text-generation # expect: pipeline-tag-unknown\n---\n',
      marks: ['text2text-generation'],
      hub: 'warning',
      says: ['"translation" or "summarization" or "text-generation"'],
    },
    {
      name: 'retired, with one successor',
      text: '---\npipeline_tag: structured-data-classification # expect: pipeline-tag-unknown\n---\n',
      marks: ['structured-data-classification'],
      hub: 'warning',
      fixed: '---\npipeline_tag: tabular-classification # expect: pipeline-tag-unknown\n---\n',
    },
    {
      name: 'nothing near',
      text: '---\npipeline_tag: None # expect: pipeline-tag-unknown\n---\n',
      marks: ['None'],
      hub: 'warning',
      says: ['https://huggingface.co/tasks'],
    },
  ],
  good: [
    ...untouched('pipeline_tag'),
    { name: 'listed', text: '---\npipeline_tag: any-to-any\n---\n' },
    { name: 'a list is another rule’s', text: '---\npipeline_tag:\n- fill-mask\n---\n' },
  ],
});
