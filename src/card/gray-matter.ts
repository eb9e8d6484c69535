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
 * Has gray-matter hand the front matter to `readYaml`, when it cuts out the same block as the Hub does. Returns what
 * gray-matter reads otherwise; `readYaml` was then not called. Comments alone are nothing to either reader.
 */
export function readWithGrayMatter(
  text: string,
  block: FrontMatterBlock,
  readYaml: (yaml: string) => void,
): ReaderDisagreement | null {
  if (!cutsTheSame(text, block)) return describeReading(text, block);
  const from = block.yaml.start - block.open.end;
  const to = block.yaml.end - block.open.end;
  throughGrayMatter(text.slice(block.open.start, block.close.end), (cut) => readYaml(cut.slice(from, to)));
  return null;
}

/** What gray-matter reads where the Hub sees no front matter; null when it sees none either. */
export function readingOfGrayMatter(text: string): ReaderDisagreement | null {
  return describeReading(text, null);
}

/** True when the block's fences are the first in the text by gray-matter's rule too. */
function cutsTheSame(text: string, { open, yaml, close }: FrontMatterBlock): boolean {
  return (
    open.start === (text.startsWith(BYTE_ORDER_MARK) ? 1 : 0) &&
    text.indexOf('\n', open.end) <= open.end + 1 &&
    text.indexOf(`\n${FENCE}`, open.end) === close.start - 1 &&
    !exhaustsGrayMatter(text, yaml.start, yaml.end)
  );
}

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
    return disagreement('nothing within reasonable time, because of the long run of blank lines', line);
  }
  let length = 0;
  throughGrayMatter(text, (block) => {
    length = block.length;
  });
  if (length === 0) {
    return block === null ? null : disagreement('an empty block, which ends at this line', line);
  }
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

/** Blocks shorter than this are looked at without counting. */
const SHORT = 8192;
/** Steps of one regular expression that take a noticeable part of a second. */
const TOO_MANY_STEPS = 20_000_000;

/**
 * gray-matter strips comments with `/^\s*#[^\n]+/gm`, which looks at a run of white space once for each line in it:
 * a few million blank lines would take it days.
 */
function exhaustsGrayMatter(text: string, start: number, end: number): boolean {
  if (end - start < SHORT) return false;
  let steps = 0;
  for (const { 0: run } of text.slice(start, end).matchAll(/[\n\r\u2028\u2029]\s{63,}/g)) {
    for (let at = 0; at < run.length; at++) if (LINE_BREAK.test(run.charAt(at))) steps += run.length - at;
    if (steps > TOO_MANY_STEPS) return true;
  }
  return false;
}

/** Where `^` matches a line's start, as JavaScript sees lines. */
const LINE_BREAK = /[\n\r\u2028\u2029]/;
