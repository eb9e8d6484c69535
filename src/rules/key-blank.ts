import { fieldsIn } from '../hub/fields.js';
import type { Rule } from './rule.js';
import { FIELD_VALIDATORS } from './schema/metadata-validators.generated.js';

export const keyBlank: Rule = {
  id: 'key-blank',
  severity: 'info',
  description: 'No known key is left blank.',
  why: 'A blank key is null and says nothing. The Hub refuses most of them (metadata-type); the few that it takes are left-overs of a template, or were forgotten.',
  source: 'ApiModelMetadata in huggingface.js packages/hub',
  fixable: false,
  good: [{ text: '---\nlicense: mit\nthumbnail: https://example.org/cat.png\nmy_key:\n---\n' }],
  bad: [{ text: '---\nlicense: mit\nthumbnail:\nmetrics:\n---\n' }],
  check({ card, report }) {
    const { metadata } = card;
    if (metadata === null) return;
    for (const key in metadata) {
      if (metadata[key] !== null || !fieldsIn().has(key)) continue;
      const refused = FIELD_VALIDATORS.get(key)?.(null) === false;
      if (refused) continue;
      report({
        message: `"${key}" is blank and says nothing.`,
        path: [key],
        part: 'key',
        help: 'Give it a value, or delete the key.',
      });
    }
  },
};
