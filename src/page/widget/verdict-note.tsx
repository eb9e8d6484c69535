import type { ModelInfo } from '../../serve/model-info.js';
import { Prose } from '../prose.js';

/** What the Hub would make of the widget, where it would not show it as it is here; nothing where it would. */
export function VerdictNote({ model }: { readonly model: ModelInfo }) {
  const { api, remedy = [] } = model.support;
  if (api.enabled) return null;
  const refused = isRefused(model);
  return (
    <aside class="widget-note" aria-label="What the Hub would show">
      <p>
        <strong>
          {refused
            ? 'The card turns the Inference API off, and the widget with it.'
            : api.reason === 'TooBig'
              ? 'The model is too big for the Hub to load it. Here it is loaded if the server was told to pin it.'
              : 'The Hub would show no live widget for this model. Here it is served all the same.'}
        </strong>
      </p>
      <details open={refused}>
        <summary>Why, and what to do</summary>
        <p>
          <Prose text={api.explanation} />
        </p>
        {remedy.length === 0 ? null : (
          <ul>
            {remedy.map(({ title }) => (
              <li key={title}>
                <Prose text={title} />
              </li>
            ))}
          </ul>
        )}
      </details>
    </aside>
  );
}

/** Whether the server answers no inferences of the model. */
export function isRefused({ support }: ModelInfo): boolean {
  return support.api.reason === 'ExplicitOptOut';
}
