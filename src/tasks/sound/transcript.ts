import { own } from '../../mapping.js';
import { preview } from '../../preview.js';
import type { SmokeCheck } from '../../smoke/report.js';
import { agreesWithCard, contradictsCard, notComparable } from '../checks/expected-output.js';
import { short } from '../checks/wording.js';

/** Share of characters that may differ from the card’s transcript without a word: spelling, punctuation, backends. */
const SAME = 0.1;
/** Share beyond which the model says something else than the card. */
const OTHER = 0.35;
/** Characters that are compared; the distance of two texts costs the product of their lengths. */
const MOST = 2_000;
/** Characters a second beyond which nobody speaks. */
const FASTEST = 60;

/** A text without case, punctuation and doubled spaces: what a listener compares. */
function heard(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, ' ')
    .trim()
    .slice(0, MOST);
}

/** How many characters of two transcripts differ, as a share of the longer one: 0 the same, 1 nothing in common. */
export function transcriptDistance(a: string, b: string): number {
  const [left, right] = [[...heard(a)], [...heard(b)]];
  const longest = Math.max(left.length, right.length);
  return longest === 0 ? 0 : editDistance(left, right) / longest;
}

/** Levenshtein’s distance. */
function editDistance(a: readonly string[], b: readonly string[]): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [index, letter] of a.entries()) {
    const next = [index + 1];
    for (const [column, other] of b.entries()) {
      next.push(
        Math.min(
          (row[column] ?? 0) + (letter === other ? 0 : 1),
          (row[column + 1] ?? 0) + 1,
          (next[column] ?? 0) + 1,
        ),
      );
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** Compares a transcript with the `output` of the card’s widget example. */
export function checkExpectedTranscript(text: string, expected: unknown): SmokeCheck {
  const stated = typeof expected === 'string' ? expected : own(expected, 'text');
  if (typeof stated !== 'string') return notComparable('is no mapping with `text`');
  const distance = transcriptDistance(stated, text);
  if (distance <= SAME) return agreesWithCard('The transcript agrees with the card.');
  const contradiction = contradictsCard(
    `says ${preview(stated)}, the model says ${preview(text)}: ${Math.round(distance * 100)} % of the characters differ`,
    'look at the tokenizer and the sampling rate',
  );
  return distance <= OTHER ? { ...contradiction, status: 'warning' } : contradiction;
}

/** What a transcript is judged by. */
export interface HeardSpeech {
  readonly text: string;
  /** Length of the recording, in seconds. */
  readonly seconds: number;
  /** Loudness of the recording: root mean square, 1 is full scale. */
  readonly rms: number;
  /** Whether it was made by a formula, and so holds no words. */
  readonly made: boolean;
  /** What the model gave instead of letters, as a sentence; empty when nothing is known. */
  readonly detail: string;
}

/** Recordings that are quieter, or shorter (in seconds), need not hold a word. */
const QUIET = 1e-3;
const BRIEF = 0.1;

/** Whether there is a transcript, and it is no longer than anybody speaks. */
export function checkTranscript({ text, seconds, rms, made, detail }: HeardSpeech): SmokeCheck {
  const id = 'transcript';
  const length = [...text.trim()].length;
  if (length > 40 && length > seconds * FASTEST) {
    return {
      id,
      status: 'failed',
      message: `The transcript has ${length} characters for ${short(seconds)} s of sound (${preview(text)}), more than anybody says: the generation does not end, or the blank is not the token that separates letters. Look at eos_token_id and pad_token_id.`,
    };
  }
  if (length > 0) {
    return { id, status: 'passed', message: `${length} characters for ${short(seconds)} s of sound.` };
  }
  if (rms < QUIET || seconds < BRIEF) {
    return {
      id,
      status: 'warning',
      message: `The transcript is empty, but the recording is ${seconds < BRIEF ? `only ${short(seconds)} s long` : 'silent'}. Take one with speech for the widget example.`,
    };
  }
  if (made) {
    return {
      id,
      status: 'warning',
      message:
        'The transcript is empty. The sound was made by a formula and holds no words: add a widget example with a recording (`src: sample.wav`) to have the model tried on speech.',
    };
  }
  return {
    id,
    status: 'failed',
    message: `The transcript is empty, though the recording lasts ${short(seconds)} s and is not silent.${detail === '' ? '' : ` ${detail}`} Look at the tokenizer, the sampling rate, and whether the head was trained and exported.`,
  };
}
