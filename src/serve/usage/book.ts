import { addFigures, type Figures, noFigures } from './figures.js';

/** The spans that figures are kept for: the last hour by the minute, the last day by the quarter of an hour. */
export const SPANS = {
  hour: { stepMs: 60_000, cells: 60 },
  day: { stepMs: 900_000, cells: 96 },
} as const;

export type Span = keyof typeof SPANS;

/** Figures of models by the begin of a step of time, in milliseconds since 1970, then by model. */
export type Cells = Map<number, Map<string, Figures>>;

/** What is kept. */
export type Book = Readonly<Record<Span, Cells>>;

/** Most figures of one span: what more models than that would need is not kept. */
export const MOST_FIGURES = 20_000;

/** Nothing yet. */
export function emptyBook(): Book {
  return { hour: new Map(), day: new Map() };
}

/** Whether nothing is known. */
export function isEmpty({ hour, day }: Book): boolean {
  return hour.size === 0 && day.size === 0;
}

/** The begin of the step of time that `at` lies in. */
export function cellAt(span: Span, at: number): number {
  return at - (at % SPANS[span].stepMs);
}

/** The figures of a model at a time; new ones where there are none. */
export function figuresAt(cells: Cells, start: number, model: string): Figures {
  let models = cells.get(start);
  if (models === undefined) {
    models = new Map();
    cells.set(start, models);
  }
  let figures = models.get(model);
  if (figures === undefined) {
    figures = noFigures();
    models.set(model, figures);
  }
  return figures;
}

/** Changes what is known of a model at a time, in every span. */
export function record(book: Book, at: number, model: string, change: (figures: Figures) => void): void {
  for (const span of spans()) change(figuresAt(book[span], cellAt(span, at), model));
}

/** What both know together. Of `one`, the larger one, it shares what `other` knows nothing of; neither is changed. */
export function merged(one: Book, other: Book): Book {
  return { hour: mergedCells(one.hour, other.hour), day: mergedCells(one.day, other.day) };
}

function mergedCells(one: Cells, other: Cells): Cells {
  const both = new Map(one);
  for (const [start, more] of other) {
    const models = new Map(one.get(start));
    for (const [model, figures] of more) {
      const sum = noFigures();
      const known = models.get(model);
      if (known !== undefined) addFigures(sum, known);
      addFigures(sum, figures);
      models.set(model, sum);
    }
    both.set(start, models);
  }
  return both;
}

/** Forgets what is too old, what a clock that was set back left in the future, and of too many models the oldest. */
export function trim(book: Book, now: number): void {
  for (const span of spans()) {
    const cells = book[span];
    const last = cellAt(span, now);
    const first = last - (SPANS[span].cells - 1) * SPANS[span].stepMs;
    let figures = 0;
    for (const start of [...cells.keys()].sort((a, b) => b - a)) {
      figures += cells.get(start)?.size ?? 0;
      // A step of another server, whose clock is a little ahead, may have begun.
      const known = start >= first && start <= last + SPANS[span].stepMs;
      if (!known || figures > MOST_FIGURES) cells.delete(start);
    }
  }
}

/** The names of the spans. */
export function spans(): readonly Span[] {
  return ['hour', 'day'];
}
