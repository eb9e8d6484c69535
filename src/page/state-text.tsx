import type { ModelState } from '../serve/model-state.js';
import { stateInWords } from './words.js';

/** Whether a model can answer at once; told to who listens when it changes. */
export function StateText({ state }: { readonly state: ModelState }) {
  const tone = { loaded: 'good', loading: 'info', cold: '' }[state.state];
  return (
    <p class="state aside" aria-live="polite">
      <i class={`mark ${tone}`} aria-hidden="true" />
      {stateInWords(state)}
    </p>
  );
}
