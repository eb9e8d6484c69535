import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { build, plainIdsOf, tokenizerOf } from './built.js';

/** What SentencePiece itself makes of texts (references/pieces.py). */
interface Reference {
  readonly name: string;
  readonly className: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** In base64. */
  readonly files: Readonly<Record<string, string>>;
  /** Text, numbers, and the text that they are decoded to; null where that is not compared. */
  readonly cases: readonly (readonly [string, readonly number[], string | null])[];
}

const references: readonly Reference[] = readFileSync(
  join(import.meta.dirname, 'references', 'pieces.jsonl'),
  'utf8',
)
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));

describe('a tokenizer that is built of a SentencePiece model', () => {
  it.each(references)('$name cuts texts as SentencePiece does', ({ className, config, files, cases }) => {
    const bytes = Object.fromEntries(
      Object.entries(files).map(([path, base64]) => [path, new Uint8Array(Buffer.from(base64, 'base64'))]),
    );
    const tokenizer = tokenizerOf(
      build({ ...bytes, 'tokenizer_config.json': JSON.stringify({ ...config, tokenizer_class: className }) }),
    );
    expect(cases.map(([text]) => [text, plainIdsOf(tokenizer, text)])).toEqual(
      cases.map(([text, ids]) => [text, ids]),
    );
  });
});
