import { isMapping } from '../mapping.js';
import { preview } from '../preview.js';
import { BrokenTokenizerError, MAX_TOKEN_ID } from './tokenizer-json.js';

/** A text file of the repository. Throws `BrokenTokenizerError` where it is not UTF-8. */
export function textOf(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new BrokenTokenizerError(`${path} is not UTF-8. Upload it as the tokenizer was saved.`);
  }
}

/** The tokens of a vocab.txt: one on each line, in the order of their numbers; where one is there twice, the last one counts. */
export function readVocabularyLines(path: string, bytes: Uint8Array): ReadonlyMap<string, number> {
  const lines = textOf(path, bytes).split(/\r\n|\r|\n/);
  if (lines.at(-1) === '') lines.pop();
  if (lines.length === 0) throw new BrokenTokenizerError(`${path} is empty.`);
  if (lines.length > MAX_TOKEN_ID) {
    throw new BrokenTokenizerError(
      `${path} has ${lines.length} tokens; it is not read beyond ${MAX_TOKEN_ID}.`,
    );
  }
  return new Map(lines.map((token, id) => [token, id]));
}

/** The numbers by token of a parsed vocab.json. Throws `BrokenTokenizerError`. */
export function readVocabularyObject(path: string, parsed: unknown): ReadonlyMap<string, number> {
  if (!isMapping(parsed)) throw new BrokenTokenizerError(`${path} is no object of tokens and their numbers.`);
  const vocabulary = new Map<string, number>();
  for (const [token, id] of Object.entries(parsed)) {
    if (!isTokenId(id)) {
      throw new BrokenTokenizerError(
        `${path} has ${preview(id)} as the number of the token ${preview(token)}; it must be a whole number up to ${MAX_TOKEN_ID}.`,
      );
    }
    vocabulary.set(token, id);
  }
  if (vocabulary.size === 0) throw new BrokenTokenizerError(`${path} is empty.`);
  return vocabulary;
}

/** Whether a value can be the number of a token. */
export function isTokenId(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_TOKEN_ID;
}

/** The pairs of a merges.txt that belong together, the most frequent first. Throws `BrokenTokenizerError`. */
export function readMerges(
  path: string,
  bytes: Uint8Array,
  vocabulary: ReadonlyMap<string, number>,
): readonly (readonly [string, string])[] {
  const merges: (readonly [string, string])[] = [];
  for (const [index, line] of textOf(path, bytes)
    .split(/\r\n|\n/)
    .entries()) {
    if (line === '' || (index === 0 && line.startsWith('#version'))) continue;
    const [left = '', right = '', ...more] = line.trimEnd().split(' ');
    if (left === '' || right === '' || more.length > 0) {
      throw new BrokenTokenizerError(`Line ${index + 1} of ${path} is no pair: ${preview(line)}.`);
    }
    if (!vocabulary.has(left + right) || !vocabulary.has(left) || !vocabulary.has(right)) {
      throw new BrokenTokenizerError(
        `Line ${index + 1} of ${path} joins ${preview(left)} and ${preview(right)}, but the vocabulary does not have both and ${preview(left + right)}. Upload both files of the same tokenizer.`,
      );
    }
    merges.push([left, right]);
  }
  return merges;
}
