import { widgetExampleValue } from '../../src/rules/widget-example-value.js';
import { untouched } from './cards.js';
import { testRule } from './tester.js';

const card = (widget: string) => `---\nwidget:\n${widget}\n---\n`;

testRule(widgetExampleValue, {
  bad: [
    {
      name: 'a number, a date and a boolean for a text',
      text: card(
        '- text: 42 # expect: widget-example-value\n- context: 2024-01-01 # expect: widget-example-value\n- prompt: true # expect: widget-example-value',
      ),
      marks: ['42', '2024-01-01', 'true'],
      says: ['"widget[0].text" must be a text, not 42.', 'not the date 2024-01-01', 'not true'],
      fixed: card(
        "- text: '42' # expect: widget-example-value\n- context: '2024-01-01' # expect: widget-example-value\n- prompt: 'true' # expect: widget-example-value",
      ),
    },
    {
      name: 'a list and a mapping for a text',
      text: card(
        '- text: [a, b] # expect: widget-example-value\n- src: {a: b} # expect: widget-example-value',
      ),
      marks: ['[a, b]', '{a: b}'],
    },
    {
      name: 'nothing at all',
      text: card(
        '- text: # expect: widget-example-value\n- text: " " # expect: widget-example-value\n- messages: # expect: widget-example-value',
      ),
      marks: ['text', '" "', 'messages'],
      severity: 'info',
    },
    {
      name: 'a title that is a number',
      text: card('- text: a\n  example_title: 1 # expect: widget-example-value'),
      marks: ['1'],
      severity: 'info',
      fixed: card("- text: a\n  example_title: '1' # expect: widget-example-value"),
    },
    {
      name: 'labels',
      text: card(
        '- candidate_labels: a,,b # expect: widget-example-value\n- candidate_labels: [a, 1] # expect: widget-example-value\n- candidate_labels: {a: b} # expect: widget-example-value',
      ),
      marks: ['a,,b', '[a, 1]', '{a: b}'],
      says: ['holds an empty label', 'a list with other things in it', 'a mapping'],
    },
    {
      name: 'sentences',
      text: card(
        '- sentences: A # expect: widget-example-value\n- sentences: [] # expect: widget-example-value\n- sentences: [1] # expect: widget-example-value',
      ),
      marks: ['A', '[]', '[1]'],
    },
    {
      name: 'multi_class in quotes, parameters as a list',
      text: card(
        '- multi_class: "true" # expect: widget-example-value\n  parameters: [a] # expect: widget-example-value',
      ),
      marks: ['"true"', '[a]'],
    },
    {
      name: 'messages',
      text: card(
        '- messages: Hi # expect: widget-example-value\n- messages:\n  - {role: user, content: Hi}\n  - {user: Hi} # expect: widget-example-value\n- messages: [Hi] # expect: widget-example-value',
      ),
      marks: ['Hi', '{user: Hi}', 'Hi'],
      says: [
        'must be a list of messages',
        '"widget[1].messages[1]" is no message with "role" and "content".',
      ],
    },
  ],
  good: [
    ...untouched('widget'),
    { name: 'texts', text: card('- text: a\n  context: "1"\n  example_title: b\n  group: c') },
    { name: 'labels both ways', text: card('- candidate_labels: a, b\n- candidate_labels: [a, b]') },
    {
      name: 'a picture made without words',
      text: card('- text:\n  output: {url: a.png}\n- text: ""\n  output: {url: a.png}'),
    },
    { name: 'other keys', text: card('- note: 1\n  label: 2') },
    {
      name: 'messages with parts, and one that calls a tool',
      text: card(
        '- messages:\n  - {role: system, content: Hi}\n  - {role: user, content: [{type: text, text: Hi}]}\n  - {role: assistant, tool_calls: []}',
      ),
    },
  ],
});
