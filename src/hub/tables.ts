import { ConfigError } from '../errors.js';
import { rows } from './lazily.js';
import { libraries } from './libraries.js';
import { nearest } from './nearest.js';
import { LIBRARY_TASKS } from './tables/library-tasks.generated.js';
import { DATE, SOURCE } from './tables/stamp.generated.js';
import { tasks } from './tasks.js';

/** The table that decides which models the API serves, with where it is from; a user can pass another. */
export interface Tables {
  /** Shown in the report: package and version, or the user's file. */
  readonly source: string;
  /** ISO 8601 date of the tables that came with this package. */
  readonly date: string;
  /** Whether the library-to-tasks map is the user's own. */
  readonly userGiven: boolean;
  /** The tasks each library is served for (LIBRARY_TASK_MAPPING of @huggingface/tasks). */
  readonly libraryTasks: ReadonlyMap<string, ReadonlySet<string>>;
}

/** The tables this package came with. */
export const TABLES: Tables = {
  source: SOURCE,
  date: DATE,
  userGiven: false,
  libraryTasks: new Map(
    rows(LIBRARY_TASKS).map(([library = '', supported = '']) => [library, new Set(supported.split(' '))]),
  ),
};

/** Most names of a user's map that are noted one by one; looking for what was meant takes time, and reading them too. */
const MOST_NOTES = 20;

/** A user's own map, and what is odd about it without making it unusable. */
export interface UserTables {
  readonly tables: Tables;
  /** One sentence each, such as a task the Hub does not have. */
  readonly notes: readonly string[];
}

/**
 * Reads a user's own library-to-tasks map: a JSON object from library names to lists of pipeline tags, as
 * LIBRARY_TASK_MAPPING of @huggingface/tasks. Unknown libraries and tasks are taken, with a note, because the map may
 * be newer than this package.
 * @param text The file's content.
 * @param file Its name, for messages and the report.
 * @throws ConfigError when the text is no JSON or has another shape.
 */
export function readLibraryTasks(text: string, file: string): UserTables {
  const wrong = (what: string, cause?: unknown) =>
    new ConfigError('library-tasks', `${file}: ${what}`, {
      hint: 'Write a JSON object from library names to lists of pipeline tags: {"transformers": ["text-classification"]}.',
      ...(cause === undefined ? {} : { cause }),
    });

  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw wrong(
      `the map of libraries to tasks is no JSON (${cause instanceof Error ? cause.message : String(cause)}).`,
      cause,
    );
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw wrong(`the map of libraries to tasks must be an object, not ${nameOf(value)}.`);
  }

  const libraryTasks = new Map<string, ReadonlySet<string>>();
  const notes: string[] = [];
  let odd = 0;
  const note = (kind: 'task' | 'library', name: string, known: () => Iterable<string>) => {
    odd++;
    if (odd <= MOST_NOTES) notes.push(unknownName(file, kind, name, nearest(name, known())));
  };
  for (const [library, supported] of Object.entries(value)) {
    if (library.trim() === '') throw wrong('a library has an empty name.');
    if (!Array.isArray(supported)) {
      throw wrong(`the tasks of ${JSON.stringify(library)} must be a list, not ${nameOf(supported)}.`);
    }
    for (const [index, task] of supported.entries()) {
      if (typeof task !== 'string' || task === '') {
        throw wrong(
          `task ${index + 1} of ${JSON.stringify(library)} must be a pipeline tag, not ${nameOf(task)}.`,
        );
      }
      if (!tasks().has(task)) note('task', task, () => tasks().keys());
    }
    if (!libraries().has(library)) note('library', library, () => libraries().keys());
    libraryTasks.set(library, new Set(supported as string[]));
  }
  if (odd > MOST_NOTES) {
    notes.push(`${file}: ${odd - MOST_NOTES} more names are not in the Hub's tables either.`);
  }
  return {
    tables: {
      source: `${file} (your own map of libraries to tasks), otherwise ${TABLES.source}`,
      date: TABLES.date,
      userGiven: true,
      libraryTasks,
    },
    notes,
  };
}

function unknownName(
  file: string,
  kind: 'task' | 'library',
  name: string,
  meant: string | undefined,
): string {
  const question = meant === undefined ? '' : ` Did you mean ${JSON.stringify(meant)}?`;
  return `${file}: the Hub's tables of ${TABLES.date} have no ${kind} ${JSON.stringify(name)}; it is taken as it is.${question}`;
}

function nameOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  return value === '' ? 'an empty string' : `a ${typeof value}`;
}
