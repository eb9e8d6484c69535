import { DEFAULT_INPUTS } from './tables/default-inputs.generated.js';

/** What the Hub puts into a widget when the card has no examples: texts, or objects in the shape of widget examples. */
export interface DefaultInputs {
  /** Language code of the inputs: `en`, or the first that has any. */
  readonly language: string;
  /** Texts hold `<mask>` where the mask token of the model belongs. */
  readonly inputs: readonly unknown[];
}

/** The Hub's default inputs of a widget type (a pipeline tag, or `conversational`); undefined when it has none. */
export function defaultInputs(widget: string): DefaultInputs | undefined {
  return Object.hasOwn(DEFAULT_INPUTS, widget) ? DEFAULT_INPUTS[widget] : undefined;
}
