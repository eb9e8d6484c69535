import type { ComponentChildren } from 'preact';
import { useEffect, useErrorBoundary, useRef, useState } from 'preact/hooks';
import { modelIn } from './address.js';
import { keepToken, onTokenWanted } from './api.js';
import { ModelList } from './list/model-list.js';
import { ModelPage } from './model/model-page.js';
import { TokenForm } from './token-form.js';
import { UsagePage } from './usage/usage-page.js';

/** The whole page: the list of models at `/`, usage at `/usage`, a model at `/{id}`. */
export function App() {
  const [wantsToken, setWantsToken] = useState(false);
  // Everything is asked for again with another token.
  const [asked, setAsked] = useState(0);
  const refused = useRef(false);
  useEffect(() => {
    onTokenWanted(() => setWantsToken(true));
  }, []);
  const id = modelIn(location.pathname);

  return (
    <>
      <a class="skip" href="#content">
        Skip to the content
      </a>
      <header class="top">
        <div>
          <a class="brand" href="/">
            Models at home
          </a>
          <a href="/usage">Usage</a>
          <span class="aside maker">served by validate-card</span>
        </div>
      </header>
      <main id="content" tabIndex={-1}>
        <Drawn>
          {wantsToken ? (
            <TokenForm
              again={refused.current}
              onToken={(value) => {
                refused.current = true;
                keepToken(value);
                setWantsToken(false);
                setAsked((count) => count + 1);
              }}
            />
          ) : location.pathname === '/usage' ? (
            <UsagePage key={asked} />
          ) : id === null ? (
            <ModelList key={asked} />
          ) : (
            <ModelPage key={asked} id={id} />
          )}
        </Drawn>
      </main>
    </>
  );
}

/** What is drawn, or that it cannot be: what a card or a model says must not leave an empty page. */
function Drawn({ children }: { readonly children: ComponentChildren }) {
  const [fault, again] = useErrorBoundary();
  if (fault === undefined) return <>{children}</>;
  return (
    <section class="notice" role="alert">
      <h1>This cannot be shown</h1>
      <p>
        The page failed at something that the card or the model says. The server and its addresses go on; the
        card can be checked with <code>validate-card</code>.
      </p>
      <button type="button" class="button" onClick={again}>
        Try again
      </button>
    </section>
  );
}
