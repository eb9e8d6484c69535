import type { ModelInfo } from '../../serve/model-info.js';

/** What the Hub would make of the widget, where it would not show it as it is here; nothing where it would. */
export function VerdictNote({ model: { support } }: { readonly model: ModelInfo }) {
  const { api, remedy } = support;
  if (api.enabled) return null;
  const refused = api.reason === 'ExplicitOptOut';
  return (
    <aside class="widget-note" aria-label="Verdict">
      <p>
        <strong>
          {refused
            ? 'The card has turned the Inference API off, and so the widget.'
            : 'The Hub would not serve this model; here it is served all the same.'}
        </strong>{' '}
        {api.explanation}
      </p>
      {remedy === undefined || remedy.length === 0 ? null : (
        <>
          <p>To turn it on:</p>
          <ul>
            {remedy.map(({ title }) => (
              <li key={title}>{title}</li>
            ))}
          </ul>
        </>
      )}
    </aside>
  );
}

/** Whether the server answers inferences of the model. */
export function isRefused({ support }: ModelInfo): boolean {
  return support.api.reason === 'ExplicitOptOut';
}
