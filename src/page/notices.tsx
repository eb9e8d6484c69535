import type { ComponentChildren } from 'preact';

/** Something is on its way. */
export function Busy({ children }: { readonly children: string }) {
  return (
    <p class="busy" role="status">
      {children}
    </p>
  );
}

/** Something did not work, and can be tried again. */
export function Failed({
  title,
  message,
  onRetry,
}: {
  readonly title: ComponentChildren;
  readonly message: string;
  readonly onRetry?: () => void;
}) {
  return (
    <section class="notice error" role="alert">
      <h1>{title}</h1>
      <p>{message}</p>
      {onRetry !== undefined && (
        <button type="button" class="button" onClick={onRetry}>
          Try again
        </button>
      )}
      <a href="/">All models</a>
    </section>
  );
}

/** What is new of what is shown, or that nothing new can come, as the server does not answer. */
export function News({ away, children }: { readonly away: boolean; readonly children?: string }) {
  return (
    <p class={away ? 'news notice inline warning' : 'news aside'} role="status">
      {away
        ? 'The server does not answer. Is it still running? This page goes on when it is back.'
        : children}
    </p>
  );
}
