import type { Part } from './card.js';
import type { JsonPath } from './path.js';
import type { Span } from './position.js';
import { MAPPING, NOTHING, SCALAR, SEQUENCE, type YamlTrace } from './yaml.js';

/**
 * Finds the place of a key, a value or a whole entry in the source of a trace; undefined when the path leads nowhere.
 * Offsets count in `trace.source`. Nothing is worked out before the first call, and then only where paths lead.
 *
 * A value's span is its text alone: no comment, no trailing space, no anchor and no tag (so a replacement keeps
 * them), quotes and the header of a block scalar included; a block scalar with `+` ends behind its last line break,
 * any other before it. An alias is its own text (`*name`); paths through it lead to where the value is written, and so
 * do paths to entries that came with a merge key. An empty value is a point just behind the colon, the dash, or
 * the tag or anchor that stands for it. An entry runs from its key (anchor, tag and `?` included) to the end of its
 * value. A path may end in the key `<<` itself.
 */
export function positionsOf(trace: YamlTrace): (path: JsonPath, part: Part) => Span | undefined {
  let tree: Tree | undefined;
  return (path, part) => {
    tree ??= buildTree(trace);
    return find(tree, path, part);
  };
}

/** A node as the parser reported it. */
interface Node {
  /** Index of its first step in the trace; -1 when the parser did not report it. */
  readonly step: number;
  /** Where the parser began to look for it: at the node, or at the white space before. */
  readonly open: number;
  /** Where the parser went on: at the end of the node, or behind the white space after. */
  readonly close: number;
  readonly kind: number;
  readonly value: unknown;
  /** Start of the collection around it; -1 for the root, and until that collection has its shape. */
  around: number;
  /** Where it is when nothing stands there: behind a colon or dash. Set with `around`. */
  point: number;
  /** What the source says of it, once somebody asked. */
  shape?: Shape;
}

/** A node as it stands in the source. `outer` is where its anchor or tag begins, else the same as `start`. */
interface Place {
  readonly outer: number;
  readonly start: number;
  readonly end: number;
}

type Shape = Place &
  (
    | { readonly is: 'scalar' | 'alias' | 'empty' }
    | { readonly is: 'sequence'; readonly items: readonly Node[] }
    | ({ readonly is: 'mapping' } & Entries)
  );

interface Entries {
  readonly entries: ReadonlyMap<string, Entry>;
  /** Values of the merge keys, first come first served. */
  readonly merges: readonly Node[];
}

interface Entry {
  readonly key: Node;
  readonly value: Node;
  /** Offset of the question mark of an explicit key; -1 when there is none. */
  readonly mark: number;
}

interface Tree {
  readonly trace: YamlTrace;
  readonly source: string;
  /** For the step that starts a node, the index of the step that ends it; for that one, the index of the value. */
  readonly links: readonly number[];
  readonly root: Node;
  /** The nodes that aliases repeat, by their value; made when the first alias is followed. */
  anchored?: ReadonlyMap<unknown, Node>;
}

function buildTree(trace: YamlTrace): Tree {
  const { source, steps, values } = trace;
  const links: number[] = [];
  const opens: number[] = [];
  let closed = 0;
  for (let index = 0; index < steps.length; index++) {
    if ((steps[index] ?? 0) < 0) {
      opens.push(index);
      links.push(0);
    } else {
      links[opens.pop() ?? 0] = index;
      links.push(closed++);
    }
  }
  const root = values.length === 0 ? nothingAt(0) : nodeAt(trace, links, 0);
  return { trace, source, links, root };
}

function nodeAt({ steps, values }: YamlTrace, links: readonly number[], step: number): Node {
  const open = -1 - (steps[step] ?? 0);
  const end = links[step] ?? 0;
  const last = steps[end] ?? 0;
  const value = values[links[end] ?? 0];
  return { step, open, close: last >> 2, kind: last & 3, value, around: -1, point: open };
}

/** Keys, values and items in the order of the source, and at times a try that came to nothing. */
function childrenOf(tree: Tree, node: Node): readonly Node[] {
  const children: Node[] = [];
  const end = tree.links[node.step] ?? 0;
  for (let step = node.step + 1; step < end; step = (tree.links[step] ?? end) + 1) {
    children.push(nodeAt(tree.trace, tree.links, step));
  }
  return children;
}

/** A null that the parser did not report, because nothing stands there. */
function nothingAt(at: number): Node {
  return { step: -1, open: at, close: at, kind: NOTHING, value: null, around: -1, point: at };
}

function find(tree: Tree, path: JsonPath, part: Part): Span | undefined {
  let node = tree.root;
  let entry: Entry | undefined;
  let value: unknown = node.value;
  for (const step of path) {
    const container = target(tree, node);
    const shape = shapeOf(tree, container);
    let next: Node | undefined;
    entry = undefined;
    if (shape.is === 'sequence') {
      next = typeof step === 'number' ? shape.items[step] : undefined;
      value = Array.isArray(container.value) && typeof step === 'number' ? container.value[step] : undefined;
    } else if (shape.is === 'mapping' && Array.isArray(value)) {
      next = partOfPair(shape, step);
      value = next?.value;
    } else if (shape.is === 'mapping') {
      entry = findEntry(tree, shape, String(step));
      next = entry?.value;
      value = next?.value;
    }
    if (next === undefined) return undefined;
    node = next;
  }
  const place = shapeOf(tree, node);
  if (entry === undefined || part === 'value') return { start: place.start, end: place.end };
  const key = shapeOf(tree, entry.key);
  if (part === 'key') return { start: key.start, end: key.end };
  return { start: entry.mark === -1 ? key.outer : entry.mark, end: place.end };
}

/** An item of `!!pairs` is a mapping of one entry in the source, and a list of key and value in the metadata. */
function partOfPair({ entries }: Entries, step: string | number): Node | undefined {
  for (const { key, value } of entries.values()) return step === 0 ? key : step === 1 ? value : undefined;
  return undefined;
}

/** Looks in the mapping itself, then in what it merges, in order; in each mapping once. */
function findEntry(tree: Tree, mapping: Shape & { readonly is: 'mapping' }, name: string): Entry | undefined {
  const own = mapping.entries.get(name);
  if (own !== undefined || mapping.merges.length === 0) return own;
  const seen = new Set<Shape>();
  const stack: Shape[] = [mapping];
  for (let shape = stack.pop(); shape !== undefined; shape = stack.pop()) {
    if (seen.has(shape)) continue;
    seen.add(shape);
    let sources: readonly Node[] = [];
    if (shape.is === 'mapping') {
      const entry = shape.entries.get(name);
      if (entry !== undefined) return entry;
      sources = shape.merges;
    } else if (shape.is === 'sequence') sources = shape.items;
    for (const source of sources.toReversed()) stack.push(shapeOf(tree, target(tree, source)));
  }
  return undefined;
}

/** The node that an alias repeats; any other node is its own target. */
function target(tree: Tree, node: Node): Node {
  if (node.kind !== NOTHING || typeof node.value !== 'object' || node.value === null) return node;
  if (tree.anchored === undefined) {
    const anchored = new Map<unknown, Node>();
    const { steps } = tree.trace;
    for (let step = 0; step < steps.length; step++) {
      if ((steps[step] ?? 0) >= 0) continue;
      const each = nodeAt(tree.trace, tree.links, step);
      if (each.kind >= MAPPING) anchored.set(each.value, each);
    }
    tree.anchored = anchored;
  }
  return tree.anchored.get(node.value) ?? node;
}

function shapeOf(tree: Tree, node: Node): Shape {
  node.shape ??= makeShape(tree, node);
  return node.shape;
}

function makeShape(tree: Tree, node: Node): Shape {
  const { source } = tree;
  const head = headOf(source, node);
  const { outer, start } = head;
  if (node.kind === SCALAR) {
    const c = source.charCodeAt(start);
    const end =
      c === PIPE || c === GREATER
        ? endOfBlockScalar(source, node, start)
        : trimEnd(source, start, node.close);
    return { is: 'scalar', outer, start, end };
  }
  if (node.kind === NOTHING) {
    if (start < node.close && source.charCodeAt(start) === ASTERISK) {
      return { is: 'alias', outer, start, end: endOfName(source, start) };
    }
    const at = head.propertiesEnd === -1 ? node.point : head.propertiesEnd;
    return { is: 'empty', outer: Math.min(outer, at), start: at, end: at };
  }
  return shapeCollection(tree, node, head);
}

function shapeCollection(tree: Tree, node: Node, head: Head): Shape {
  const { source } = tree;
  const children = unwrap(tree, node, head.start);
  const first = children[0];
  if (node.kind === SEQUENCE) {
    const { outer, start } = head;
    if (source.charCodeAt(start) === OPEN_BRACKET) {
      const items = flowItems(tree, start, children);
      return { is: 'sequence', outer, start, end: trimEnd(source, start, node.close), items };
    }
    const items = blockItems(source, start, node.close, children);
    return { is: 'sequence', outer, start, end: endOf(tree, items.at(-1), start), items };
  }
  if (source.charCodeAt(head.start) === OPEN_BRACE && (first === undefined || first.open > head.start)) {
    const { outer, start } = head;
    const entries = keyed(tree, flowEntries(source, start, children));
    return { is: 'mapping', outer, start, end: trimEnd(source, start, node.close), ...entries };
  }
  // The anchor and tag in front of an implicit first key are the key's own.
  const start = first === undefined ? head.start : Math.min(head.start, first.open);
  const entries = blockEntries(tree, start, children);
  const end = endOf(tree, entries.at(-1)?.value, start);
  return { is: 'mapping', outer: Math.min(head.outer, start), start, end, ...keyed(tree, entries) };
}

function endOf(tree: Tree, last: Node | undefined, otherwise: number): number {
  return last === undefined ? otherwise : shapeOf(tree, last).end;
}

/**
 * The children of a collection. In block style the parser first tries to read a value as the first key of a mapping;
 * when no colon follows, the key becomes the value, and stands in the trace as the only child of itself.
 */
function unwrap(tree: Tree, node: Node, start: number): readonly Node[] {
  let children = childrenOf(tree, node);
  for (;;) {
    const [only] = children;
    if (only === undefined || children.length > 1 || only.kind < MAPPING) return children;
    if (only.open > start || headOf(tree.source, only).start !== start) return children;
    children = childrenOf(tree, only);
  }
}

interface Head {
  readonly outer: number;
  readonly start: number;
  /** End of the last anchor or tag; -1 when there is none. */
  readonly propertiesEnd: number;
}

/** Skips white space, comments, anchors and tags in front of a node. */
function headOf(source: string, node: Node): Head {
  let outer = -1;
  let propertiesEnd = -1;
  let at = skipSeparation(source, node.open, node.close);
  for (;;) {
    const c = source.charCodeAt(at);
    if (at >= node.close || (c !== AMPERSAND && c !== EXCLAMATION)) break;
    if (outer === -1) outer = at;
    if (c === AMPERSAND) at = endOfName(source, at);
    else if (source.charCodeAt(at + 1) === LESS) at = source.indexOf('>', at) + 1;
    else while (!isSpace(source.charCodeAt(at))) at++;
    propertiesEnd = at;
    at = skipSeparation(source, at, node.close);
  }
  return { outer: outer === -1 ? at : outer, start: at, propertiesEnd };
}

/** Items of a list in block style: a dash each. Empty ones are not in the trace when they end at the line's end. */
function blockItems(source: string, start: number, close: number, children: readonly Node[]): Node[] {
  const items: Node[] = [];
  let taken = 0;
  let dash = start;
  while (dash < close && source.charCodeAt(dash) === DASH) {
    const behind = dash + 1;
    const next = skipSeparation(source, behind, close);
    const child = children[taken];
    if (child !== undefined && child.open === next) {
      taken++;
      items.push(settle(child, start, behind));
      dash = skipSeparation(source, child.close, close);
    } else {
      items.push(settle(nothingAt(behind), start, behind));
      dash = next;
    }
  }
  return items;
}

function settle(node: Node, around: number, point: number): Node {
  node.around = around;
  node.point = point;
  return node;
}

/** Entries of a mapping in block style. What stands directly before a child tells what it is. */
function blockEntries(tree: Tree, start: number, children: readonly Node[]): Entry[] {
  const { source } = tree;
  const entries: Entry[] = [];
  for (let index = 0; index < children.length; index++) {
    const key = children[index];
    if (key === undefined) break;
    settle(key, start, key.open);
    const explicit = source.charCodeAt(key.open - 1) === QUESTION;
    let value = children[index + 1];
    if (value !== undefined && source.charCodeAt(value.open - 1) === COLON) {
      index++;
      settle(value, start, value.open);
    } else if (explicit) {
      const { end } = shapeOf(tree, key);
      value = settle(nothingAt(end), start, end);
    } else break; // A try for one more key, at the end of the document.
    entries.push({ key, value, mark: explicit ? key.open - 1 : -1 });
  }
  return entries;
}

function flowEntries(source: string, start: number, children: readonly Node[]): Entry[] {
  return flowMembers(source, start, children).map((member) => entryOf(source, member));
}

/** Items of a list in flow style; `[a: b]` holds a mapping without braces. */
function flowItems(tree: Tree, start: number, children: readonly Node[]): Node[] {
  return flowMembers(tree.source, start, children).map((member) =>
    member.value === undefined && member.mark === -1 ? member.key : bracelessMapping(tree, member),
  );
}

function bracelessMapping(tree: Tree, member: Member): Node {
  const entry = entryOf(tree.source, member);
  const { key, value, mark } = entry;
  const start = mark === -1 ? shapeOf(tree, key).outer : mark;
  const { end } = shapeOf(tree, value);
  const shape = { is: 'mapping' as const, outer: start, start, end, ...keyed(tree, [entry]) };
  return {
    step: -1,
    open: start,
    close: end,
    kind: MAPPING,
    value: undefined,
    around: -1,
    point: start,
    shape,
  };
}

function entryOf(source: string, { key, value, mark }: Member): Entry {
  if (value !== undefined) return { key, value, mark };
  const keyEnd = trimEnd(source, key.open, key.close);
  return { key, value: nothingAt(Math.max(keyEnd, key.point)), mark };
}

interface Member {
  readonly key: Node;
  readonly value: Node | undefined;
  readonly mark: number;
}

/** What stands between the commas of a flow collection. */
function flowMembers(source: string, start: number, children: readonly Node[]): Member[] {
  const members: Member[] = [];
  const stop = source.length;
  let at = skipSeparation(source, start + 1, stop);
  for (let index = 0; index < children.length; index++) {
    const key = children[index];
    if (key === undefined) break;
    let mark = -1;
    if (source.charCodeAt(at) === QUESTION && key.open > at) mark = at;
    settle(key, start, mark === -1 ? at : mark + 1);
    at = skipSeparation(source, key.close, stop);
    let value: Node | undefined;
    if (source.charCodeAt(at) === COLON) {
      value = children[++index];
      if (value === undefined) break;
      settle(value, start, at + 1);
      at = skipSeparation(source, value.close, stop);
    }
    members.push({ key, value, mark });
    if (source.charCodeAt(at) === COMMA) at = skipSeparation(source, at + 1, stop);
  }
  return members;
}

function keyed(tree: Tree, list: readonly Entry[]): Entries {
  const entries = new Map<string, Entry>();
  const merges: Node[] = [];
  for (const entry of list) {
    if (isMerge(tree, entry.key)) {
      merges.push(entry.value);
      if (!entries.has('<<')) entries.set('<<', entry);
    } else entries.set(keyName(entry.key.value), entry);
  }
  return { entries, merges };
}

function isMerge(tree: Tree, key: Node): boolean {
  if (key.value !== '<<' || key.kind !== SCALAR) return false;
  const { outer, start } = shapeOf(tree, key);
  const properties = tree.source.slice(outer, start);
  return properties.includes('!') ? properties.includes('merge') : tree.source.charCodeAt(start) === LESS;
}

/** The property name that js-yaml makes of a key. */
function keyName(key: unknown): string {
  if (typeof key === 'string') return key;
  if (Array.isArray(key)) return String(key.map((item) => (isPlainObject(item) ? '[object Object]' : item)));
  return isPlainObject(key) ? '[object Object]' : String(key);
}

function isPlainObject(value: unknown): boolean {
  return Object.prototype.toString.call(value) === '[object Object]';
}

/**
 * End of a block scalar. Empty lines behind it belong to it only when it keeps them (`|+`); a line of spaces is empty
 * when it is not indented further than the text.
 */
function endOfBlockScalar(source: string, node: Node, start: number): number {
  const headerEnd = lineEnd(source, start);
  const header = /[|>][-+0-9]*/y;
  header.lastIndex = start;
  const indicators = header.exec(source)?.[0] ?? '';
  let next = node.close;
  while (source.charCodeAt(next - 1) === SPACE) next--;
  if (indicators.includes('+')) return next;
  let indent = -1;
  while (next > headerEnd) {
    const end =
      source.charCodeAt(next - 1) === LF && source.charCodeAt(next - 2) === CR ? next - 2 : next - 1;
    if (end <= headerEnd) break;
    const from = lineStart(source, end);
    if (from < end) {
      let at = from;
      while (at < end && source.charCodeAt(at) === SPACE) at++;
      if (at < end) return end;
      if (indent === -1) indent = blockIndent(source, node, headerEnd, indicators);
      if (end - from > indent) return end;
    }
    next = from;
  }
  return start + indicators.length;
}

/** Spaces before the text of a block scalar. */
function blockIndent(source: string, node: Node, headerEnd: number, indicators: string): number {
  const column = node.around === -1 ? -1 : node.around - lineStart(source, node.around);
  const digit = /[0-9]/.exec(indicators);
  if (digit !== null) return column + Number(digit[0]);
  let indent = column + 1;
  let at = headerEnd;
  while (at < source.length) {
    at += source.startsWith('\r\n', at) ? 2 : 1;
    const from = at;
    while (source.charCodeAt(at) === SPACE) at++;
    indent = Math.max(indent, at - from);
    if (!isLineBreak(source.charCodeAt(at))) break;
  }
  return indent;
}

/** Skips white space, line breaks and comments, as far as `stop`. */
function skipSeparation(source: string, from: number, stop: number): number {
  let at = from;
  while (at < stop) {
    const c = source.charCodeAt(at);
    if (c === NUMBER_SIGN) at = lineEnd(source, at);
    else if (isSpace(c)) at++;
    else break;
  }
  return Math.min(at, stop);
}

function trimEnd(source: string, start: number, from: number): number {
  let end = Math.min(from, source.length);
  while (end > start && isSpace(source.charCodeAt(end - 1))) end--;
  return end;
}

/** End of an anchor or alias that begins at `start`. */
function endOfName(source: string, start: number): number {
  const name = /[&*][^ \t\r\n,[\]{}]*/y;
  name.lastIndex = start;
  return start + (name.exec(source)?.[0].length ?? 0);
}

function lineStart(source: string, at: number): number {
  let start = at;
  while (start > 0 && !isLineBreak(source.charCodeAt(start - 1))) start--;
  return start;
}

function lineEnd(source: string, from: number): number {
  let end = from;
  while (end < source.length && !isLineBreak(source.charCodeAt(end))) end++;
  return end;
}

function isLineBreak(c: number): boolean {
  return c === LF || c === CR;
}

function isSpace(c: number): boolean {
  return c === SPACE || c === LF || c === CR || c === TAB;
}

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const EXCLAMATION = 0x21;
const NUMBER_SIGN = 0x23;
const AMPERSAND = 0x26;
const ASTERISK = 0x2a;
const COMMA = 0x2c;
const DASH = 0x2d;
const COLON = 0x3a;
const LESS = 0x3c;
const GREATER = 0x3e;
const QUESTION = 0x3f;
const OPEN_BRACKET = 0x5b;
const OPEN_BRACE = 0x7b;
const PIPE = 0x7c;
