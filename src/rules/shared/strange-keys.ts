import type { Metadata } from '../../card/card.js';
import type { JsonPath } from '../../card/path.js';
import { type Fields, fieldsIn } from '../../hub/fields.js';
import { lazily } from '../../hub/lazily.js';
import { isMapping } from '../../mapping.js';
import { ofLast } from './of-last.js';

/** A mapping that has keys which are not known in its place. */
export interface StrangeMapping {
  readonly path: JsonPath;
  readonly value: Metadata;
  /** The keys that are known there. */
  readonly fields: Fields;
}

/** Fields whose mappings have keys of their own, other than the widget's examples, which depend on the task. */
const NESTING = ['model-index', 'co2_eq_emissions', 'inference'];

/** The mappings inside fields of the metadata that have keys which are not known there; nearly always none. */
export const strangeMappings = ofLast((metadata: Metadata): readonly StrangeMapping[] => {
  const found: StrangeMapping[] = [];
  for (const field of NESTING) {
    if (Object.hasOwn(metadata, field)) collect(metadata[field], tree().get(field), [field], found);
  }
  return found;
});

/** The keys of a mapping, and for each those of the mappings inside it, or null where none are known. */
interface Level {
  readonly fields: Fields;
  readonly inside: ReadonlyMap<string, Level | null>;
}

const tree = lazily(() => levelOf('').inside);

function levelOf(path: string): Level {
  const fields = fieldsIn(path);
  const inside = new Map<string, Level | null>();
  for (const [name, field] of fields) {
    const below = field.shape.startsWith('list') ? `${field.path}[]` : field.path;
    // Settings of the widget go to the library, which has many more than are known here.
    const left = name === 'parameters' || (path === '' && !NESTING.includes(name));
    inside.set(name, left || fieldsIn(below).size === 0 ? null : levelOf(below));
  }
  return { fields, inside };
}

/** @param path Of the value; it comes back as it was. */
function collect(
  value: unknown,
  level: Level | null | undefined,
  path: (string | number)[],
  found: StrangeMapping[],
): void {
  if (level === null || level === undefined) return;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      path.push(index);
      if (isMapping(value[index])) collect(value[index], level, path, found);
      path.pop();
    }
    return;
  }
  if (!isMapping(value)) return;
  const { fields, inside } = level;
  let strange = false;
  for (const key in value) {
    const below = inside.get(key);
    if (below === undefined) {
      if (!strange) found.push({ path: [...path], value, fields });
      strange = true;
    }
    if (below === undefined || below === null) continue;
    path.push(key);
    collect(value[key], below, path, found);
    path.pop();
  }
}
