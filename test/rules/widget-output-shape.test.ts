import { widgetOutputShape } from '../../src/rules/widget-output-shape.js';
import { untouched } from './cards.js';
import { testRule } from './tester.js';

const card = (tag: string, example: string) => `---\npipeline_tag: ${tag}\nwidget:\n- ${example}\n---\n`;
const MARK = '# expect: widget-output-shape';

testRule(widgetOutputShape, {
  bad: [
    {
      name: 'a lone text',
      text: card('automatic-speech-recognition', `src: a.flac\n  output: "Hello: world" ${MARK}`),
      marks: ['"Hello: world"'],
      says: ['"widget[0].output" must be "text: …", not a text.'],
      fixed: card('automatic-speech-recognition', `src: a.flac\n  output: {text: "Hello: world"} ${MARK}`),
    },
    {
      name: 'a text under another name, or of another type',
      text: card(
        'text-generation',
        `text: a\n  output: {answer: b} ${MARK}\n- text: a\n  output:\n    text: 3 ${MARK}`,
      ),
      marks: ['{answer: b}', '3'],
    },
    {
      name: 'labels as a mapping',
      text: card('text-classification', `text: a\n  output: {POSITIVE: 0.9} ${MARK}`),
      marks: ['{POSITIVE: 0.9}'],
      says: ['must be a list of "label" and "score", not a mapping.'],
    },
    {
      name: 'scores in percent, below zero, in quotes; labels that are numbers; keys that lack',
      text: card(
        'image-classification',
        `src: a.png\n  output:\n  - {label: a, score: 98.2} ${MARK}\n  - {label: b, score: -1} ${MARK}\n- src: a.png\n  output:\n  - {label: a, score: "0.8"} ${MARK}\n  - {label: 1, score: 0.1} ${MARK}\n  - {score: 0.1} ${MARK}\n  - a ${MARK}`,
      ),
      marks: ['98.2', '-1', '"0.8"', '1', '{score: 0.1}', 'a'],
      says: [
        'is 98.2, but a score lies between 0 and 1; 98.2 percent is 0.982',
        'is -1',
        'must be a number, not a text',
        'must be a text, not a number',
        'lacks "label"',
      ],
      fixed: card(
        'image-classification',
        `src: a.png\n  output:\n  - {label: a, score: 98.2} ${MARK}\n  - {label: b, score: -1} ${MARK}\n- src: a.png\n  output:\n  - {label: a, score: 0.8} ${MARK}\n  - {label: '1', score: 0.1} ${MARK}\n  - {score: 0.1} ${MARK}\n  - a ${MARK}`,
      ),
    },
    {
      name: 'spans that are no part of the text',
      text: card(
        'question-answering',
        `text: Where?\n  context: In Berlin.\n  output: {answer: Berlin, score: 0.9, start: 3, end: 11} ${MARK}`,
      ),
      marks: ['11'],
      says: ['3 to 11 is no part of "context", which has 10 characters'],
    },
    {
      name: 'entities',
      text: card(
        'token-classification',
        `text: 𝒜 in Rome\n  output:\n  - {entity_group: LOC, word: Rome, score: 0.9, start: 5, end: 9}\n  - {entity_group: LOC, word: Rome, score: 0.9, start: 6, end: 10} ${MARK}\n- text: a\n  output: [{label: LOC, score: 1}] ${MARK}`,
      ),
      marks: ['10', '{label: LOC, score: 1}', '{label: LOC, score: 1}'],
      lines: [7, 9, 9],
    },
    {
      name: 'a file, boxes, similarities, an answer from a table',
      text: card(
        'text-to-image',
        `text: a\n  output: a.png ${MARK}\n- text: b\n  output: {image: a.png} ${MARK}`,
      ),
      marks: ['a.png', '{image: a.png}'],
      says: ['must be "url: …", not a text', 'lacks "url"'],
    },
    {
      name: 'boxes without a box',
      text: card('object-detection', `src: a.png\n  output: [{label: a, score: 0.5}] ${MARK}`),
      marks: ['{label: a, score: 0.5}'],
    },
    {
      name: 'similarities',
      text: card('sentence-similarity', `source_sentence: a\n  sentences: [b, c]\n  output: [0.5] ${MARK}`),
      marks: ['[0.5]'],
      says: ['has 1 numbers for 2 sentences'],
    },
    {
      name: 'nothing',
      text: card('text-generation', `text: a\n  output: ${MARK}`),
      marks: ['output'],
      severity: 'info',
    },
  ],
  good: [
    ...untouched('widget'),
    {
      name: 'labels',
      text: card(
        'text-classification',
        'text: a\n  output:\n  - {label: A, score: 0.8}\n  - {label: B, score: 0}',
      ),
    },
    {
      name: 'texts of the widget and of the API',
      text: card(
        'summarization',
        'text: a\n  output: {text: b}\n- text: a\n  output: [{summary_text: b}]\n- text: a\n  output: {generated_text: b}',
      ),
    },
    { name: 'a picture for any task', text: card('object-detection', 'src: a.png\n  output: {url: b.png}') },
    {
      name: 'an answer, and several',
      text: card(
        'question-answering',
        'text: a\n  context: b c\n  output: {answer: b, score: 0.5, start: 0, end: 1}\n- text: a\n  context: b\n  output: [{answer: b, score: 1}]',
      ),
    },
    {
      name: 'fill-mask both ways',
      text: card(
        'fill-mask',
        'text: a <mask>\n  output: [{label: b, score: 0.1}]\n- text: a <mask>\n  output: [{token_str: b, score: 0.1, token: 3, sequence: a b}]',
      ),
    },
    {
      name: 'zero shot both ways',
      text: card(
        'zero-shot-classification',
        'text: a\n  candidate_labels: b\n  output: {labels: [b], scores: [1], sequence: a}\n- text: a\n  candidate_labels: b\n  output: [{label: b, score: 1}]',
      ),
    },
    {
      name: 'rows, vectors, segments, a table',
      text: card('tabular-regression', 'structured_data: {a: [1]}\n  output: [3.5]'),
    },
    { name: 'vectors', text: card('feature-extraction', 'text: a\n  output: [[0.1, 3]]') },
    {
      name: 'segments',
      text: card('image-segmentation', 'src: a.png\n  output: [{label: a, mask: x, score: 0.1}]'),
    },
    {
      name: 'a table',
      text: card('table-question-answering', 'text: a\n  table: {b: [1]}\n  output: {answer: b}'),
    },
    {
      name: 'no task, or one of which nothing is known',
      text: '---\nwidget:\n- text: a\n  output: [{label: a, score: 7}]\n---\n',
    },
    { name: 'a ranking', text: card('text-ranking', 'text: a\n  output: [{score: 7.2}]') },
    {
      name: 'a regression',
      text: card('text-classification', 'text: a\n  output: [{label: A, score: 3.2}]'),
      files: ['README.md'],
      contents: { 'config.json': '{"problem_type": "regression"}' },
    },
    {
      name: 'raw scores',
      text: card(
        'text-classification',
        'text: a\n  parameters: {function_to_apply: none}\n  output: [{label: A, score: 3.2}]',
      ),
    },
  ],
});
