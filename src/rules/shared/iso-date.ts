const ISO_DATE =
  /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?(?:Z|[+-]\d{2}(?::?\d{2})?)?)?$/;

/** Whether a text is an ISO 8601 date, or date and time, and whether the calendar and the clock have that moment. */
export function dateKind(text: string): 'valid' | 'impossible' | 'other' {
  const parts = ISO_DATE.exec(text);
  if (parts === null) return 'other';
  const [year = 0, month = 0, day = 0, hours = 0, minutes = 0, seconds = 0] = parts
    .slice(1)
    .map((part: string | undefined) => Number(part ?? 0));
  // A leap second is a second; hour 24 is midnight, which nobody writes.
  const exists = day >= 1 && day <= daysIn(year, month) && hours < 24 && minutes < 60 && seconds <= 60;
  return exists ? 'valid' : 'impossible';
}

function daysIn(year: number, month: number): number {
  return month < 1 || month > 12 ? 0 : new Date(Date.UTC(year, month, 0)).getUTCDate();
}

const YEAR_FIRST =
  /^(\d{4})([-/.]?)(\d{1,2})\2(\d{1,2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})?))?$/;

/** A date in ISO form: `2026/1/5` is `2026-01-05`. Undefined where year, month and day cannot be told from one another. */
export function isoForm(text: string): string | undefined {
  const parts = YEAR_FIRST.exec(text.trim());
  if (parts === null) return undefined;
  const [, year = '', separator, month = '', day = '', time] = parts;
  if (separator === '' && (month.length < 2 || day.length < 2)) return undefined;
  const iso = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}${time === undefined ? '' : `T${time}`}`;
  return dateKind(iso) === 'valid' ? iso : undefined;
}
