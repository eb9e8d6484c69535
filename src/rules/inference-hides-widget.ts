import { isMapping, own } from '../mapping.js';
import { hasOutput } from '../support/widget.js';
import type { Rule } from './rule.js';

export const inferenceHidesWidget: Rule = {
  id: 'inference-hides-widget',
  severity: 'warning',
  description: 'With "inference: false", the widget examples of the card have outputs to show.',
  why: 'The key "inference: false" turns the widget off. The page then shows those examples that have an output, as recorded; the others are shown nowhere.',
  source: 'hub-docs, models-widgets.md; huggingface/hub-docs#1010',
  fixable: false,
  keys: ['inference'],
  good: [
    {
      text: '---\ninference: false\nwidget:\n- text: I love this film.\n  output:\n  - label: POSITIVE\n    score: 0.98\n---\n',
    },
    { text: '---\nwidget:\n- text: I love this film.\n---\n' },
  ],
  bad: [
    { text: '---\ninference: false\nwidget:\n- text: I love this film.\n---\n' },
    {
      text: '---\ninference: false\nwidget:\n- text: A cat.\n  output:\n    url: cat.png\n- text: A dog.\n---\n',
    },
  ],
  check({ card, report }) {
    const { metadata } = card;
    if (metadata === null || metadata.inference !== false || !Array.isArray(metadata.widget)) return;
    const examples = metadata.widget.filter(isMapping);
    const bare = examples.filter((example) => !hasOutput(own(example, 'output'))).length;
    if (bare === 0) return;
    const all = bare === examples.length;
    report({
      message: all
        ? `"inference: false" turns the widget off, and none of its examples has an output, so that the page shows none of them.`
        : `"inference: false" turns the widget off, and ${bare} of its ${examples.length} examples ${bare === 1 ? 'has' : 'have'} no output, so that the page does not show ${bare === 1 ? 'it' : 'them'}.`,
      path: ['inference'],
      part: 'value',
      severity: all ? 'warning' : 'info',
      help: 'Delete "inference: false" when the model can be run, or add an "output" to each example.',
    });
  },
};
