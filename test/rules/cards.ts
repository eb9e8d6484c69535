import type { RuleCase } from './tester.js';

/** Cards without metadata that a rule about one key could look into; other rules speak there. */
export const NO_METADATA: readonly RuleCase[] = [
  { name: 'no front matter', text: '# Title\n' },
  { name: 'a list as front matter', text: '---\n- a\n---\n' },
  { name: 'invalid YAML', text: '---\na: b: c\n---\n' },
];

/** Cards on which a rule about the strings of one field must be silent: other rules speak there. */
export function untouched(field: string): readonly RuleCase[] {
  const card = (name: string, yaml: string): RuleCase => ({ name, text: `---\n${yaml}\n---\n` });
  return [
    card(`${field} absent`, 'other_key: 1'),
    card(`${field} null`, `${field}:`),
    card(`${field} empty`, `${field}: ""`),
    card(`${field} a number`, `${field}: 12`),
    card(`${field} a mapping`, `${field}:\n  en: x`),
    card(`${field} a list of null and mappings`, `${field}:\n- null\n- a: b\n- [x y]`),
    card(`${field} an empty list`, `${field}: []`),
    ...NO_METADATA,
  ];
}

/** A card that lacks the key a rule wants. */
export const WITHOUT_THE_KEY: RuleCase = {
  name: 'a missing key points at the opening fence',
  text: '\n---\nx: 1\n---\n',
  lines: [2],
  marks: ['---'],
};

/** There is no card. */
export const MISSING: RuleCase = {
  name: 'missing',
  text: '',
  cardFile: { source: 'missing' },
  marks: [null],
};
/** The card is no text. */
export const BINARY: RuleCase = {
  name: 'binary',
  text: '',
  cardFile: { source: 'binary', detail: 'a NUL byte at offset 3' },
  marks: [null],
  says: ['a NUL byte at offset 3'],
};
/** The card is too large to be read. */
export const LARGE: RuleCase = {
  name: 'large',
  text: '',
  cardFile: { source: 'too-large', bytes: 2 ** 25 },
  marks: [null],
};
/** A Git LFS pointer in the place of the card. */
export const POINTER: RuleCase = {
  name: 'pointer',
  text: 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n',
  lines: [1],
  marks: ['version https://git-lfs.github.com/spec/v1'],
};
/** A file without a byte. */
export const EMPTY: RuleCase = { name: 'an empty file', text: '' };
