import type { DefaultInputs } from './table-shapes.js';
import { DEFAULT_INPUTS } from './tables/default-inputs.generated.js';

/** The Hub's default inputs of a widget type (a pipeline tag, or `conversational`); undefined when it has none. */
export function defaultInputs(widget: string): DefaultInputs | undefined {
  return Object.hasOwn(DEFAULT_INPUTS, widget) ? DEFAULT_INPUTS[widget] : undefined;
}
