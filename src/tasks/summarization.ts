import { prefixOf, taskParameters, textFeeds } from './generation/encoder-decoder.js';
import { optionFrom, textToText } from './generation/text-to-text.js';
import { defaultTexts } from './reading/text-input.js';

/** A shorter text that says the same. */
export const summarization = textToText({
  tag: 'summarization',
  pipeline: 'summarization',
  key: 'summary_text',
  others: ['text2text-generation', 'text-generation'],
  texts: defaultTexts('summarization'),
  contrasts: [
    'The committee met on Monday to decide about the new bridge. After four hours of debate, seven of the nine members voted for it, and building is to begin in spring. The bridge will cost twelve million and connect both parts of the town.',
    'Whales are mammals that live in the sea. They breathe air, so that they must come to the surface, and feed their young with milk. The blue whale is the largest animal that has ever lived, up to thirty metres long.',
  ],
  source(session, text, parameters) {
    const { config } = session;
    const settings = taskParameters(config, 'summarization');
    return {
      ...textFeeds(session, `${prefixOf(config, 'summarization')}${text}`),
      // What the pipeline of Python takes over from config.json; a request knows better.
      options: {
        ...(parameters.no_repeat_ngram_size === undefined
          ? optionFrom(settings, 'no_repeat_ngram_size')
          : {}),
      },
    };
  },
});
