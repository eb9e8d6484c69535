import { preview } from '../../preview.js';

const WORDS: Readonly<Record<string, string>> = {
  string: 'a string',
  array: 'a list',
  object: 'a mapping',
  number: 'a number',
  boolean: 'true or false',
  null: 'null',
};

/** A type of JSON Schema as it stands in a sentence. */
export function typeInWords(type: string): string {
  return WORDS[type] ?? type;
}

/** A value of the wrong type as it stands in a sentence; a string is called one, so that quotes are not read as its own. */
export function valueInWords(value: unknown): string {
  return typeof value === 'string' ? `the string ${preview(value)}` : preview(value);
}
