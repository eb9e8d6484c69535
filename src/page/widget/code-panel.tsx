import { useMemo, useRef, useState } from 'preact/hooks';
import { Scroll } from '../scroll.js';
import type { CodeOfRequest } from './request-code.js';
import { useObjectUrl } from './use-object-url.js';

interface Props {
  /** Makes the code, or tells what the form still lacks; called only when somebody looks. */
  readonly code: () => CodeOfRequest | string;
}

/** Characters of a snippet that are shown; all of it is copied. */
const MOST_SHOWN = 20_000;

/** The request as it would be sent now, in several languages. */
export function CodePanel({ code }: Props) {
  const [open, setOpen] = useState(false);
  return (
    <details class="widget-details" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Ask it from code</summary>
      {open ? <Languages made={code()} /> : null}
    </details>
  );
}

function Languages({ made }: { readonly made: CodeOfRequest | string }) {
  const [chosen, setChosen] = useState(0);
  const tabs = useRef<HTMLDivElement>(null);
  if (typeof made === 'string') return <p class="aside">{made}</p>;
  const snippet = made.snippets[chosen];
  if (snippet === undefined) return null;
  const move = (step: number) => {
    const next = (chosen + step + made.snippets.length) % made.snippets.length;
    setChosen(next);
    tabs.current?.querySelectorAll('button')[next]?.focus();
  };
  return (
    <>
      <div
        class="widget-tabs"
        role="tablist"
        aria-label="Language"
        tabIndex={-1}
        ref={tabs}
        onKeyDown={(event) => {
          if (event.key === 'ArrowRight') move(1);
          if (event.key === 'ArrowLeft') move(-1);
        }}
      >
        {made.snippets.map(({ language }, index) => (
          <button
            key={language}
            type="button"
            role="tab"
            id={`widget-tab-${language}`}
            aria-selected={index === chosen}
            aria-controls="widget-code"
            tabIndex={index === chosen ? 0 : -1}
            onClick={() => setChosen(index)}
          >
            {language}
          </button>
        ))}
      </div>
      <div
        role="tabpanel"
        id="widget-code"
        aria-labelledby={`widget-tab-${snippet.language}`}
        class="widget-snippet"
      >
        <Scroll label="Code">
          <pre>
            <code>{snippet.code.slice(0, MOST_SHOWN)}</code>
          </pre>
        </Scroll>
      </div>
      <div class="widget-line">
        <Copy text={snippet.code} />
        {snippet.language === 'curl' && made.body !== null ? <SaveBody body={made.body} /> : null}
      </div>
    </>
  );
}

function Copy({ text }: { readonly text: string }) {
  const [said, setSaid] = useState<{ readonly text: string; readonly how: string } | null>(null);
  const copy = () => {
    const tell = (how: string) => setSaid({ text, how });
    if (navigator.clipboard === undefined) return tell('This browser does not copy here; mark the text.');
    return void navigator.clipboard.writeText(text).then(
      () => tell('Copied'),
      () => tell('The browser does not allow it; mark the text.'),
    );
  };
  return (
    <>
      <button type="button" class="button small" onClick={copy}>
        Copy
      </button>
      <span role="status" class="aside">
        {said !== null && said.text === text ? said.how : ''}
      </span>
    </>
  );
}

/** Saves the body that the command reads. */
function SaveBody({ body }: { readonly body: string }) {
  const blob = useMemo(() => new Blob([body], { type: 'application/json' }), [body]);
  const url = useObjectUrl(blob);
  return url === null ? null : (
    <a href={url} download="request.json">
      Save request.json
    </a>
  );
}
