/** How a language writes values. */
export interface Words {
  readonly true: string;
  readonly false: string;
  readonly null: string;
  /** A key of a mapping. */
  readonly key: (name: string) => string;
}

/** Lines longer than this are broken. */
const WIDTH = 88;

/** A JSON value as a literal, on one line where it fits. Texts in it that are `codes` become the code they stand for. */
export function literal(
  value: unknown,
  words: Words,
  indent = '',
  codes: Readonly<Record<string, string>> = {},
): string {
  const short = inLine(value, words, codes);
  if (short.length + indent.length <= WIDTH || !isNested(value)) return short;
  const deeper = `${indent}  `;
  const items = Array.isArray(value)
    ? value.map((one: unknown) => literal(one, words, deeper, codes))
    : Object.entries(value).map(([name, one]) => `${words.key(name)}: ${literal(one, words, deeper, codes)}`);
  // Many numbers would make many lines.
  if (Array.isArray(value) && value.every((one) => !isNested(one))) return short;
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  return `${open}\n${items.map((item) => `${deeper}${item},\n`).join('')}${indent}${close}`;
}

function isNested(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function inLine(value: unknown, words: Words, codes: Readonly<Record<string, string>>): string {
  if (value === null || value === undefined) return words.null;
  if (typeof value === 'boolean') return value ? words.true : words.false;
  if (typeof value === 'string') {
    return Object.hasOwn(codes, value) ? (codes[value] ?? '') : textLiteral(value);
  }
  if (typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((one: unknown) => inLine(one, words, codes)).join(', ')}]`;
  const entries = Object.entries(value).map(
    ([name, one]) => `${words.key(name)}: ${inLine(one, words, codes)}`,
  );
  return entries.length === 0
    ? '{}'
    : words.true === 'True'
      ? `{${entries.join(', ')}}`
      : `{ ${entries.join(', ')} }`;
}

/** A text as JavaScript and Python both read it. */
export function textLiteral(text: string): string {
  // Lone halves of a character and line separators are written so that both languages take them.
  return JSON.stringify(text).replace(
    /[\u2028\u2029\u007f]/g,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
