import type { Metadata } from '../../card/card.js';
import { isMisspelled } from './misspelled-key.js';
import { taggedFields } from './tagged-fields.js';

/**
 * Whether a missing field stands below a misspelled key or in a tag, so that what `key-misspelled` and `tag-is-metadata` say
 * is not said twice.
 */
export function isMeantElsewhere(field: string, metadata: Metadata): boolean {
  return isMisspelled(field, metadata) || taggedFields(metadata).some((tagged) => tagged.field === field);
}
