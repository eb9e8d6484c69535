import { type Clue, KEYS } from '../clue.js';
import type { Sources } from '../sources.js';
import { languageClues } from './language.js';
import { libraryClues } from './library.js';
import { licenseClues } from './license.js';
import { originClues } from './origin.js';
import { tagClues } from './tags.js';
import { taskClues } from './task.js';
import { widgetClues } from './widget.js';

/** Everything the files tell of the metadata, in the order of the card's keys. What they do not tell has no clue. */
export function cluesOf(sources: Sources): readonly Clue[] {
  const library = libraryClues(sources);
  const task = taskClues(sources, textOf(library));
  const clues = [
    ...languageClues(sources),
    ...licenseClues(sources),
    ...library,
    ...task,
    ...tagClues(sources, textOf(task)),
    ...originClues(sources),
    ...widgetClues(sources, textOf(task)),
  ];
  return clues.sort((a, b) => KEYS.indexOf(a.key) - KEYS.indexOf(b.key));
}

/** The value of the clue that is no mere guess. */
function textOf(clues: readonly Clue[]): string | undefined {
  const value = clues.find(({ certainty }) => certainty !== 'guess')?.value;
  return typeof value === 'string' ? value : undefined;
}
