import { own } from '../mapping.js';
import { alternatives, propertiesOf, type SchemaNode, takesList, takesScalar, typesOf } from './schema.js';

/** How completions are written into the document. */
export interface SnippetStyle {
  /** Whether the editor understands placeholders such as `$1`. */
  readonly placeholders: boolean;
  /** Inside `[…]` or `{…}`: everything stays on one line. */
  readonly inFlow: boolean;
  /** Spaces put before every line but the first. */
  readonly indent: string;
}

/** A key with the shape of its value, ready to be filled in: `model-index:` brings the keys an entry must have. */
export function keySnippet(key: string, node: SchemaNode, style: SnippetStyle): string {
  const holes = { count: 0 };
  const text = `${key}:${valueSnippet(node, style, style.indent, holes)}`;
  // A single hole is where the cursor ends up.
  return holes.count === 1 ? text.replace('$1', '$0') : text;
}

interface Holes {
  count: number;
}

function hole(holes: Holes, { placeholders }: SnippetStyle): string {
  return placeholders ? `$${++holes.count}` : '';
}

function valueSnippet(node: SchemaNode, style: SnippetStyle, indent: string, holes: Holes): string {
  const nodes = alternatives(node);
  if (takesScalar(nodes) || nodes.every((one) => typesOf(one).length === 0)) return ` ${hole(holes, style)}`;
  const deeper = `${indent}  `;
  if (takesList(nodes)) {
    const items = nodes.map((one) => own(one, 'items')).find((one) => one !== undefined);
    if (style.inFlow) return ` [${hole(holes, style)}]`;
    return `\n${deeper}- ${entries(items as SchemaNode, style, `${deeper}  `, holes)}`;
  }
  if (style.inFlow) return ` {${hole(holes, style)}}`;
  return `\n${deeper}${entries(node, style, deeper, holes)}`;
}

/** The keys that a mapping must have, on a line each; a hole where it has none, or is no mapping. */
function entries(node: SchemaNode | undefined, style: SnippetStyle, indent: string, holes: Holes): string {
  const nodes = node === undefined ? [] : alternatives(node);
  const required = nodes.flatMap((one) => {
    const list = own(one, 'required');
    return Array.isArray(list) && typesOf(one).includes('object') ? list.map(String) : [];
  });
  const properties = propertiesOf(nodes);
  if (required.length === 0 || takesScalar(nodes)) return hole(holes, style);
  return required
    .map((key) => `${key}:${valueSnippet(properties.get(key) ?? {}, style, indent, holes)}`)
    .join(`\n${indent}`);
}

/** A whole front matter for a card that has none. */
export function frontMatterSnippet(placeholders: boolean): string {
  const at = (index: number, text: string) => (placeholders ? `\${${index}:${text}}` : text);
  return [
    '---',
    `license: ${at(1, 'apache-2.0')}`,
    'language:',
    `  - ${at(2, 'en')}`,
    `library_name: ${at(3, 'transformers')}`,
    `pipeline_tag: ${at(4, 'text-classification')}`,
    '---',
    placeholders ? '$0' : '',
  ].join('\n');
}
