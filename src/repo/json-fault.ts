import type { Span } from '../card/position.js';

/** The first place where a text stops being JSON. */
export interface JsonFault {
  /** What is there, in a few words that can end a sentence. */
  readonly reason: string;
  readonly span: Span;
  /** What Python writes and reads although JSON has no word for it: `NaN`, `Infinity`, `-Infinity`. */
  readonly python?: true;
  /** The comma with nothing behind it; without it the text may be JSON. */
  readonly surplus?: Span;
}

/** What may come next. */
type Expected =
  | 'value'
  | 'value-or-close'
  | 'name'
  | 'name-or-close'
  | 'colon'
  | 'comma-or-close'
  | 'nothing';

/** Words of Python and JavaScript, with what JSON writes instead. */
const FOREIGN: Readonly<Record<string, string>> = {
  True: 'true',
  False: 'false',
  None: 'null',
  undefined: 'null',
};

const PYTHON_NUMBERS: ReadonlySet<string> = new Set(['NaN', 'Infinity', '-Infinity']);

/**
 * Finds out why a text is no JSON, where it is none. The parser of the runtime names neither place nor reason in a way
 * that stays the same from version to version. Looks at each character once; needs memory for one open bracket each, so
 * the depth is limited by the caller.
 */
export function findJsonFault(text: string): JsonFault | undefined {
  const open: ('{' | '[')[] = [];
  let expected: Expected = 'value';
  let comma = -1;
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  const afterValue = (): Expected => (open.length === 0 ? 'nothing' : 'comma-or-close');

  for (;;) {
    at = skipSpace(text, at);
    const character = text.charAt(at);
    if (character === '') {
      if (expected === 'nothing') return undefined;
      const empty = open.length === 0 && expected === 'value';
      return { reason: empty ? 'it is empty' : 'it ends too soon', span: { start: at, end: at } };
    }
    const closes = character === '}' || character === ']';
    if (closes && open.at(-1) === (character === '}' ? '{' : '[')) {
      if (expected === 'comma-or-close' || expected === 'value-or-close' || expected === 'name-or-close') {
        open.pop();
        expected = afterValue();
        at++;
        continue;
      }
      if (comma !== -1 && (expected === 'value' || expected === 'name')) {
        const span = { start: comma, end: comma + 1 };
        return { reason: 'there is a comma with nothing behind it', span, surplus: span };
      }
    }
    switch (expected) {
      case 'nothing':
        return found(text, at, 'something follows the end of the value');
      case 'colon':
        if (character !== ':') return found(text, at, 'a colon is missing before');
        expected = 'value';
        comma = -1;
        at++;
        break;
      case 'comma-or-close':
        if (character !== ',') return found(text, at, 'a comma or closing bracket is missing before');
        comma = at;
        expected = open.at(-1) === '{' ? 'name' : 'value';
        at++;
        break;
      case 'name':
      case 'name-or-close': {
        if (character !== '"') return found(text, at, 'a name in double quotes is missing before');
        const end = stringEnd(text, at);
        if (typeof end !== 'number') return end;
        at = end;
        expected = 'colon';
        break;
      }
      default:
        if (character === '{' || character === '[') {
          open.push(character);
          expected = character === '{' ? 'name-or-close' : 'value-or-close';
          at++;
        } else {
          const end = character === '"' ? stringEnd(text, at) : wordEnd(text, at);
          if (typeof end !== 'number') return end;
          at = end;
          expected = afterValue();
        }
    }
  }
}

function skipSpace(text: string, start: number): number {
  let at = start;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return at;
    at++;
  }
}

/** Longest word that is looked at; no literal of JSON that means something is longer. */
const LONGEST_WORD = 400;

const NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;

/** The end of the number or literal that begins here, or the fault. */
function wordEnd(text: string, start: number): number | JsonFault {
  const word = /^[^\s,:[\]{}"']*/.exec(text.slice(start, start + LONGEST_WORD))?.[0] ?? '';
  const span = { start, end: start + word.length };
  if (word === 'true' || word === 'false' || word === 'null' || NUMBER.test(word)) return span.end;
  if (PYTHON_NUMBERS.has(word)) return { reason: `JSON has no ${word}`, span, python: true };
  const instead = Object.hasOwn(FOREIGN, word) ? FOREIGN[word] : undefined;
  if (instead !== undefined) return { reason: `JSON writes ${instead}, not ${word}`, span };
  return found(text, start, 'a value cannot begin with');
}

const ESCAPE = /^\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/;

/** The offset behind the string that begins here, or the fault. */
function stringEnd(text: string, start: number): number | JsonFault {
  let at = start + 1;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at + 1;
    if (Number.isNaN(code) || code === LINE_FEED || code === CARRIAGE_RETURN) {
      return { reason: 'a string has no closing quote on its line', span: { start, end: at } };
    }
    if (code < 0x20) {
      return { reason: 'a string holds a control character', span: { start: at, end: at + 1 } };
    }
    if (code === BACKSLASH) {
      const sequence = ESCAPE.exec(text.slice(at, at + 6))?.[0];
      if (sequence === undefined) {
        return {
          reason: 'a backslash in a string stands before something JSON does not escape',
          span: { start: at, end: Math.min(at + 2, text.length) },
        };
      }
      at += sequence.length;
    } else at++;
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

function found(text: string, start: number, what: string): JsonFault {
  const rest = text.slice(start, start + 7);
  if (/^(?:<{7}|={7}|>{7})/.test(rest)) {
    return { reason: 'a merge conflict was left in it', span: { start, end: start + 7 } };
  }
  if (/^(?:\/\/|\/\*|#)/.test(rest)) {
    return { reason: 'JSON has no comments', span: { start, end: start + (rest.startsWith('#') ? 1 : 2) } };
  }
  const character = String.fromCodePoint(text.codePointAt(start) ?? 0);
  if (character === "'") {
    return { reason: 'JSON has double quotes alone', span: { start, end: start + 1 } };
  }
  const shown = /^[!-~]$/.test(character) ? character : 'an odd character';
  const reason = what.startsWith('something') ? what : `${what} ${shown}`;
  return { reason, span: { start, end: start + character.length } };
}
