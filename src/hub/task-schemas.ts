import type { TaskSchemas } from './table-shapes.js';
import { COMMON_DEFINITIONS, TASK_SCHEMAS } from './tables/task-schemas.generated.js';

/** The schema the others refer to as `/inference/schemas/common-definitions.json`. */
export const commonDefinitions: object = COMMON_DEFINITIONS;

/** The schemas of a pipeline tag; undefined when @huggingface/tasks has none. */
export function taskSchemas(task: string): TaskSchemas | undefined {
  return Object.hasOwn(TASK_SCHEMAS, task) ? TASK_SCHEMAS[task] : undefined;
}
