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
  readonly title: string;
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
