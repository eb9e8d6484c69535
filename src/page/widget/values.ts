/** A picture, video or recording that the user gave. */
export interface Media {
  /** Name of the file; what snippets call it. */
  readonly name: string;
  readonly blob: Blob;
}

/** A table of texts, as the user types it. */
export interface Grid {
  readonly columns: readonly string[];
  /** Each as long as the columns. */
  readonly rows: readonly (readonly string[])[];
}

/** What the user has entered; a task uses some of it. */
export interface Values {
  /** The text, question, prompt, query or source sentence. */
  readonly text: string;
  /** The text that a question is about. */
  readonly context: string;
  /** Candidate labels with commas between them. */
  readonly labels: string;
  /** Texts that the first one is compared with. */
  readonly sentences: readonly string[];
  readonly media: Media | null;
  readonly grid: Grid;
  /** A value in JSON, for what has no form of its own. */
  readonly json: string;
}

/** Nothing entered yet. */
export const NO_VALUES: Values = {
  text: '',
  context: '',
  labels: '',
  sentences: [''],
  media: null,
  grid: { columns: [''], rows: [['']] },
  json: '',
};

/** Labels as a list; empty ones are left out. */
export function labelList(labels: string): readonly string[] {
  return labels
    .split(',')
    .map((label) => label.trim())
    .filter((label) => label !== '');
}

/** The columns of a grid by name, as the API takes a table. Cells that are numbers stay texts, as the Hub's widget sends them. */
export function columnsOf({ columns, rows }: Grid): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(columns.map((name, index) => [name, rows.map((row) => row[index] ?? '')]));
}

/** A table of the API as a grid; null when it is none. Shorter columns are filled up with empty cells. */
export function gridOf(table: unknown): Grid | null {
  if (typeof table !== 'object' || table === null || Array.isArray(table)) return null;
  const entries = Object.entries(table).map(([name, cells]): [string, readonly unknown[]] => [
    name,
    Array.isArray(cells) ? cells : [cells],
  ]);
  if (entries.length === 0) return null;
  const count = Math.min(MOST_ROWS, Math.max(...entries.map(([, cells]) => cells.length)));
  return {
    columns: entries.map(([name]) => name),
    rows: Array.from({ length: count }, (_, row) => entries.map(([, cells]) => cellText(cells[row]))),
  };
}

/** More rows than this make a form that nobody can use. */
const MOST_ROWS = 1000;

/** A value of a card as a text: nothing for none, JSON for what is no text. A mapping may say itself what makes a text of it, and must not be asked. */
export function cellText(cell: unknown): string {
  return cell === undefined || cell === null ? '' : typeof cell === 'string' ? cell : JSON.stringify(cell);
}
