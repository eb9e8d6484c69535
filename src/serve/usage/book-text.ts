import { isMapping, own } from '../../mapping.js';
import { type Book, emptyBook, figuresAt, MOST_FIGURES, SPANS, spans } from './book.js';
import { COUNTS, type Figures } from './figures.js';
import { LAST_BUCKET, type Latencies, noLatencies } from './latencies.js';

/** What stands at the beginning of every file of usage figures. */
const MARK = '{"format":"validate-model-card usage"';
const VERSION = 1;
/** Longest name of a model: an id of two names of folders, 255 characters each, and what tells its place. */
const LONGEST_NAME = 600;

/** A book as the text of a file. */
export function bookText(book: Book): string {
  const cells = (span: keyof Book) =>
    [...book[span]].map(([start, models]) => [
      start,
      [...models].map(([model, figures]) => [model, written(figures)]),
    ]);
  return `${JSON.stringify({
    format: 'validate-model-card usage',
    version: VERSION,
    hour: cells('hour'),
    day: cells('day'),
  })}\n`;
}

function written(figures: Figures): unknown {
  const { requests, errors, cacheHits, sharedRuns, tokens, loads, memoryBytes } = figures;
  // Most of them are 0, and left out.
  const told = (value: number) => (value === 0 ? undefined : value);
  return {
    requests: told(requests),
    errors: told(errors),
    cacheHits: told(cacheHits),
    sharedRuns: told(sharedRuns),
    tokens: told(tokens),
    loads: told(loads),
    memoryBytes: told(memoryBytes),
    latencies: pairs(figures.latencies),
  };
}

/** Buckets that hold something, and how much. */
function pairs(latencies: Latencies): readonly (readonly [number, number])[] {
  const found: [number, number][] = [];
  latencies?.forEach((times, bucket) => {
    if (times > 0) found.push([bucket, times]);
  });
  return found;
}

/** What a text is that should hold a book: damaged ones begin as one does, or hold nothing at all. */
export type BookRead =
  | { readonly kind: 'book'; readonly book: Book }
  | { readonly kind: 'damaged' }
  | { readonly kind: 'foreign' };

/** Reads the text of a file; whatever stands in it, what is read is a book. */
export function readBook(text: string): BookRead {
  // A machine that lost its power may leave a file of zeros.
  if (/^[\0\s]*$/.test(text)) return { kind: 'damaged' };
  if (!text.startsWith(MARK)) return { kind: 'foreign' };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: 'damaged' };
  }
  if (own(value, 'version') !== VERSION) return { kind: 'foreign' };
  const book = emptyBook();
  for (const span of spans()) {
    const cells = own(value, span);
    if (!Array.isArray(cells)) return { kind: 'damaged' };
    let figures = 0;
    for (const cell of cells) {
      if (!Array.isArray(cell) || !isCount(cell[0]) || !Array.isArray(cell[1])) return { kind: 'damaged' };
      const [start, models] = cell;
      figures += models.length;
      if (figures > MOST_FIGURES) return { kind: 'damaged' };
      if (start % SPANS[span].stepMs !== 0) return { kind: 'damaged' };
      for (const entry of models) {
        if (!Array.isArray(entry) || typeof entry[0] !== 'string' || entry[0].length > LONGEST_NAME)
          return { kind: 'damaged' };
        if (!readFigures(entry[1], figuresAt(book[span], start, entry[0]))) return { kind: 'damaged' };
      }
    }
  }
  return { kind: 'book', book };
}

/** Reads figures into `to`; false where they are none. */
function readFigures(value: unknown, to: Figures): boolean {
  if (!isMapping(value)) return false;
  for (const name of [...COUNTS, 'memoryBytes'] as const) {
    const given = own(value, name) ?? 0;
    if (!isCount(given)) return false;
    to[name] = given;
  }
  const latencies = own(value, 'latencies');
  if (!Array.isArray(latencies)) return false;
  const counts = noLatencies();
  for (const one of latencies) {
    if (!Array.isArray(one) || !isCount(one[0]) || one[0] > LAST_BUCKET || !isCount(one[1])) return false;
    counts[one[0]] = one[1];
  }
  to.latencies = latencies.length === 0 ? null : counts;
  return true;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
