import { editsFor } from '../card/edit.js';
import type { Fix } from '../diagnostic.js';
import { libraries } from '../hub/libraries.js';
import { tasks } from '../hub/tasks.js';
import { escapeText, preview } from '../preview.js';
import type { Rule, RuleContext } from './rule.js';
import { isMisspelled } from './shared/misspelled-key.js';
import { refusalOf } from './shared/refusal.js';
import { type TaggedField, taggedFields } from './shared/tagged-fields.js';

export const tagIsMetadata: Rule = {
  id: 'tag-is-metadata',
  severity: 'warning',
  description: 'No tag says what a missing key of the metadata should say.',
  why: 'The Hub reads license, language, task, library, datasets and base model from their own keys. In a tag they are words: the page shows no license and links no dataset.',
  source: 'hub-docs, model-cards.md',
  fixable: true,
  keys: ['tags'],
  good: [
    { text: '---\nlicense: mit\ntags:\n- finance\n---\n' },
    { text: '---\nbase_model: org/model\ntags:\n- base_model:adapter:org/model\n- loss:TripletLoss\n---\n' },
  ],
  bad: [
    { text: '---\ntags:\n- license:mit\n---\n' },
    { text: '---\ntags:\n- "language: en"\n- dataset:org/one\n- dataset:org/two\n---\n' },
  ],
  check(context) {
    const { card, report } = context;
    if (card.metadata === null) return;
    const { metadata } = card;
    // Where a misspelled key holds it, that is said already.
    const tagged = taggedFields(metadata).filter(({ field }) => !isMisspelled(field, metadata));
    const counts = new Map<string, number>();
    for (const { field } of tagged) counts.set(field, (counts.get(field) ?? 0) + 1);
    for (const one of tagged) {
      const { field, tag, value, index } = one;
      const alone = counts.get(field) === 1;
      const fix = alone ? fixFor(context, one) : undefined;
      report({
        message: `${preview(tag)} is only a tag: the Hub reads ${NAMES[field] ?? 'this'} from the key "${field}", which is missing.`,
        path: ['tags', index],
        part: 'value',
        help: alone ? `Add "${field}: ${escapeText(value)}".` : `Add "${field}:" with a list of all of them.`,
        ...(fix === undefined ? {} : { fix }),
      });
    }
  },
};

const NAMES: Readonly<Record<string, string>> = {
  license: 'the license',
  language: 'the language',
  library_name: 'the library',
  pipeline_tag: 'the task',
  datasets: 'the datasets',
  base_model: 'the base model',
};

/** Adds the key, where its value is one that the Hub takes and knows. */
function fixFor(context: RuleContext, { field, value }: TaggedField): Fix | undefined {
  const { card } = context;
  if (card.metadata === null || Object.hasOwn(card.metadata, field)) return undefined;
  if (field === 'pipeline_tag' && !tasks().has(value)) return undefined;
  if (field === 'library_name' && !libraries().has(value)) return undefined;
  if (!/^[\w./-]+$/.test(value) || refusalOf(context, field, value) !== undefined) return undefined;
  const edits = editsFor(card, [{ kind: 'set', key: field, value }]);
  return edits === undefined ? undefined : { title: `Add ${field}: ${value}`, edits };
}
