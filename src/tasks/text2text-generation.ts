import { prefixOf, textFeeds } from './generation/encoder-decoder.js';
import { textToText } from './generation/text-to-text.js';

/** A new text made of a text, whatever the model was trained to make. The Hub retired the tag in July 2025. */
export const text2textGeneration = textToText({
  tag: 'text2text-generation',
  pipeline: 'text2text-generation',
  key: 'generated_text',
  others: ['text-generation', 'summarization', 'translation'],
  texts: ['Translate to German: The house is old.', 'What is the capital of France?'],
  contrasts: ['Translate to German: The house is old.', 'What is the capital of France?'],
  source: (session, text) => textFeeds(session, `${prefixOf(session.config, 'text2text-generation')}${text}`),
});
