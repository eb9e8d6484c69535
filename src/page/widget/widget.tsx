import type { ModelInfo } from '../../serve/model-info.js';

/** Asks the model, as the widget on the page of the Hub does. */
export function Widget({ model }: { readonly model: ModelInfo }) {
  return <p>No widget yet for {model.id}.</p>;
}
