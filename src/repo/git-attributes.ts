import type { Span } from '../card/position.js';

/** Set (`filter`), unset (`-filter`), back to unspecified (`!filter`), or a value (`filter=lfs`). */
export type AttributeState = true | false | null | string;

/** An attribute of a path, and the line that decides it. */
export interface Attribute {
  readonly state: AttributeState;
  /** As written, quotes included. */
  readonly pattern: string;
  /** The line without its indentation and line break, as offsets in the text. */
  readonly line: Span;
}

/** Git ignores longer lines (2.39, ATTR_MAX_LINE_LENGTH). */
const LONGEST_LINE = 2048;

/**
 * The attributes that the `.gitattributes` at the root of a repository gives to a file, by name, as Git reads it
 * (gitattributes(5), attr.c and wildmatch.c of Git 2.39): later lines win over earlier ones, and later attributes over earlier
 * ones in a line; macros (`[attr]name`) are expanded; case counts.
 * @param path Of the file, relative to the root, with forward slashes.
 */
export function attributesOf(text: string, path: string): ReadonlyMap<string, Attribute> {
  const lines = linesOf(text);
  const macros = new Map<string, readonly Assignment[]>([['binary', BINARY]]);
  for (const { macro, assignments } of lines) if (macro !== undefined) macros.set(macro, assignments);

  const found = new Map<string, Attribute>();
  const assign = (line: Line): void => {
    // From the last to the first; what a macro stands for comes in its place.
    const pending = [...line.assignments];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const { name, state } = next;
      if (found.has(name)) continue;
      found.set(name, { state, pattern: line.written, line: line.span });
      const macro = state === true ? macros.get(name) : undefined;
      for (const each of macro ?? []) pending.push(each);
    }
  };
  for (const line of lines.toReversed()) {
    if (line.macro === undefined && matchesPattern(line.pattern, path)) assign(line);
  }
  return found;
}

/** Git knows one macro by itself. */
const BINARY: readonly Assignment[] = ['diff', 'merge', 'text'].map((name) => ({ name, state: false }));

interface Assignment {
  readonly name: string;
  readonly state: AttributeState;
}

interface Line {
  /** Name of the macro that the line defines, in the place of a pattern. */
  readonly macro: string | undefined;
  /** Without quotes. */
  readonly pattern: string;
  readonly written: string;
  readonly assignments: readonly Assignment[];
  readonly span: Span;
}

function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  let start = text.startsWith('\uFEFF') ? 1 : 0;
  while (start < text.length) {
    const lineBreak = text.indexOf('\n', start);
    const end = lineBreak === -1 ? text.length : lineBreak;
    const line = end - start > LONGEST_LINE ? undefined : parseLine(text.slice(start, end), start);
    if (line !== undefined) lines.push(line);
    start = end + 1;
  }
  return lines;
}

/** Undefined for lines that are empty, comments, or such as Git ignores with a warning. */
function parseLine(source: string, offset: number): Line | undefined {
  const indent = source.length - source.trimStart().length;
  const content = source.trim();
  if (content === '' || content.startsWith('#')) return undefined;
  const isMacro = content.startsWith('[attr]');
  const head = isMacro ? content.slice('[attr]'.length).trimStart() : content;
  const quoted = isMacro ? undefined : unquote(head);
  const written = quoted?.written ?? /^[^ \t\r]*/.exec(head)?.[0] ?? '';
  const assignments: Assignment[] = [];
  for (const word of head.slice(written.length).split(/[ \t\r]+/)) {
    if (word === '') continue;
    const assignment = parseAssignment(word);
    if (assignment === undefined) return undefined;
    assignments.push(assignment);
  }
  const pattern = quoted?.text ?? written;
  if (isMacro ? !isName(written) : pattern.startsWith('!')) return undefined;
  const start = offset + indent;
  const span = { start, end: start + content.length };
  return { macro: isMacro ? written : undefined, pattern, written, assignments, span };
}

function parseAssignment(word: string): Assignment | undefined {
  const sign = word.charAt(0);
  const bare = sign === '-' || sign === '!' ? word.slice(1) : word;
  const equals = bare.indexOf('=');
  const name = equals === -1 ? bare : bare.slice(0, equals);
  if (!isName(name)) return undefined;
  if (sign === '-') return { name, state: false };
  if (sign === '!') return { name, state: null };
  return { name, state: equals === -1 ? true : bare.slice(equals + 1) };
}

function isName(name: string): boolean {
  return /^[A-Za-z0-9_.][-A-Za-z0-9_.]*$/.test(name) && !name.startsWith('builtin_');
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** A pattern in double quotes, as in C; undefined when there are none, or they are wrong. */
function unquote(head: string): { readonly written: string; readonly text: string } | undefined {
  const written = /^"(?:[^"\\]|\\(?:["\\abfnrtv]|[0-3][0-7]{2}))*"/.exec(head)?.[0];
  if (written === undefined) return undefined;
  const text = written
    .slice(1, -1)
    .replace(/\\([0-3][0-7]{2}|.)/g, (_, escaped: string) =>
      escaped.length === 3 ? String.fromCharCode(Number.parseInt(escaped, 8)) : (ESCAPES[escaped] ?? escaped),
    );
  return { written, text };
}

/** A pattern without a slash is matched with the file's name alone; one that ends in a slash means folders, never a file. */
function matchesPattern(pattern: string, path: string): boolean {
  if (pattern.endsWith('/')) return false;
  if (!pattern.includes('/')) return wildmatch(pattern, path.slice(path.lastIndexOf('/') + 1), false);
  return wildmatch(pattern.startsWith('/') ? pattern.slice(1) : pattern, path, true);
}

type Step =
  | { readonly kind: 'one'; readonly test: (character: string) => boolean }
  /** Any run of what `test` takes, also none. */
  | { readonly kind: 'run'; readonly test: (character: string) => boolean }
  /** Any folders, also none: with the next step, which goes on behind a slash. */
  | { readonly kind: 'folders' }
  | { readonly kind: 'inside-folders' };

/** Follows all ways through the pattern at once, so that the time is at most pattern times text. */
function wildmatch(pattern: string, text: string, slashes: boolean): boolean {
  const steps = stepsOf(pattern, slashes);
  if (steps === undefined) return false;
  const enter = (set: Set<number>, at: number): void => {
    if (set.has(at)) return;
    set.add(at);
    const kind = steps[at]?.kind;
    if (kind === 'run') enter(set, at + 1);
    if (kind === 'folders') {
      enter(set, at + 1);
      enter(set, at + 2);
    }
  };
  let active = new Set<number>();
  enter(active, 0);
  for (const character of text) {
    const next = new Set<number>();
    for (const at of active) {
      const step = steps[at];
      if (step?.kind === 'one' && step.test(character)) enter(next, at + 1);
      if (step?.kind === 'run' && step.test(character)) enter(next, at);
      if (step?.kind === 'inside-folders') {
        next.add(at);
        if (character === '/') enter(next, at + 1);
      }
    }
    active = next;
    if (active.size === 0) return false;
  }
  return active.has(steps.length);
}

/** Undefined when no text matches: brackets that are not closed, a backslash at the end. */
function stepsOf(pattern: string, slashes: boolean): Step[] | undefined {
  const characters = [...pattern];
  const steps: Step[] = [];
  const anything = (character: string) => !slashes || character !== '/';
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] ?? '';
    if (character === '*') {
      const first = at;
      while (characters[at + 1] === '*') at++;
      const next = characters[at + 1];
      const whole = (first === 0 || characters[first - 1] === '/') && (next === undefined || next === '/');
      if (at === first || (slashes && !whole)) steps.push({ kind: 'run', test: anything });
      else if (slashes && next === '/') {
        steps.push({ kind: 'folders' }, { kind: 'inside-folders' });
        at++;
      } else steps.push({ kind: 'run', test: () => true });
    } else if (character === '?') {
      steps.push({ kind: 'one', test: anything });
    } else if (character === '[') {
      const set = readSet(characters, at + 1);
      if (set === undefined) return undefined;
      steps.push({ kind: 'one', test: (other) => anything(other) && set.test(other) });
      at = set.end;
    } else {
      const literal = character === '\\' ? characters[++at] : character;
      if (literal === undefined) return undefined;
      steps.push({ kind: 'one', test: (other) => other === literal });
    }
  }
  return steps;
}

const CLASSES: ReadonlyMap<string, RegExp> = new Map([
  ['alnum', /[A-Za-z0-9]/],
  ['alpha', /[A-Za-z]/],
  ['blank', /[ \t]/],
  ['cntrl', /\p{Cc}/u],
  ['digit', /[0-9]/],
  ['graph', /[!-~]/],
  ['lower', /[a-z]/],
  ['print', /[ -~]/],
  ['punct', /[!-/:-@[-`{-~]/],
  ['space', /[ \t\n\v\f\r]/],
  ['upper', /[A-Z]/],
  ['xdigit', /[A-Fa-f0-9]/],
]);

/** What stands between brackets, and the index of the closing one. */
function readSet(
  characters: readonly string[],
  from: number,
): { readonly test: (character: string) => boolean; readonly end: number } | undefined {
  const tests: ((character: string) => boolean)[] = [];
  const negated = characters[from] === '!' || characters[from] === '^';
  const first = negated ? from + 1 : from;
  let last: string | undefined;
  let at = first;
  for (; at === first || characters[at] !== ']'; at++) {
    let character = characters[at];
    if (character === '[' && characters[at + 1] === ':') {
      const close = characters.indexOf(']', at + 2);
      if (close === -1) return undefined;
      if (close > at + 2 && characters[close - 1] === ':') {
        const pattern = CLASSES.get(characters.slice(at + 2, close - 1).join(''));
        if (pattern === undefined) return undefined;
        tests.push((other) => pattern.test(other));
        last = undefined;
        at = close;
        continue;
      }
    } else if (
      character === '-' &&
      last !== undefined &&
      characters[at + 1] !== undefined &&
      characters[at + 1] !== ']'
    ) {
      at++;
      const low = last;
      const high = characters[at] === '\\' ? characters[++at] : characters[at];
      if (high === undefined) return undefined;
      tests.push((other) => other >= low && other <= high);
      last = undefined;
      continue;
    } else if (character === '\\') character = characters[++at];
    if (character === undefined) return undefined;
    const literal = character;
    tests.push((other) => other === literal);
    last = literal;
  }
  return { test: (character) => tests.some((test) => test(character)) !== negated, end: at };
}
