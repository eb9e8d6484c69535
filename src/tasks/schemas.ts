import { taskSchemas } from '../hub/task-schemas.js';

/** Schemas of the tasks for which @huggingface/tasks has none; shapes from the Inference API clients. */
const OWN: Readonly<Record<string, object>> = {
  // One class per row (huggingface_hub `InferenceClient.tabular_classification`).
  'tabular-classification': { type: 'array', items: { type: ['string', 'number', 'boolean'] } },
};

/** JSON Schema (draft-06) of what an inference of a task gives, in the shape of the Inference API. */
export function outputSchema(tag: string): object | undefined {
  return taskSchemas(tag)?.output ?? (Object.hasOwn(OWN, tag) ? OWN[tag] : undefined);
}
