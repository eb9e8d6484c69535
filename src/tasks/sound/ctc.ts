import { own } from '../../mapping.js';
import type { TensorView, Tokenizer } from '../../smoke/session.js';
import { indexOfLargest } from '../numbers/numbers.js';
import { numbersOf } from '../numbers/tensors.js';
import { namedToken } from '../text/text-encoding.js';

/** A run of frames in which the same token won. Frames count from the start of the recording; `end` is exclusive. */
interface TokenRun {
  readonly id: number;
  readonly start: number;
  readonly end: number;
}

/** A part of a transcript with its time in frames. */
export interface TimedText {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Frames of logits, `width` numbers each, from one or several windows of a recording. */
export interface Frames {
  readonly width: number;
  readonly rows: readonly Float32Array[];
}

/** The rows of logits [1, frames, width] from `start` to `end`; null when they have another shape. */
export function framesOf(
  logits: TensorView | undefined,
  start = 0,
  end = Number.POSITIVE_INFINITY,
): Frames | null {
  if (logits === undefined || logits.dims.length !== 3 || logits.dims[0] !== 1) return null;
  const [, count = 0, width = 0] = logits.dims;
  const numbers = numbersOf(logits);
  const rows: Float32Array[] = [];
  for (let frame = Math.max(0, start); frame < Math.min(count, end); frame++) {
    rows.push(numbers.subarray(frame * width, (frame + 1) * width));
  }
  return { width, rows };
}

/** The token that wins in each frame. */
export function winners({ rows }: Frames): readonly number[] {
  return rows.map(indexOfLargest);
}

/**
 * The mean score of each of the first 32 tokens over all frames, in hundreds: what two recordings differ in, even where the
 * same token wins throughout. Probabilities would hide it, and plain scores show the rounding of GPUs.
 */
export function meanScores({ rows, width }: Frames): readonly number[] {
  return Array.from({ length: Math.min(width, 32) }, (_, token) => {
    const sum = rows.reduce((total, row) => total + (row[token] ?? 0), 0);
    return sum / Math.max(1, rows.length) / 100;
  });
}

/**
 * The token that means “no letter here”: the padding token of the tokenizer, as `Wav2Vec2CTCTokenizer` has it, else
 * `pad_token_id` of config.json, else the first one.
 */
export function blankToken(tokenizer: Tokenizer, config: unknown): number {
  const pad = namedToken(tokenizer.config, 'pad_token');
  const stated = own(config, 'pad_token_id');
  return (pad === null ? undefined : tokenizer.idOf(pad)) ?? (typeof stated === 'number' ? stated : 0);
}

/** Tokens that follow each other become one; blanks are left out. */
function runsOf(ids: readonly number[], blank: number): readonly TokenRun[] {
  const runs: TokenRun[] = [];
  for (let start = 0; start < ids.length; ) {
    let end = start + 1;
    while (end < ids.length && ids[end] === ids[start]) end++;
    const id = ids[start] ?? blank;
    if (id !== blank) runs.push({ id, start, end });
    start = end;
  }
  return runs;
}

/** What the frames say, letter by letter. */
export interface Spelled {
  readonly text: string;
  /** Letters with their frames; null when the tokenizer’s tokens are no letters, so that they cannot be told apart. */
  readonly letters: readonly TimedText[] | null;
}

/**
 * Decodes as `Wav2Vec2CTCTokenizer` does in Python: equal neighbours are joined first, then blanks and special tokens are left
 * out, and the word delimiter becomes a space. Tokenizers of another kind decode the joined tokens themselves.
 */
export function spell(ids: readonly number[], tokenizer: Tokenizer, blank: number): Spelled {
  const runs = runsOf(ids, blank);
  const { config } = tokenizer;
  const name = own(config, 'tokenizer_class');
  if (typeof name !== 'string' || !/CTC|Wav2Vec2/.test(name)) {
    const joined = runs.map(({ id }) => id);
    return { text: tokenizer.decode(joined, { skip_special_tokens: true }).trim(), letters: null };
  }
  const delimiter = tokenizer.idOf(namedToken(config, 'word_delimiter_token') ?? '|');
  const lower = own(config, 'do_lower_case') === true;
  const known = new Map<number, string>();
  const letterOf = (id: number): string => {
    const before = known.get(id);
    if (before !== undefined) return before;
    const text = id === delimiter ? ' ' : tokenizer.decode([id], { skip_special_tokens: true });
    const letter = lower ? text.toLowerCase() : text;
    known.set(id, letter);
    return letter;
  };
  const letters = runs.flatMap(({ id, start, end }): TimedText[] => {
    const text = letterOf(id);
    return text === '' ? [] : [{ text, start, end }];
  });
  return {
    text: letters
      .map(({ text }) => text)
      .join('')
      .trim(),
    letters,
  };
}

/** Letters joined to words; spaces separate them. */
export function wordsOf(letters: readonly TimedText[]): readonly TimedText[] {
  const words: TimedText[] = [];
  let word: TimedText | null = null;
  for (const letter of letters) {
    if (letter.text === ' ') {
      if (word !== null) words.push(word);
      word = null;
    } else {
      word = word === null ? letter : { text: word.text + letter.text, start: word.start, end: letter.end };
    }
  }
  return word === null ? words : [...words, word];
}

/** A window of a recording, in samples; what lies in `left` and `right` is only there to be heard, and left out of the text. */
export interface Window {
  readonly start: number;
  readonly end: number;
  readonly left: number;
  readonly right: number;
}

/** Windows of `length` samples that overlap by the strides, over `samples` samples (transformers, `chunk_iter`). */
export function windowsOf(samples: number, length: number, left: number, right: number): readonly Window[] {
  const step = length - left - right;
  if (length <= 0 || step <= 0 || samples <= length) return [{ start: 0, end: samples, left: 0, right: 0 }];
  const windows: Window[] = [];
  for (let start = 0; ; start += step) {
    const end = Math.min(start + length, samples);
    const last = end === samples;
    windows.push({ start, end, left: start === 0 ? 0 : left, right: last ? 0 : right });
    if (last) return windows;
  }
}
