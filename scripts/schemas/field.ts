/** A JSON Schema (draft 2020-12). */
export type JsonSchema = { readonly [keyword: string]: unknown };

/**
 * One field of the metadata, in two views made together: `editor` guides an author (descriptions, completion,
 * recommended forms), `hub` holds only what the Hub itself refuses on push, in a form that costs little to check
 * (no `anyOf`, so that every fault is reported once, where it is).
 */
export interface Field {
  readonly editor: JsonSchema;
  readonly hub: JsonSchema;
}

/** What every field says about itself. */
export interface Doc {
  readonly description: string;
  readonly examples?: readonly unknown[];
  readonly default?: unknown;
}

/** A string. The Hub refuses an empty one unless `emptyAllowed`. */
export function text(
  doc: Doc,
  options: { pattern?: string; format?: string; emptyAllowed?: boolean } = {},
): Field {
  const { emptyAllowed, ...advice } = options;
  return {
    editor: { ...doc, type: 'string', ...advice },
    hub: emptyAllowed ? { type: 'string' } : { type: 'string', minLength: 1 },
  };
}

/** A string or null: the few fields that may be left blank. */
export function nullableText(doc: Doc, options: { format?: string } = {}): Field {
  return { editor: { ...doc, type: ['string', 'null'], ...options }, hub: { type: ['string', 'null'] } };
}

export function flag(doc: Doc): Field {
  return { editor: { ...doc, type: 'boolean' }, hub: { type: 'boolean' } };
}

export function number(doc: Doc, options: { minimum?: number } = {}): Field {
  return { editor: { ...doc, type: 'number', ...options }, hub: { type: 'number' } };
}

/** Any value at all. */
export function free(doc: Doc): Field {
  return { editor: { ...doc }, hub: {} };
}

/** A value of a closed list. A rule says what happens to others, so the structural view wants only a string. */
export function listed(values: readonly string[], doc: Doc): Field {
  return { editor: { ...doc, type: 'string', enum: values }, hub: { type: 'string', minLength: 1 } };
}

/** A free string for which the editor offers known values. */
export function suggested(values: readonly string[], doc: Doc, pattern?: string): Field {
  return {
    editor: {
      ...doc,
      anyOf: [{ enum: values }, pattern === undefined ? { type: 'string' } : { type: 'string', pattern }],
    },
    hub: { type: 'string', minLength: 1 },
  };
}

/** A list whose items are all alike. */
export function list(item: Field, doc: Doc, options: { uniqueItems?: boolean } = {}): Field {
  return {
    editor: { ...doc, type: 'array', items: item.editor, ...options },
    hub: { type: 'array', ...(Object.keys(item.hub).length === 0 ? {} : { items: item.hub }) },
  };
}

/** A string, or a list of such strings. */
export function oneOrMany(item: Field, doc: Doc): Field {
  const { description: _, examples: __, ...bare } = item.editor;
  return {
    editor: { ...doc, anyOf: [bare, { type: 'array', items: item.editor, uniqueItems: true }] },
    hub: { ...item.hub, type: ['string', 'array'], items: item.hub },
  };
}

/** A mapping. Unknown keys pass, as they do on the Hub. */
export function mapping(
  properties: Readonly<Record<string, Field>>,
  doc: Doc,
  options: { required?: readonly string[]; values?: Field } = {},
): Field {
  const required = options.required === undefined ? {} : { required: options.required };
  const view = (pick: 'editor' | 'hub') => {
    const entries = Object.entries(properties)
      .map(([key, field]) => [key, field[pick]] as const)
      .filter(([, schema]) => Object.keys(schema).length > 0);
    return entries.length === 0 ? {} : { properties: Object.fromEntries(entries) };
  };
  const values = (pick: 'editor' | 'hub') =>
    options.values === undefined ? {} : { additionalProperties: options.values[pick] };
  return {
    editor: { ...doc, type: 'object', ...required, ...view('editor'), ...values('editor') },
    hub: { type: 'object', ...required, ...view('hub'), ...values('hub') },
  };
}

/** A scalar, or a mapping that says more. */
export function scalarOr(
  scalar: 'string' | 'number' | 'boolean',
  scalarDoc: Doc,
  object: Field,
  doc: Doc,
): Field {
  return {
    editor: { ...doc, anyOf: [{ type: scalar, ...scalarDoc }, object.editor] },
    hub: { ...object.hub, type: [scalar, 'object'] },
  };
}

/** A field the Hub is not known to check: shown to authors, left alone by the check of the Hub's own rules. */
export function unchecked(field: Field): Field {
  return { editor: field.editor, hub: {} };
}
