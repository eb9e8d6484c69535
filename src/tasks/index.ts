import { taskAliases } from '../hub/tasks.js';
import { tabularClassification } from './tabular-classification.js';
import type { Task } from './task.js';
import { textClassification } from './text-classification.js';

/** The tasks that can be run, by pipeline tag. */
export const TASKS: ReadonlyMap<string, Task> = new Map(
  [textClassification, tabularClassification].map((task): [string, Task] => [task.tag, task]),
);

/** The definition of a pipeline tag or of another name of it (`sentiment-analysis`); undefined when there is none yet. */
export function findTask(name: string): Task | undefined {
  return TASKS.get(name) ?? TASKS.get(taskAliases().get(name) ?? '');
}
