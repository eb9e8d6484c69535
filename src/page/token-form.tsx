import { useState } from 'preact/hooks';

/** Asks for the token of the server; `again` where one was given already. */
export function TokenForm({
  again,
  onToken,
}: {
  readonly again: boolean;
  readonly onToken: (value: string) => void;
}) {
  const [value, setValue] = useState('');
  const [unfit, setUnfit] = useState(false);
  return (
    <section class="notice" aria-labelledby="token-title">
      <h1 id="token-title">This server wants a token</h1>
      {(again || unfit) && (
        <p role="alert" class="chip error">
          That was not the token of this server.
        </p>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const given = value.trim();
          // No server has one that a header cannot carry, and no request could be sent with it.
          if (/^[!-~]+$/.test(given)) onToken(given);
          else if (given !== '') setUnfit(true);
        }}
      >
        <label for="token">
          The value that was given to <code>--token</code>
        </label>
        <input
          id="token"
          class="field"
          type="password"
          autocomplete="off"
          spellcheck={false}
          value={value}
          onInput={(event) => setValue(event.currentTarget.value)}
        />
        <p class="aside">It is kept in this tab until you close it, and sent to this server alone.</p>
        <button type="submit" class="button primary">
          Open
        </button>
      </form>
    </section>
  );
}
