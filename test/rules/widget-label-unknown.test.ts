import { widgetLabelUnknown } from '../../src/rules/widget-label-unknown.js';
import { untouched } from './cards.js';
import { type RuleCase, testRule } from './tester.js';

function one(tag: string, item: string, labels: unknown, marks?: readonly string[]): Omit<RuleCase, 'name'> {
  return {
    text: `---\npipeline_tag: ${tag}\nwidget:\n- text: a\n  output:\n  - ${item}${marks === undefined ? '' : ' # expect: widget-label-unknown'}\n---\n`,
    files: ['README.md'],
    contents: { 'config.json': JSON.stringify({ id2label: labels }) },
    ...(marks === undefined ? {} : { marks }),
  };
}
const SENTIMENT = { 0: 'NEGATIVE', 1: 'POSITIVE' };

testRule(widgetLabelUnknown, {
  bad: [
    {
      name: 'another case',
      ...one('text-classification', '{label: "Positive", score: 1}', SENTIMENT, ['"Positive"']),
      says: ['config.json has no label "Positive" (widget[0].output[0].label).'],
      fixed: one('text-classification', '{label: "POSITIVE", score: 1}', SENTIMENT, []).text,
    },
    {
      name: 'a typing error is a question',
      ...one('text-classification', '{label: POSITVE, score: 1}', SENTIMENT, ['POSITVE']),
      says: ['Did you mean "POSITIVE"?'],
    },
    {
      name: 'another name',
      ...one('text-classification', '{label: joy, score: 1}', SENTIMENT, ['joy']),
      says: ['Its labels are "NEGATIVE", "POSITIVE".'],
    },
    {
      name: 'a model that was saved without names',
      ...one('text-classification', '{label: joy, score: 1}', { 0: 'LABEL_0', 1: 'LABEL_1' }, ['joy']),
      says: ['id2label of config.json still has the names "LABEL_0", "LABEL_1"'],
    },
    {
      name: 'entities, boxes and labels that go on for ever',
      ...one(
        'token-classification',
        '{entity_group: ORG, word: a, score: 1}',
        { 0: 'O', 1: 'B-PER', 2: 'I-PER', 3: 'B-LOC', 4: 'I-LOC', 5: 'B-X' },
        ['ORG'],
      ),
      says: ['"O", "B-PER", "I-PER", "B-LOC", "I-LOC", …'],
    },
    {
      name: 'an entity by its bare name',
      ...one('token-classification', '{entity: PER, word: a, score: 1}', { 0: 'B-PER' }, ['PER']),
    },
    {
      name: 'boxes',
      ...one('object-detection', '{label: dog, score: 1, box: {}}', { 0: 'N/A', 1: 'cat' }, ['dog']),
    },
  ],
  good: [
    ...untouched('widget'),
    { name: 'a label of the model', ...one('text-classification', '{label: POSITIVE, score: 1}', SENTIMENT) },
    {
      name: 'an entity without its prefix',
      ...one('token-classification', '{entity_group: PER, word: a, score: 1}', { 0: 'I-PER' }),
    },
    { name: 'zero shot', ...one('zero-shot-classification', '{label: joy, score: 1}', SENTIMENT) },
    {
      name: 'an output that has no labels of the model',
      ...one('fill-mask', '{label: joy, score: 1}', SENTIMENT),
    },
    { name: 'no labels', ...one('text-classification', '{label: joy, score: 1}', {}) },
    { name: 'labels that are no mapping', ...one('text-classification', '{label: joy, score: 1}', ['a']) },
    {
      name: 'no config.json',
      text: '---\npipeline_tag: text-classification\nwidget:\n- text: a\n  output: [{label: joy}]\n---\n',
    },
    { name: 'what has no label', ...one('text-classification', 'a', SENTIMENT) },
  ],
});
