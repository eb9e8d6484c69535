/** A number, or a date of which parts may be missing, found in a text. */
export type TableValue =
  | { readonly kind: 'number'; readonly parts: readonly [number] }
  | { readonly kind: 'date'; readonly parts: readonly [number | null, number | null, number | null] };

interface Found {
  readonly start: number;
  readonly end: number;
  readonly value: TableValue;
}

const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];
const NUMBER_WORDS = 'zero one two three four five six seven eight nine ten eleven twelve'.split(' ');
const ORDINALS =
  'zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth'.split(' ');

/** Years that TAPAS takes for such. */
const FIRST_YEAR = 1700;
const LAST_YEAR = 2016;
/** Longest text that is looked through, in characters. */
const LONGEST = 2000;

const MONTH = `(?<month>${MONTHS.map((month) => `${month}|${month.slice(0, 3)}`).join('|')}|sept)`;
const DAY = '(?<day>\\d{1,2})';
const YEAR = '(?<year>\\d{4})';
const NUMERIC_MONTH = '(?<number>\\d{1,2})';
/** The ways to write a date that TAPAS knows. */
const DATES: readonly RegExp[] = [
  `${MONTH}`,
  `${YEAR}s?`,
  `${MONTH} ${YEAR}`,
  `(?:[a-z]+day, )?${MONTH} ${DAY}`,
  `${DAY} ${MONTH}`,
  `${MONTH} ${DAY}, ${YEAR}`,
  `${DAY} ${MONTH} ${YEAR}`,
  `${NUMERIC_MONTH}-${DAY}-${YEAR}`,
  `${YEAR}-${NUMERIC_MONTH}-${DAY}`,
  `${YEAR}-${NUMERIC_MONTH}`,
  `${DAY}\\.${NUMERIC_MONTH}\\.${YEAR}`,
].map((pattern) => new RegExp(`(?<![\\p{L}\\p{N}])${pattern}(?![\\p{L}\\p{N}])`, 'gu'));

const NUMBER = /(?:(?:^|(?<=\s))[+-])?(?:\.\d+|\d+(?:,\d{3})*(?:\.\d*)?)/gu;
const WORD = /[\p{L}\p{N}]+/gu;

/**
 * The numbers and dates of a text, the longest where they overlap. They are what TAPAS compares cells by: ranks in a column, and
 * relations to the numbers of the question (`parse_text` of google-research/tapas).
 */
export function valuesIn(text: string): readonly TableValue[] {
  const plain = text.toLowerCase().split(/\s+/).join(' ').trim().slice(0, LONGEST);
  const found: Found[] = [];
  for (const match of plain.matchAll(NUMBER)) {
    add(found, match.index, match[0], numberOf(match[0]));
  }
  for (const match of plain.matchAll(WORD)) {
    const [word] = match;
    if (found.some(({ start, end }) => start === match.index && end === match.index + word.length)) continue;
    const index = Math.max(NUMBER_WORDS.indexOf(word), ORDINALS.indexOf(word));
    const ordinal = /^\d+(?=(?:st|nd|rd|th)$)/.exec(word);
    add(found, match.index, word, index === -1 ? numberOf(ordinal?.[0] ?? '') : index);
  }
  for (const pattern of DATES) {
    for (const match of plain.matchAll(pattern)) {
      const date = dateOf(match.groups ?? {});
      if (date !== null) found.push({ start: match.index, end: match.index + match[0].length, value: date });
    }
  }
  const longest = found.filter(
    ({ start, end }) =>
      !found.some(
        (other) => other.start <= start && other.end >= end && other.end - other.start > end - start,
      ),
  );
  return longest.sort((a, b) => a.start - b.start).map(({ value }) => value);
}

function add(found: Found[], start: number, text: string, number: number | null): void {
  if (number === null) return;
  found.push({ start, end: start + text.length, value: { kind: 'number', parts: [number] } });
}

function numberOf(text: string): number | null {
  const number = text.trim() === '' ? Number.NaN : Number(text.replaceAll(',', ''));
  return Number.isFinite(number) ? number : null;
}

function dateOf(groups: Readonly<Record<string, string | undefined>>): TableValue | null {
  const year = groups.year === undefined ? null : Number(groups.year);
  const day = groups.day === undefined ? null : Number(groups.day);
  const name = groups.month?.slice(0, 3);
  const named = name === undefined ? -1 : MONTHS.findIndex((month) => month.startsWith(name));
  const month = groups.number === undefined ? (named === -1 ? null : named + 1) : Number(groups.number);
  if (year !== null && (year < FIRST_YEAR || year > LAST_YEAR)) return null;
  if (month !== null && (month < 1 || month > 12)) return null;
  // Without a year February has 28 days, as in 1900.
  if (day !== null && (day < 1 || day > new Date(Date.UTC(year ?? 1900, month ?? 1, 0)).getUTCDate()))
    return null;
  return { kind: 'date', parts: [year, month, day] };
}

/** The least part of the cells of a column that must have values of one kind. */
const ENOUGH = 0.7;

/** A value for each row of a column, of the kind that most rows have; null for a row without. All null when too few have one. */
export function columnValues(cells: readonly string[]): readonly (TableValue | null)[] {
  const all = cells.map(valuesIn);
  const count = (kind: TableValue['kind']) =>
    all.filter((values) => values.some((one) => one.kind === kind)).length;
  const dates = count('date');
  const numbers = count('number');
  const most = Math.max(dates, numbers);
  if (most === 0 || most < cells.length * ENOUGH) return cells.map(() => null);
  const kind = dates === most ? 'date' : 'number';
  return all.map((values) => values.find((one) => one.kind === kind) ?? null);
}

/**
 * Sort keys of values: their numbers, or the parts that all dates have; null when they are of different kinds or have no part
 * in common.
 */
export function sortKeys(values: readonly TableValue[]): readonly (readonly number[])[] | null {
  const [first] = values;
  if (first === undefined || values.some(({ kind }) => kind !== first.kind)) return null;
  const shared = [...first.parts.keys()].filter((index) =>
    values.every(({ parts }) => typeof parts[index] === 'number'),
  );
  if (shared.length === 0) return null;
  return values.map(({ parts }) => shared.map((index) => parts[index] ?? 0));
}

/** Below zero when the first key comes first, zero when they are the same. */
export function compareKeys(a: readonly number[], b: readonly number[]): number {
  for (const [index, value] of a.entries()) {
    const apart = value - (b[index] ?? 0);
    if (apart !== 0) return apart;
  }
  return 0;
}
