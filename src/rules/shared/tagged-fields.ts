import type { Metadata } from '../../card/card.js';
import { markedTags } from './marked-tags.js';
import { ofLast } from './of-last.js';

/** A tag that says what a key of the metadata should say, such as `license:mit`. */
export interface TaggedField {
  readonly field: string;
  readonly tag: string;
  /** What stands behind the colon. */
  readonly value: string;
  /** In the list of tags. */
  readonly index: number;
}

const FIELDS: ReadonlyMap<string, string> = new Map([
  ['license', 'license'],
  ['licence', 'license'],
  ['language', 'language'],
  ['library', 'library_name'],
  ['library_name', 'library_name'],
  ['pipeline_tag', 'pipeline_tag'],
  ['dataset', 'datasets'],
  ['datasets', 'datasets'],
  ['base_model', 'base_model'],
]);

/** PEFT writes `base_model:adapter:ID` itself, beside the key, and the Hub adds such tags to what it lists. */
const RELATION = /^(?:adapter|finetune|merge|quantized):/;

/** The tags that stand for a key, where that key is missing. */
export const taggedFields = ofLast((metadata: Metadata): readonly TaggedField[] => {
  let found: TaggedField[] | undefined;
  for (const { tag, index } of markedTags(metadata)) {
    if (tag.length > 200) continue;
    const [, name = '', rest = ''] = /^\s*([A-Za-z_-]+)\s*[:=]\s*(\S.*)$/.exec(tag) ?? [];
    const field = FIELDS.get(name.toLowerCase().replaceAll('-', '_'));
    if (field === undefined || (metadata[field] !== undefined && metadata[field] !== null)) continue;
    const value = (field === 'base_model' ? rest.replace(RELATION, '') : rest).trim();
    found ??= [];
    found.push({ field, tag, value, index });
  }
  return found ?? NONE;
});

const NONE: readonly TaggedField[] = [];
