import type { ModelInfo } from '../../serve/model-info.js';
import { Prose } from '../prose.js';

interface Props {
  readonly model: ModelInfo;
  /** Whether there is a widget here. */
  readonly served: boolean;
}

/** What the Hub would make of the widget, where it would not show it as it is here; nothing where it would. */
export function VerdictNote({ model, served }: Props) {
  const { api, remedy = [] } = model.support;
  if (api.enabled) return null;
  const refused = isRefused(model);
  return (
    <aside class={`notice inline ${refused ? 'warning' : ''}`} aria-label="What the Hub would show">
      <details open={refused}>
        <summary>
          {refused
            ? 'The card turns the Inference API off, and the widget with it.'
            : api.reason === 'TooBig'
              ? 'The model is too big for the Hub to load it. Here it is loaded if the server was told to pin it.'
              : `The Hub would show no live widget for this model${served ? '; here it is served all the same' : ''}.`}
        </summary>
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
