import { FIELDS } from './fields.generated.js';
import { lazily, rows } from './lazily.js';

/** A key of the metadata that the Hub, or a client library, knows. */
export interface Field {
  readonly name: string;
  /** Where it stands: `license`, `model-index[].results[].task.type`; `[]` is each item of a list. */
  readonly path: string;
  /** What its value looks like, in words: `string`, `string or list of strings`, `list of mappings`. */
  readonly shape: string;
  /** Whether the mapping around it must have it. No key at the top is required. */
  readonly required: boolean;
  /** What it says, in a sentence or two of Markdown. */
  readonly description: string;
}

/** The keys of one mapping, by name, in the order the Hub documents them. */
export type Fields = ReadonlyMap<string, Field>;

const NONE: Fields = new Map();

const byParent = lazily(() => {
  const parents = new Map<string, Map<string, Field>>();
  for (const [path = '', shape = '', required, description = ''] of rows(FIELDS)) {
    const dot = path.lastIndexOf('.');
    const parent = dot === -1 ? '' : path.slice(0, dot);
    const name = path.slice(dot + 1);
    let fields = parents.get(parent);
    if (fields === undefined) {
      fields = new Map();
      parents.set(parent, fields);
    }
    fields.set(name, { name, path, shape, required: required === 'r', description });
  }
  return parents;
});

/**
 * The known keys of a mapping: of the metadata itself, or of what stands at a path such as `model-index[].results[]`.
 * Empty where no key is known. From the published schema of the metadata (schemas/model-card.schema.json).
 */
export function fieldsIn(parent = ''): Fields {
  return byParent().get(parent) ?? NONE;
}
