import type { JsonPath } from '../card/path.js';
import { isMapping, own } from '../mapping.js';

/** A part of a JSON Schema, as far as completion and hover read it. */
export type SchemaNode = Readonly<Record<string, unknown>>;

/** Most alternatives inside one another; a schema of ours has two. */
const MOST_NESTED = 8;

/** All that a part allows: itself and its alternatives, those inside them included, each without the next level of values. */
export function alternatives(node: SchemaNode, depth = 0): readonly SchemaNode[] {
  if (depth > MOST_NESTED) return [];
  const inner = (['anyOf', 'oneOf', 'allOf'] as const).flatMap((keyword) => {
    const list = own(node, keyword);
    return Array.isArray(list) ? list.filter(isMapping) : [];
  });
  return [node, ...inner.flatMap((one) => alternatives(one, depth + 1))];
}

/** The parts of a schema that describe the value at a path; none for one it says nothing about. */
export function nodesAt(root: SchemaNode, path: JsonPath): readonly SchemaNode[] {
  let nodes: readonly SchemaNode[] = [root];
  for (const step of path) {
    nodes = nodes
      .flatMap((node) => alternatives(resolved(root, node)))
      .flatMap((node) => childrenAt(node, step));
    if (nodes.length === 0) return nodes;
  }
  return nodes
    .map((node) => resolved(root, node))
    .flatMap((node) => alternatives(node))
    .map((node) => resolved(root, node));
}

/** What a `$ref` to a definition of the same schema stands for. */
function resolved(root: SchemaNode, node: SchemaNode): SchemaNode {
  const ref = own(node, '$ref');
  const name = typeof ref === 'string' ? /^#\/\$defs\/([\w-]+)$/.exec(ref)?.[1] : undefined;
  const target = name === undefined ? undefined : own(own(root, '$defs'), name);
  return isMapping(target) ? { ...target, ...node } : node;
}

function childrenAt(node: SchemaNode, step: string | number): readonly SchemaNode[] {
  if (typeof step === 'number') return [own(node, 'items')].filter(isMapping);
  const named = own(own(node, 'properties'), step);
  return [named ?? own(node, 'additionalProperties')].filter(isMapping);
}

/** Names and schemas of the keys that a mapping at some place can have, in the order of the schema. */
export function propertiesOf(nodes: readonly SchemaNode[]): ReadonlyMap<string, SchemaNode> {
  const found = new Map<string, SchemaNode>();
  for (const node of nodes) {
    const properties = own(node, 'properties');
    for (const [key, value] of isMapping(properties) ? Object.entries(properties) : []) {
      if (isMapping(value) && !found.has(key)) found.set(key, value);
    }
  }
  return found;
}

/** The closed list, or the known values, of a scalar at some place; booleans where that is what it is. */
export function knownValues(nodes: readonly SchemaNode[]): readonly (string | boolean)[] {
  const found = new Set<string | boolean>();
  for (const node of nodes) {
    const listed = own(node, 'enum');
    const values = Array.isArray(listed) ? listed : typesOf(node).includes('boolean') ? [true, false] : [];
    for (const value of [...values, own(node, 'const')]) {
      if (typeof value === 'string' || typeof value === 'boolean') found.add(value);
    }
  }
  return [...found];
}

/** The JSON types a part names. */
export function typesOf(node: SchemaNode): readonly string[] {
  const type = own(node, 'type');
  return Array.isArray(type)
    ? type.filter((one) => typeof one === 'string')
    : typeof type === 'string'
      ? [type]
      : [];
}

/** The first description among the parts that describe a value. */
export function descriptionOf(nodes: readonly SchemaNode[]): string | undefined {
  return nodes.map((node) => own(node, 'description')).find((one) => typeof one === 'string');
}

/** A text shown for one of the parts' examples; undefined when there is none. */
export function exampleOf(nodes: readonly SchemaNode[]): unknown {
  return nodes.map((node) => own(node, 'examples')).find((list) => Array.isArray(list))?.[0];
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'number',
  integer: 'whole number',
  boolean: 'true or false',
  array: 'list',
  object: 'mapping',
  null: 'empty',
};

/** The kinds of value a place takes, in words: `one of 83 values, or list`. */
export function typeInWords(nodes: readonly SchemaNode[]): string {
  const words = new Set<string>();
  for (const node of nodes) {
    const listed = own(node, 'enum');
    if (Array.isArray(listed)) {
      words.add(
        listed.length > 6 ? `one of ${listed.length} values` : listed.map((one) => String(one)).join(', '),
      );
      continue;
    }
    if (own(node, 'const') !== undefined) words.add(String(own(node, 'const')));
    else for (const type of typesOf(node)) words.add(TYPE_WORDS[type] ?? type);
  }
  return words.size === 0 ? 'any value' : [...words].join(' or ');
}

/** Whether a place takes a list. */
export function takesList(nodes: readonly SchemaNode[]): boolean {
  return nodes.some((node) => typesOf(node).includes('array'));
}

/** Whether a place takes a scalar. */
export function takesScalar(nodes: readonly SchemaNode[]): boolean {
  return nodes.some(
    (node) =>
      Array.isArray(own(node, 'enum')) ||
      own(node, 'const') !== undefined ||
      typesOf(node).some((type) => type !== 'array' && type !== 'object' && type !== 'null'),
  );
}
