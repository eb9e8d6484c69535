import { type EventType, type LoadOptions, load, type State, YAMLException } from 'js-yaml';
import {
  inMessage,
  MAX_DEPTH,
  MAX_EXPANDED_LENGTH,
  MAX_EXPANDED_NODES,
  MAX_MERGED_ENTRIES,
  MAX_NODES,
} from './limits.js';
import type { Span } from './position.js';
import { SCHEMA, takeAmbiguous } from './schema.js';

/** A bound on hostile YAML; the limits themselves stand in limits.ts. */
export type YamlLimit = 'depth' | 'aliases' | 'nodes';

/**
 * What the parser did, step by step: one number for the start of each node it tried (`-1 - offset`), one for the end
 * (`offset * 4 + kind`). Tries that came to nothing are in it too; positions.ts sorts them out.
 */
export interface YamlTrace {
  /** The YAML as the parser saw it: no byte-order mark, a line break at the end. Offsets count from here. */
  readonly source: string;
  /** Code units in front of `source` in the text given: 1 for a byte-order mark, else 0. */
  readonly skipped: 0 | 1;
  readonly steps: readonly number[];
  /** The value of each node, in the order of their ends. */
  readonly values: readonly unknown[];
}

/** Kind of a node in a trace: an alias or an empty node, to which the parser gives none. */
export const NOTHING = 0;
/** Kind of a node in a trace: a scalar. */
export const SCALAR = 1;
/** Kind of a node in a trace: a mapping. */
export const MAPPING = 2;
/** Kind of a node in a trace: a sequence. */
export const SEQUENCE = 3;

/** A YAML text, read: its value and trace, or what is wrong and where (offsets in the text given). */
export type YamlReading =
  | {
      readonly kind: 'value';
      readonly value: unknown;
      readonly trace: YamlTrace;
      /** Whether a scalar without quotes may be something else to readers of YAML 1.1. */
      readonly ambiguous: boolean;
    }
  | {
      readonly kind: 'fault';
      readonly reason: string;
      readonly message: string;
      readonly span: Span;
      readonly limit?: YamlLimit;
    };

declare module 'js-yaml' {
  // Parts of js-yaml 4.3 that its type declarations do not know.
  export interface LoadOptions {
    maxDepth?: number;
    maxTotalMergeKeys?: number;
  }
  export interface State {
    depth: number;
  }
}

/**
 * The parser counts a value inside the innermost collection, and each try to read a value as a key, as levels of their
 * own. Every value within MAX_DEPTH stays below this; what is deeper but gets through is measured afterwards.
 */
const PARSER_DEPTH = MAX_DEPTH + 3;

/**
 * Reads YAML 1.2 as the Hub does: js-yaml 4 with its default schema, one document. An empty document is null. Never
 * throws: a fault in the YAML or a limit passed is a reading too.
 */
export function readYaml(yaml: string): YamlReading {
  const bom = yaml.charCodeAt(0) === 0xfeff ? 1 : 0;
  const steps: number[] = [];
  const values: unknown[] = [];
  let lastAlias = -1;
  let deepest = -1;
  let aliasedKeys: AliasedKeys | null = null;

  const options: LoadOptions = {
    listener(event: EventType, state: State): void {
      if (event === 'open') {
        if (state.depth > MAX_DEPTH) deepest = state.position;
        steps.push(-1 - state.position);
        return;
      }
      const { kind, result } = state;
      if (kind === 'scalar') steps.push(state.position * 4 + SCALAR);
      else if (kind === 'mapping') steps.push(state.position * 4 + MAPPING);
      else if (kind === 'sequence') steps.push(state.position * 4 + SEQUENCE);
      else {
        steps.push(state.position * 4 + NOTHING);
        if (result !== null) {
          const open = steps[steps.length - 2] ?? 0;
          if (open < 0) lastAlias = -1 - open;
          aliasedKeys ??= countAliasedKeys();
          if (aliasedKeys(result) > MAX_EXPANDED_LENGTH)
            throw new LimitPassed('aliases', TOO_LONG, lastAlias);
        }
      }
      if (values.push(result) > MAX_NODES) throw new LimitPassed('nodes', TOO_MANY_NODES, state.position);
    },
    schema: SCHEMA,
    maxDepth: PARSER_DEPTH,
    maxTotalMergeKeys: MAX_MERGED_ENTRIES,
  };

  try {
    // What an earlier text left behind that could not be read to its end.
    takeAmbiguous();
    const value = load(yaml, options) ?? null;
    const ambiguous = takeAmbiguous();
    if (lastAlias !== -1 || deepest !== -1) checkExpanded(value, Math.max(lastAlias, deepest));
    const trace: YamlTrace = { source: sourceOf(yaml, bom), skipped: bom, steps, values };
    return { kind: 'value', value, trace, ambiguous };
  } catch (error) {
    return faultOf(error, sourceOf(yaml, bom), steps, bom, yaml.length);
  }
}

/** The text that js-yaml's offsets count in. */
function sourceOf(yaml: string, bom: 0 | 1): string {
  const last = yaml.charCodeAt(yaml.length - 1);
  const text = bom === 1 ? yaml.slice(1) : yaml;
  return last === 0x0a || last === 0x0d ? text : `${text}\n`;
}

const TOO_DEEP = `nested more than ${MAX_DEPTH} levels deep`;
const TOO_MANY_NODES = `more than ${inMessage(MAX_NODES)} keys and values`;
const TOO_MANY_EXPANDED = `aliases that expand to more than ${inMessage(MAX_EXPANDED_NODES)} values`;
const TOO_LONG = `aliases that expand to more than ${inMessage(MAX_EXPANDED_LENGTH)} characters`;
const ENDLESS = 'an alias inside the very value that it repeats';
const TOO_MANY_MERGED = `merge keys that copy more than ${inMessage(MAX_MERGED_ENTRIES)} entries`;

/** Ends a parse early; never leaves this file. */
class LimitPassed extends Error {
  constructor(
    readonly limit: YamlLimit,
    readonly reason: string,
    readonly position: number,
  ) {
    super(reason);
  }
}

type AliasedKeys = (aliased: unknown) => number;

/**
 * The parser turns a key that is an alias of a list into a string, however long the list, for each such key. Which
 * aliases are keys it does not say, so every alias of a list or of binary data is charged with that length. Returns
 * the sum so far.
 */
function countAliasedKeys(): AliasedKeys {
  const lengths = new Map<object, number>();
  let sum = 0;
  return (aliased) => {
    if (typeof aliased !== 'object' || aliased === null) return sum;
    let length = lengths.get(aliased);
    if (length === undefined) {
      length = 0;
      for (const item of Array.isArray(aliased) ? aliased : [aliased]) {
        length +=
          typeof item === 'string' ? item.length + 1 : item instanceof Uint8Array ? item.length * 4 : 1;
      }
      lengths.set(aliased, length);
    }
    sum += length;
    return sum;
  };
}

interface Extent {
  readonly nodes: number;
  readonly length: number;
  readonly depth: number;
}

/**
 * Refuses values that the parser shares between aliases but that a reader who follows each alias cannot finish, and
 * values too deep. `place` is where to point then.
 */
function checkExpanded(root: unknown, place: number): void {
  const extents = new Map<object, Extent | 'open'>();
  const measure = (value: unknown, level: number): Extent => {
    if (typeof value === 'string') return { nodes: 1, length: value.length, depth: 0 };
    if (value instanceof Uint8Array) return { nodes: 1, length: value.length, depth: 0 };
    if (typeof value !== 'object' || value === null || value instanceof Date) return SMALL;
    const known = extents.get(value);
    if (known === 'open') throw new LimitPassed('aliases', ENDLESS, place);
    if (level + (known === undefined ? 1 : known.depth) > MAX_DEPTH) {
      throw new LimitPassed('depth', TOO_DEEP, place);
    }
    if (known !== undefined) return known;
    extents.set(value, 'open');
    let nodes = 1;
    let length = 0;
    let depth = 0;
    const items: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
    for (const item of items) {
      const extent = measure(item, level + 1);
      nodes += extent.nodes;
      length += extent.length;
      if (extent.depth > depth) depth = extent.depth;
    }
    if (nodes > MAX_EXPANDED_NODES) throw new LimitPassed('aliases', TOO_MANY_EXPANDED, place);
    if (length > MAX_EXPANDED_LENGTH) throw new LimitPassed('aliases', TOO_LONG, place);
    const extent = { nodes, length, depth: depth + 1 };
    extents.set(value, extent);
    return extent;
  };
  measure(root, 0);
}

const SMALL: Extent = { nodes: 1, length: 0, depth: 0 };

function faultOf(
  error: unknown,
  source: string,
  steps: readonly number[],
  bom: 0 | 1,
  end: number,
): YamlReading {
  const shift = (span: Span): Span => ({
    start: Math.min(span.start + bom, end),
    end: Math.min(span.end + bom, end),
  });
  if (error instanceof LimitPassed) {
    return limitFault(error.limit, error.reason, shift(wordAt(source, error.position)));
  }
  if (!(error instanceof YAMLException)) {
    // Not known to happen: whatever the parser throws is still a fault of the card, at the node it was reading.
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: 'fault', reason, message: reason, span: shift(wordAt(source, innermostOpen(steps))) };
  }
  const { reason, message } = error;
  if (reason.startsWith('nesting exceeded')) {
    return limitFault('depth', TOO_DEEP, shift(wordAt(source, error.mark.position)));
  }
  if (reason.startsWith('merge keys exceeded')) {
    return limitFault('aliases', TOO_MANY_MERGED, shift(wordAt(source, error.mark.position)));
  }
  return { kind: 'fault', reason, message, span: shift(faultSpan(error, source, steps)) };
}

function limitFault(limit: YamlLimit, reason: string, span: Span): YamlReading {
  return { kind: 'fault', reason, message: reason, span, limit };
}

function faultSpan(error: YAMLException, source: string, steps: readonly number[]): Span {
  // Set by the parser at run time for every fault but this one, whatever the type declarations say.
  const mark: YAMLException['mark'] | undefined = error.mark;
  if (mark === undefined) return wordAt(source, secondDocument(source, steps));
  if (SEEN_BEHIND.test(error.reason)) return restOfLine(source, innermostOpen(steps));
  if (SEEN_BEHIND_NAME.test(error.reason)) return wordAt(source, skipBlanks(source, innermostOpen(steps)));
  if (error.reason === 'duplicated mapping key') return keyAt(source, mark.position);
  return wordAt(source, mark.position);
}

/** Faults that the parser sees at the end of the node, or of the text: what is wrong is the node it was in. */
const SEEN_BEHIND = /^(?:unexpected end of|the stream contains non-printable|expected valid JSON)/;
/** Faults of an alias or tag, which the parser sees behind it. */
const SEEN_BEHIND_NAME = /^(?:unidentified alias|unknown tag|unacceptable node kind|cannot resolve a node)/;

/** Start of the innermost node that the parser had not finished. */
function innermostOpen(steps: readonly number[]): number {
  let closed = 0;
  for (let index = steps.length - 1; index >= 0; index--) {
    const step = steps[index] ?? 0;
    if (step >= 0) closed++;
    else if (closed === 0) return -1 - step;
    else closed--;
  }
  return 0;
}

/** The separator in front of the second document; 0 when there is none. */
function secondDocument(source: string, steps: readonly number[]): number {
  let level = 0;
  for (const step of steps) {
    level += step < 0 ? 1 : -1;
    if (level > 0) continue;
    const separator = /^(?:---|\.\.\.)/gm;
    separator.lastIndex = Math.max(0, Math.floor(step / 4) - 1);
    return separator.exec(source)?.index ?? 0;
  }
  return 0;
}

/** Longest word that is pointed at whole. */
const LONGEST_WORD = 80;

/** The word at an offset or next on its line; behind the last word of the text, that word's last character. */
function wordAt(source: string, position: number): Span {
  const last = source.trimEnd().length - 1;
  if (position > last) return { start: Math.max(last, 0), end: last + 1 };
  let start = position;
  while (source.charCodeAt(start) === 0x20) start++;
  let end = start;
  while (end < start + LONGEST_WORD && !isBlank(source.charCodeAt(end))) end++;
  return start === end ? { start: position, end: position + 1 } : { start, end };
}

function keyAt(source: string, start: number): Span {
  const key = /"(?:[^"\\\r\n]|\\.)*"|'(?:[^'\r\n]|'')*'|[^\r\n]*?(?=[ \t]*:(?:\s|$))/y;
  key.lastIndex = start;
  const length = key.exec(source)?.[0].length ?? 0;
  return length === 0 ? wordAt(source, start) : { start, end: start + length };
}

function restOfLine(source: string, position: number): Span {
  const start = skipBlanks(source, position);
  const rest = /[^\r\n]*/y;
  rest.lastIndex = start;
  return { start, end: start + (rest.exec(source)?.[0].trimEnd().length ?? 0) };
}

function skipBlanks(source: string, position: number): number {
  let at = position;
  while (isBlank(source.charCodeAt(at))) at++;
  return at;
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d;
}
