import { libraryNameUnknown } from '../../src/rules/library-name-unknown.js';
import { untouched } from './cards.js';
import { testRule } from './tester.js';

const card = (value: string) => `---\nlibrary_name: ${value} # expect: library-name-unknown\n---\n`;

const bad = (name: string, value: string, answer: string) => ({
  name,
  text: card(value),
  marks: [value],
  says: ['Did you mean'],
  fixed: card(answer),
});

testRule(libraryNameUnknown, {
  bad: [
    bad('capitals', 'Transformers', 'transformers'),
    bad('singular', 'transformer', 'transformers'),
    bad('underscore', '"sentence_transformers"', '"sentence-transformers"'),
    bad('in one word', 'sentencetransformers', 'sentence-transformers'),
    bad('a typing error', 'difusers', 'diffusers'),
    bad('the name of the package', 'scikit-learn', 'sklearn'),
    {
      name: 'a framework',
      text: card('PyTorch'),
      marks: ['PyTorch'],
      severity: 'info',
      says: ['is a framework'],
    },
  ],
  good: [
    ...untouched('library_name'),
    { name: 'a library', text: '---\nlibrary_name: open_clip\n---\n' },
    { name: 'a library with capitals', text: '---\nlibrary_name: PaddleOCR\n---\n' },
    { name: 'a library the Hub does not know', text: '---\nlibrary_name: cleanrl\n---\n' },
    { name: 'a number further', text: '---\nlibrary_name: yolov5\n---\n' },
    { name: 'a format', text: '---\nlibrary_name: gguf\n---\n' },
  ],
});
