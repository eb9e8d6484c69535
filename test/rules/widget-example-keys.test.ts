import { widgetExampleKeys } from '../../src/rules/widget-example-keys.js';
import { untouched } from './cards.js';
import { testRule } from './tester.js';

const card = (tag: string, widget: string) => `---\npipeline_tag: ${tag}\nwidget:\n${widget}\n---\n`;

testRule(widgetExampleKeys, {
  bad: [
    {
      name: 'misspelt keys',
      text: card(
        'text-classification',
        '- txet: I love it. # expect: widget-example-keys\n  exampel_title: A # expect: widget-example-keys',
      ),
      marks: ['txet', 'exampel_title'],
      says: ['"widget[0].txet" is no key of a widget example; "text" is.'],
      fixed: card(
        'text-classification',
        '- text: I love it. # expect: widget-example-keys\n  example_title: A # expect: widget-example-keys',
      ),
    },
    {
      name: 'a misspelt key in quotes keeps them; one that would be written twice stays',
      text: card(
        'text-generation',
        '- "Text": Once # expect: widget-example-keys\n- text: Once\n  txt: upon',
      ),
      marks: ['"Text"'],
      fixed: card(
        'text-generation',
        '- "text": Once # expect: widget-example-keys\n- text: Once\n  txt: upon',
      ),
    },
    {
      name: 'another word for the key that is missing',
      text: card(
        'image-classification',
        '- image: a.png # expect: widget-example-keys\n- src: b.png\n  image: c.png',
      ),
      marks: ['image'],
      fixed: card(
        'image-classification',
        '- src: a.png # expect: widget-example-keys\n- src: b.png\n  image: c.png',
      ),
    },
    {
      name: 'a question without its context, a zero-shot text without labels',
      text: card(
        'question-answering',
        '- text: Where? # expect: widget-example-keys\n  example_title: Where',
      ),
      marks: ['text'],
      says: ['"widget[0]" lacks "context", which a widget for question-answering reads.'],
    },
    {
      name: 'the keys of another task',
      text: card('sentence-similarity', '- text: A dog. # expect: widget-example-keys'),
      marks: ['text'],
      says: [
        '"widget[0]" lacks "source_sentence" and "sentences", which a widget for sentence-similarity reads; "text" is not read.',
      ],
    },
    {
      name: 'keys that are not read, beside those that are',
      text: card('text-classification', '- text: A dog.\n  context: A park. # expect: widget-example-keys'),
      marks: ['context'],
      severity: 'info',
      says: ['A widget for text-classification does not read "widget[0].context".'],
    },
    {
      name: 'the old name of a table, which skops writes',
      text: card('tabular-classification', '- structuredData: # expect: widget-example-keys\n    x: [1]'),
      marks: ['structuredData'],
      severity: 'info',
      fixed: card('tabular-classification', '- structured_data: # expect: widget-example-keys\n    x: [1]'),
    },
    {
      name: 'an empty example',
      text: card('text-generation', '- {} # expect: widget-example-keys'),
      marks: ['{}'],
      says: ['"widget[0]" is empty.'],
    },
    {
      name: 'a key of the card that slipped into the list',
      text: card('text-generation', '- text: Once\n- inference: false # expect: widget-example-keys'),
      marks: ['inference'],
      says: ['"inference" is a key of the card, not of a widget example.'],
    },
    {
      name: 'no task, and nothing that any widget reads',
      text: '---\nwidget:\n- type: sentence # expect: widget-example-keys\n---\n',
      marks: ['type'],
      says: ['"widget[0]" has none of the keys that a widget reads.'],
    },
    {
      name: 'the task by a tag, and by config.json',
      text: '---\ntags:\n- question-answering\nwidget:\n- text: Where? # expect: widget-example-keys\n---\n',
      marks: ['text'],
    },
    {
      name: 'the task of a retired tag',
      text: card('text2text-generation', '- src: a.png # expect: widget-example-keys'),
      marks: ['src'],
      says: ['lacks "text", which a widget for text2text-generation reads; "src" is not read.'],
    },
    {
      name: 'the task of config.json',
      text: '---\nlibrary_name: transformers\nwidget:\n- text: a.png # expect: widget-example-keys\n---\n',
      files: ['README.md'],
      contents: { 'config.json': '{"architectures": ["ViTForImageClassification"]}' },
      marks: ['text'],
      says: ['"widget[0]" lacks "src", which a widget for image-classification reads'],
    },
  ],
  good: [
    ...untouched('widget').filter(({ text }) => !text.includes('a: b\n- [x')),
    {
      name: 'text',
      text: card(
        'text-classification',
        '- text: A dog.\n  example_title: A\n  group: B\n  parameters: {}\n  output: []',
      ),
    },
    {
      name: 'a chat, and a plain text',
      text: card('text-generation', '- messages:\n  - role: user\n    content: Hi\n- text: Hi'),
    },
    {
      name: 'an image with and without a question',
      text: card('image-text-to-text', '- src: a.png\n  text: What?\n- src: a.png\n- text: Who?'),
    },
    {
      name: 'zero shot',
      text: card(
        'zero-shot-classification',
        '- text: A\n  candidate_labels: a, b\n  hypothesis_template: This is {}.',
      ),
    },
    {
      name: 'a gallery without prompts',
      text: card('text-to-image', '- output:\n    url: a.png\n- text:\n  output:\n    url: b.png'),
    },
    { name: 'a task without known examples', text: card('robotics', '- text: A') },
    { name: 'an unknown task', text: card('text-clasification', '- src: a.png\n- text: A') },
    { name: 'no task', text: '---\nwidget:\n- text: A\n- src: a.png\n- output: {text: A}\n---\n' },
    { name: 'keys of nobody’s knowing', text: card('text-generation', '- text: A\n  note: B\n  label: C') },
    {
      name: 'keys named as what objects inherit',
      text: card('text-generation', '- text: A\n  constructor: B\n  __proto__: C'),
    },
  ],
});
