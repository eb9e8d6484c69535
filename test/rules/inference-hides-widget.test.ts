import { inferenceHidesWidget } from '../../src/rules/inference-hides-widget.js';
import { NO_METADATA } from './cards.js';
import { type RuleCase, testRule } from './tester.js';

const OFF = 'inference: false # expect: inference-hides-widget';

function silent(name: string, yaml: string): RuleCase {
  return { name, text: `---\n${yaml}\n---\n` };
}

testRule(inferenceHidesWidget, {
  bad: [
    {
      name: 'no example has an output',
      text: `---\nwidget:\n- text: a\n- text: b\n  output: []\n${OFF}\n---\n`,
      marks: ['false'],
      says: ['none of its examples has an output, so that the page shows none of them'],
    },
    {
      name: 'one of three examples has none',
      text: `---\n${OFF}\nwidget:\n- text: a\n  output: {text: b}\n- text: c\n- text: d\n  output: [{label: e, score: 1}]\n---\n`,
      marks: ['false'],
      severity: 'info',
      says: ['1 of its 3 examples has no output, so that the page does not show it'],
    },
    {
      name: 'two of three',
      text: `---\n${OFF}\nwidget:\n- text: a\n  output: {text: b}\n- text: c\n- text: d\n  output:\n---\n`,
      marks: ['false'],
      severity: 'info',
      says: ['2 of its 3 examples have no output'],
    },
  ],
  good: [
    ...NO_METADATA,
    silent('every example has an output', 'inference: false\nwidget:\n- text: a\n  output: {text: b}'),
    silent('no examples', 'inference: false'),
    silent('an empty list', 'inference: false\nwidget: []'),
    silent('the API is on', 'inference: true\nwidget:\n- text: a'),
    silent('parameters', 'inference: {parameters: {top_k: 1}}\nwidget:\n- text: a'),
    silent('null', 'inference:\nwidget:\n- text: a'),
    silent('a text: metadata-type', 'inference: "false"\nwidget:\n- text: a'),
    silent('examples of other types: metadata-type', 'inference: false\nwidget:\n- a\n- null'),
    silent('no list: metadata-type', 'inference: false\nwidget: {text: a}'),
  ],
});
