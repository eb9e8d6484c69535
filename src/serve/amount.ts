import { isMapping, own } from '../mapping.js';
import { characterCount } from '../tasks/reading/text-input.js';
import { ServeError } from './serve-error.js';

/** How much an inference was about, as the Inference API counts it. */
export interface Amount {
  readonly header: 'x-compute-characters' | 'x-compute-images' | 'x-compute-audio-length';
  readonly value: string;
}

/** Deepest level of an input; a table has three. */
const MAX_DEPTH = 8;

/** Most characters of all texts of a request: about the 128,000 tokens that models of long texts take, and more than the others do. */
const MAX_CHARACTERS = 1_000_000;

/** Throws `ServeError` 400 for an input with more text than any model is given. */
export function checkAmount(input: unknown): void {
  const { characters } = countIn(input, MAX_DEPTH);
  if (characters <= MAX_CHARACTERS) return;
  throw new ServeError(
    400,
    `The texts of the request have ${characters} characters; ${MAX_CHARACTERS} are read at most.`,
  );
}

/**
 * The seconds of a recording, where one was listened to, else the number of pictures (or videos), else the characters of all texts of an input,
 * as Python counts them.
 */
export function amountOf(input: unknown, seconds: number): Amount {
  if (seconds > 0) return { header: 'x-compute-audio-length', value: seconds.toFixed(3) };
  const { files, characters } = countIn(input, MAX_DEPTH);
  return files > 0
    ? { header: 'x-compute-images', value: String(files) }
    : { header: 'x-compute-characters', value: String(characters) };
}

interface Count {
  readonly files: number;
  readonly characters: number;
}

function countIn(value: unknown, depth: number): Count {
  if (typeof value === 'string') return { files: 0, characters: characterCount(value) };
  if (depth === 0 || typeof value !== 'object' || value === null) return { files: 0, characters: 0 };
  if (isMapping(value) && own(value, 'kind') === 'data') return { files: 1, characters: 0 };
  let files = 0;
  let characters = 0;
  for (const item of Object.values(value)) {
    const inside = countIn(item, depth - 1);
    files += inside.files;
    characters += inside.characters;
  }
  return { files, characters };
}
