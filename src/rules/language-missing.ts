import { tasks } from '../hub/tasks.js';
import type { Rule } from './rule.js';
import { isMeantElsewhere } from './shared/meant-elsewhere.js';

/** Tasks outside of text whose models speak a language all the same. */
const SPEECH: ReadonlySet<string> = new Set(['automatic-speech-recognition', 'text-to-speech']);

export const languageMissing: Rule = {
  id: 'language-missing',
  severity: 'info',
  description: 'A model for text or speech names its languages.',
  why: 'People search for models by language, and the widget takes its default examples from it.',
  source: 'hub-docs, model-cards.md',
  fixable: false,
  keys: ['pipeline_tag'],
  good: [
    { text: '---\npipeline_tag: text-classification\nlanguage: en\n---\n' },
    { text: '---\npipeline_tag: image-classification\n---\n' },
  ],
  bad: [{ text: '---\npipeline_tag: text-classification\n---\n' }],
  check({ card, report }) {
    const { metadata } = card;
    if (metadata === null || metadata.language !== undefined) return;
    const tag = metadata.pipeline_tag;
    if (typeof tag !== 'string' || (tasks().get(tag)?.modality !== 'nlp' && !SPEECH.has(tag))) return;
    if (isMeantElsewhere('language', metadata)) return;
    report({
      message: `The metadata names no language, though the task is ${tag}.`,
      path: ['language'],
      help: 'Add "language: …" with an ISO 639 code such as "en", or "multilingual".',
    });
  },
};
