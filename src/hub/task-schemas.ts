import { COMMON_DEFINITIONS, TASK_SCHEMAS } from './tables/task-schemas.generated.js';

/** JSON Schemas (draft-06) of what goes into an inference of a task and what comes out, without descriptions. */
export interface TaskSchemas {
  readonly input?: object;
  readonly output?: object;
}

/** The schema the others refer to as `/inference/schemas/common-definitions.json`. */
export const commonDefinitions: object = COMMON_DEFINITIONS;

/** The schemas of a pipeline tag; undefined when @huggingface/tasks has none. */
export function taskSchemas(task: string): TaskSchemas | undefined {
  return Object.hasOwn(TASK_SCHEMAS, task) ? TASK_SCHEMAS[task] : undefined;
}
