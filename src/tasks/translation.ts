import { isMapping, own } from '../mapping.js';
import { preview } from '../preview.js';
import type { TransformersSession, TranslationInput } from '../smoke/session.js';
import { prefixOf, type Source, textFeeds } from './generation/encoder-decoder.js';
import type { GenerationParameters } from './generation/generation-parameters.js';
import { textToText } from './generation/text-to-text.js';
import { defaultTexts } from './reading/text-input.js';
import { truncationOf } from './text/text-encoding.js';

/** Languages that a model of many is tried with, as its codes may name them. */
const FROM = ['eng_Latn', 'en_XX', 'en'];
const TO = ['fra_Latn', 'fr_XX', 'fr', 'deu_Latn', 'de_DE', 'de'];
const TASK = /^translation_(.+)_to_(.+)$/;

/** A text in another language. */
export const translation = textToText({
  tag: 'translation',
  pipeline: 'translation',
  key: 'translation_text',
  others: ['text2text-generation', 'text-generation'],
  texts: defaultTexts('translation'),
  contrasts: ['The house is old and red.', 'Where do the children go tomorrow?'],
  source(session, text, parameters): Omit<Source, 'asked'> {
    const { translation: languages } = session.tokenizer;
    if (languages !== undefined && languages.languages.length > 0) {
      return amongLanguages(session, languages, text, parameters);
    }
    return textFeeds(session, `${languagePrefix(session.config, parameters)}${text}`);
  },
});

/** A model of many languages (NLLB, M2M100, mBART) is told the language of the text, and begins with that of the answer. */
function amongLanguages(
  session: TransformersSession,
  { languages, encode }: TranslationInput,
  text: string,
  { src_lang, tgt_lang }: GenerationParameters,
): Omit<Source, 'asked'> {
  const from = languageOf(languages, src_lang, FROM, 'src_lang');
  const to = languageOf(
    languages,
    tgt_lang,
    TO.filter((one) => one !== from),
    'tgt_lang',
  );
  const { feeds, firstId } = encode(text, from, to, truncationOf(session));
  return { feeds, inputTokens: feeds.input_ids?.dims.at(-1) ?? 0, options: { forced_bos_token_id: firstId } };
}

/** Throws when the model does not know the language that was asked for. */
function languageOf(
  languages: readonly string[],
  asked: string | undefined,
  usual: readonly string[],
  key: string,
): string {
  const wanted = asked === undefined ? usual : [asked];
  const found =
    wanted.find((one) => languages.includes(one)) ?? (asked === undefined ? languages[0] : undefined);
  if (found !== undefined) return found;
  const some = languages.slice(0, 8).map(preview).join(', ');
  throw new Error(
    `The model does not know the ${key} ${preview(asked)}; it knows ${some}${languages.length > 8 ? ', …' : ''}.`,
  );
}

/**
 * The prefix that names the languages (T5): of the task that was asked for, else of the first one in config.json, as the Hub
 * takes the only one there is.
 */
function languagePrefix(config: unknown, { src_lang, tgt_lang }: GenerationParameters): string {
  const settings = own(config, 'task_specific_params');
  const tasks = isMapping(settings) ? Object.keys(settings).filter((task) => TASK.test(task)) : [];
  const asked = `translation_${src_lang}_to_${tgt_lang}`;
  const task = tasks.includes(asked) ? asked : tasks[0];
  return prefixOf(config, task ?? 'translation');
}
