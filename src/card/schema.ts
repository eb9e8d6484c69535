import { FAILSAFE_SCHEMA, type Schema, Type, type TypeConstructorOptions, types } from 'js-yaml';
import { isReadOtherwise } from './python-yaml.js';

type Name = 'null' | 'bool' | 'int' | 'float' | 'timestamp' | 'merge' | 'binary' | 'omap' | 'pairs' | 'set';
/** A type as js-yaml makes it: what the options left out is filled in. */
type Complete = Type & { readonly tag: string } & Required<
    Pick<TypeConstructorOptions, 'resolve' | 'construct'>
  >;

declare module 'js-yaml' {
  /** The types of the default schema; js-yaml exports them, its type declarations do not. */
  export const types: Readonly<Record<Name, Complete>>;
}

/** What a plain scalar may be beside a string and a merge key, in the order in which js-yaml asks for them. */
const IN_ORDER = [types.null, types.bool, types.int, types.float, types.timestamp];

/** The words that are no strings to js-yaml, or to readers of YAML 1.1. */
const WORDS: ReadonlySet<string> = new Set([
  ...['~', '<<', '=', 'null', 'true', 'false', 'yes', 'no', 'on', 'off'],
  ...['Null', 'True', 'False', 'Yes', 'No', 'On', 'Off', 'NULL', 'TRUE', 'FALSE', 'YES', 'NO', 'ON', 'OFF'],
]);
const LONGEST_WORD = 5;

/** How words begin, in capitals or not: five bits of the first two characters each. */
const WORD_BEGINNINGS = new Uint8Array(1024);
for (const word of WORDS) WORD_BEGINNINGS[twoCharacters(word)] = 1;

function twoCharacters(word: string): number {
  return ((word.charCodeAt(0) & 31) << 5) | (word.charCodeAt(1) & 31);
}

/** What a plain scalar may be beside a string, by the code of its first character. */
const BEGINNINGS = new Uint8Array(128);
const WORD = 1;
const NUMBER = 2;
for (const word of WORDS) BEGINNINGS[word.charCodeAt(0)] = WORD;
for (const character of '-+.0123456789') BEGINNINGS[character.charCodeAt(0)] = NUMBER;

/** The one that the last plain scalar was; null for a decimal number. */
let resolved: Complete | null = null;
let ambiguous = false;

/**
 * All of them as one type, which costs less than to ask each about every plain scalar. It has the tag of the first; what a tag
 * in the YAML names is looked up among the explicit types.
 */
const PLAIN = new Type(types.null.tag, {
  kind: 'scalar',
  resolve(data: string | null) {
    if (data !== null) {
      const beginning = BEGINNINGS[data.charCodeAt(0)];
      if (beginning === WORD) {
        if (data.length > LONGEST_WORD || WORD_BEGINNINGS[twoCharacters(data)] !== 1) return false;
        if (!WORDS.has(data)) return false;
      } else if (beginning !== NUMBER) return false;
      else if (isDecimal(data)) {
        resolved = null;
        return true;
      }
    }
    const type = typeOf(data);
    if (data !== null && isReadOtherwise(data, type === undefined ? data : type.construct(data)))
      ambiguous = true;
    if (type === undefined) return false;
    resolved = type;
    return true;
  },
  construct: (data: string | null) => (resolved === null ? Number(data) : resolved.construct(data)),
});

function typeOf(data: string | null): Complete | undefined {
  for (const type of IN_ORDER) if (type.resolve(data)) return type;
  return undefined;
}

/** js-yaml's default schema, which reads every value as that does. */
export const SCHEMA: Schema = FAILSAFE_SCHEMA.extend({
  implicit: [PLAIN, types.merge],
  explicit: [...IN_ORDER, types.binary, types.omap, types.pairs, types.set],
});

/** Whether a plain scalar that was read since the last call may be something else to readers of YAML 1.1. */
export function takeAmbiguous(): boolean {
  const was = ambiguous;
  ambiguous = false;
  return was;
}

/** Longest decimal numbers that all readers keep as they are: without a point, and with one. */
const LONGEST_WHOLE = 15;
const LONGEST_DECIMAL = 40;

/** Whether a scalar is a decimal number without an exponent or needless zeros, as most are: the same to all readers. */
function isDecimal(data: string): boolean {
  const { length } = data;
  const start = data.charCodeAt(0) === HYPHEN ? 1 : 0;
  let at = start;
  while (isDigit(data.charCodeAt(at))) at++;
  if (at === start || (data.charCodeAt(start) === ZERO && at > start + 1)) return false;
  // A zero with a sign has none to js-yaml when it has no point either.
  if (at === length) return length <= LONGEST_WHOLE && data !== '-0';
  if (data.charCodeAt(at) !== POINT || length > LONGEST_DECIMAL) return false;
  do at++;
  while (isDigit(data.charCodeAt(at)));
  return at === length;
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE;
}

const HYPHEN = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
