import type { JsonSchema } from './field.js';

/** One key of the metadata, as the table of keys holds it: path, shape in words, `r` when required, description. */
export type FieldRow = readonly [path: string, shape: string, required: '' | 'r', description: string];

/**
 * Every key that a schema of mappings names, parents first, in its order. Paths are as `model-index[].results[].task`,
 * where `[]` stands for each item of a list.
 */
export function fieldRows(schema: JsonSchema, parent = ''): FieldRow[] {
  const required = arrayOf(schema.required);
  const rows = Object.entries(mappingOf(schema.properties)).flatMap(([key, value]): FieldRow[] => {
    const field = mappingOf(value);
    const path = parent === '' ? key : `${parent}.${key}`;
    const description = String(field.description ?? '');
    return [
      [path, shapeOf(field), required.includes(key) ? 'r' : '', description],
      ...fieldRows(field, path),
    ];
  });
  const items = schema.items === undefined ? [] : fieldRows(mappingOf(schema.items), `${parent}[]`);
  const branches = arrayOf(schema.anyOf).flatMap((branch) => fieldRows(mappingOf(branch), parent));
  return uniqueByPath([...rows, ...items, ...branches]);
}

/** What a value looks like, in words for people: `string`, `string or list of strings`, `mapping`. */
function shapeOf(schema: JsonSchema): string {
  const shapes = arrayOf(schema.anyOf).map((branch) => shapeOf(mappingOf(branch)));
  if (schema.enum !== undefined) {
    shapes.push(...arrayOf(schema.enum).map((value) => nameOf(typeof value)));
  } else if (schema.type !== undefined) {
    for (const type of [schema.type].flat())
      shapes.push(type === 'array' ? listOf(schema) : nameOf(String(type)));
  }
  return shapes.length === 0 ? 'any value' : [...new Set(shapes)].join(' or ');
}

function listOf(schema: JsonSchema): string {
  const item = schema.items === undefined ? 'any value' : shapeOf(mappingOf(schema.items));
  return item.includes(' ') ? 'list' : `list of ${item}s`;
}

function nameOf(type: string): string {
  return type === 'object' ? 'mapping' : type === 'boolean' ? 'true or false' : type;
}

function mappingOf(value: unknown): JsonSchema {
  return typeof value === 'object' && value !== null ? (value as JsonSchema) : {};
}

function arrayOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function uniqueByPath(rows: readonly FieldRow[]): FieldRow[] {
  return [...new Map(rows.map((row) => [row[0], row])).values()];
}
