import { lazily, rows } from './lazily.js';
import { RETIRED_TASKS, TASK_ALIASES, TASKS } from './tables/tasks.generated.js';

/** A pipeline tag, as PIPELINE_DATA of @huggingface/tasks has it. */
export interface Task {
  readonly tag: string;
  readonly label: string;
  /** `nlp`, `cv`, `audio`, `tabular`, `multimodal`, `rl` or `other`. */
  readonly modality: string;
  /** The Hub does not offer it as a filter for models. */
  readonly hidden: boolean;
  /**
   * What shows that the Hub has a widget for it: an example in its documentation, only the widget code that was public
   * until 2025, or nothing.
   */
  readonly widget: 'documented' | 'old-widget-code' | 'none';
  /** Position in PIPELINE_DATA: within a modality, the more specific task comes first. */
  readonly order: number;
  /** Finer names, used in `model-index`. */
  readonly subtasks: readonly string[];
}

/** A pipeline tag that the Hub no longer has. */
export interface RetiredTask {
  readonly tag: string;
  /** Day it was retired (ISO 8601). */
  readonly date: string;
  /** The tags that took its place. */
  readonly successors: readonly string[];
  /** A tag that belongs beside the successor. */
  readonly addTag: string | undefined;
}

/** All pipeline tags, in the order of PIPELINE_DATA. */
export const tasks: () => ReadonlyMap<string, Task> = lazily(
  () =>
    new Map(
      rows(TASKS).map(([tag = '', label = '', modality = '', hidden, widget, subtasks = ''], order) => [
        tag,
        {
          tag,
          label,
          modality,
          hidden: hidden === 'h',
          widget: widget === 'd' ? 'documented' : widget === 'o' ? 'old-widget-code' : 'none',
          order,
          subtasks: subtasks === '' ? [] : subtasks.split(' '),
        },
      ]),
    ),
);

/** Pipeline tags of the past, by tag. */
export const retiredTasks: () => ReadonlyMap<string, RetiredTask> = lazily(
  () =>
    new Map(
      rows(RETIRED_TASKS).map(([tag = '', date = '', successors = '', addTag = '']) => [
        tag,
        { tag, date, successors: successors.split(' '), addTag: addTag === '' ? undefined : addTag },
      ]),
    ),
);

/** Other names of tasks: what `pipeline()` takes (`ner`), and subtasks (`sentiment-analysis`), each with its task. */
export const taskAliases: () => ReadonlyMap<string, string> = lazily(() => {
  const aliases = new Map<string, string>();
  for (const task of tasks().values()) {
    for (const subtask of task.subtasks) if (!aliases.has(subtask)) aliases.set(subtask, task.tag);
  }
  for (const [alias = '', task = ''] of rows(TASK_ALIASES)) aliases.set(alias, task);
  return aliases;
});
