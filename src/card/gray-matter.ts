import matter from 'gray-matter';
import type { FrontMatterBlock, ReaderDisagreement } from './card.js';

const FENCE = '---';
const BYTE_ORDER_MARK = '\uFEFF';

/**
 * gray-matter with one engine. Its own engines would run a block that begins `---js` with `eval` and read YAML with an
 * older parser; each is replaced, and options given at every call keep its cache out of use.
 *
 * The engine gets the block as gray-matter cut it, from behind the opening fence to before the LF of the closing one.
 * It is not asked when gray-matter finds no block, or only comments in it.
 */
function throughGrayMatter(text: string, engine: (block: string) => void): void {
  matter(text, {
    engines: {
      yaml(block: string) {
        engine(block);
        return NO_DATA;
      },
      json: refuse,
      javascript: refuse,
    },
  });
}

function refuse(): never {
  throw new Error('Only YAML front matter is read.');
}

/** What gray-matter is told the metadata is: it would look for an excerpt if the real metadata named a separator. */
const NO_DATA = Object.freeze({});

/**
 * What gray-matter reads otherwise than the Hub, where the Hub sees the block; null when both read the same. Nearly all
 * blocks are plain, and gray-matter is not even asked about those: that would take a quarter of the time the YAML does.
 * Comments alone are nothing to either reader.
 * @param alone Whether no three hyphens stand between the fences.
 */
export function otherReadingOfGrayMatter(
  text: string,
  block: FrontMatterBlock,
  alone: boolean,
): ReaderDisagreement | null {
  const { open, yaml, close } = block;
  if (!opensTheSame(text, block)) return describeReading(text, block);
  const same =
    (alone && text.charCodeAt(close.start - 1) === LF) ||
    text.indexOf(`\n${FENCE}`, open.end) === close.start - 1;
  if (same && yaml.end - yaml.start < SHORT) return null;
  if (!same || exhaustsGrayMatter(text, yaml.start, yaml.end)) return describeReading(text, block);
  if (yaml.end - yaml.start < LONGEST_RUN) return null;
  try {
    throughGrayMatter(text.slice(open.start, close.end), () => undefined);
  } catch {
    return disagreement('nothing, and stops with an error', open);
  }
  return null;
}

/** What gray-matter reads where the Hub sees no front matter; null when it sees none either. */
export function readingOfGrayMatter(text: string): ReaderDisagreement | null {
  return describeReading(text, null);
}

/** True when the block begins by gray-matter's rule too: at the very start, and with an LF in its line break. */
function opensTheSame(text: string, { open }: FrontMatterBlock): boolean {
  const lf = text.charCodeAt(open.end) === LF || text.charCodeAt(open.end + 1) === LF;
  return open.start === (text.startsWith(BYTE_ORDER_MARK) ? 1 : 0) && lf;
}

const LF = 0x0a;

function describeReading(text: string, block: FrontMatterBlock | null): ReaderDisagreement | null {
  const start = text.startsWith(BYTE_ORDER_MARK) ? 1 : 0;
  const behind = start + FENCE.length;
  if (!text.startsWith(FENCE, start) || text.charAt(behind) === '-') {
    return block === null
      ? null
      : disagreement('no front matter, because the fence is not the first thing in the file', block.open);
  }

  const { name } = matter.language(text.slice(start));
  if (name !== '') return disagreement(readingOfLanguage(name), { start, end: lineEnd(text, start) });

  const cut = text.indexOf(`\n${FENCE}`, behind);
  const end = cut === -1 ? text.length : cut;
  const line = cut === -1 ? { start, end: behind } : { start: cut + 1, end: lineEnd(text, cut + 1) };
  if (exhaustsGrayMatter(text, behind, end)) {
    return disagreement('nothing within reasonable time, because of the long run of white space', line);
  }
  let empty = true;
  try {
    throughGrayMatter(text, () => {
      empty = false;
    });
  } catch {
    return disagreement('nothing, and stops with an error', line);
  }
  if (empty) return block === null ? null : disagreement('an empty block, which ends at this line', line);
  if (cut === -1) return disagreement('everything to the end of the file as metadata', line);
  return disagreement('metadata that ends at this line', line);
}

function disagreement(reads: string, span: ReaderDisagreement['span']): ReaderDisagreement {
  return { reader: 'gray-matter', reads, span };
}

function readingOfLanguage(name: string): string {
  switch (name.toLowerCase()) {
    case 'js':
    case 'javascript':
      return 'JavaScript, which it runs';
    case 'json':
      return 'metadata in JSON';
    case 'yaml':
    case 'yml':
      return 'metadata in YAML, because the fence names that language';
    default:
      return 'metadata in a language that it does not know, and stops with an error';
  }
}

function lineEnd(text: string, from: number): number {
  const end = text.slice(from).search(/[\r\n]/);
  return end === -1 ? text.length : from + end;
}

/** Blocks shorter than this are nothing that gray-matter's regular expressions could take long over, or fail at. */
const SHORT = 8192;
/** Steps of one regular expression that take a noticeable part of a second. */
const TOO_MANY_STEPS = 20_000_000;
/** Longest run of white space that a regular expression walks over safely; far longer ones overflow its stack. */
const LONGEST_RUN = 100_000;

/**
 * gray-matter strips comments with `/^\s*#[^\n]+/gm`, which looks at a run of white space once for each line in it:
 * a few million blank lines would take it days.
 */
function exhaustsGrayMatter(text: string, start: number, end: number): boolean {
  if (end - start < SHORT) return false;
  if (end - start < LONGEST_RUN && !holdsBlankRun(text, start, end, TOO_MANY_STEPS / LONGEST_RUN))
    return false;
  let steps = 0;
  let lines = 1;
  let length = 0;
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (!isWhiteSpace(code)) {
      lines = 0;
      length = 0;
      continue;
    }
    steps += lines;
    length++;
    if (isLineBreak(code)) lines++;
    if (steps > TOO_MANY_STEPS || length > LONGEST_RUN) return true;
  }
  return false;
}

/** Whether a run of white space is as long as that: one that is covers one of the places that are so far apart. */
function holdsBlankRun(text: string, start: number, end: number, length: number): boolean {
  for (let at = start + length - 1; at < end; at += length) {
    let from = at;
    while (from > at - length && isWhiteSpace(text.charCodeAt(from))) from--;
    let to = at + 1;
    while (to - from <= length && isWhiteSpace(text.charCodeAt(to))) to++;
    if (to - from > length) return true;
  }
  return false;
}

/** What `\s` matches. */
function isWhiteSpace(code: number): boolean {
  if (code < 0x80) return code === 0x20 || (code >= 0x09 && code <= 0x0d);
  if (code >= 0x2000 && code <= 0x200a) return true;
  return code === 0xa0 || code === 0xfeff || code === 0x3000 || RARE_SPACES.includes(code);
}

const RARE_SPACES: readonly number[] = [0x1680, 0x2028, 0x2029, 0x202f, 0x205f];

/** What begins a line for `^`. */
function isLineBreak(code: number): boolean {
  return code === 0x0a || code === 0x0d || code === 0x2028 || code === 0x2029;
}
