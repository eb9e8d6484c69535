import { useMemo, useState } from 'preact/hooks';
import { Scroll } from '../../scroll.js';
import { useObjectUrl } from '../use-object-url.js';

/** Characters of a JSON that are shown. */
const MOST_SHOWN = 20_000;

/** The answer as it came. It is written out only when somebody looks. */
export function RawJson({ value }: { readonly value: unknown }) {
  const [open, setOpen] = useState(false);
  return (
    <details class="widget-details" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>JSON of the answer</summary>
      {open ? <Written value={value} /> : null}
    </details>
  );
}

function Written({ value }: { readonly value: unknown }) {
  const text = useMemo(() => JSON.stringify(value, null, 2), [value]);
  const blob = useMemo(() => new Blob([text], { type: 'application/json' }), [text]);
  const url = useObjectUrl(blob);
  return (
    <>
      <Scroll label="JSON of the answer">
        <pre class="widget-json">{text.slice(0, MOST_SHOWN)}</pre>
      </Scroll>
      <p class="aside">
        {text.length > MOST_SHOWN
          ? `The first ${MOST_SHOWN.toLocaleString('en')} of ${text.length.toLocaleString('en')} characters. `
          : null}
        {url === null ? null : (
          <a href={url} download="answer.json">
            Save answer.json
          </a>
        )}
      </p>
    </>
  );
}
