import { taskAliases } from '../hub/tasks.js';
import { fillMask } from './fill-mask.js';
import { imageClassification } from './image-classification.js';
import { objectDetection } from './object-detection.js';
import { questionAnswering } from './question-answering.js';
import { tabularClassification } from './tabular-classification.js';
import type { Task } from './task.js';
import { textClassification } from './text-classification.js';
import { tokenClassification } from './token-classification.js';

/** The tasks that can be run, by pipeline tag. */
export const TASKS: ReadonlyMap<string, Task> = new Map(
  [
    fillMask,
    questionAnswering,
    tokenClassification,
    imageClassification,
    objectDetection,
    tabularClassification,
    textClassification,
  ].map((task: Task): [string, Task] => [task.tag, task]),
);

/** The definition of a pipeline tag or of another name of it (`sentiment-analysis`); undefined when there is none yet. */
export function findTask(name: string): Task | undefined {
  return TASKS.get(name) ?? TASKS.get(taskAliases().get(name) ?? '');
}
