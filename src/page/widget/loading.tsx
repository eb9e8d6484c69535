import { useEffect, useState } from 'preact/hooks';

/** A model that is being loaded, as the Hub shows it: a bar that fills up in the time that it is likely to take, and not quite. */
export function Loading({ seconds }: { readonly seconds: number }) {
  const [elapsed, setElapsed] = useState(0);
  useEffect(() => {
    const begin = Date.now();
    const timer = setInterval(() => setElapsed((Date.now() - begin) / 1000), 200);
    return () => clearInterval(timer);
  }, []);
  const share = Math.min(0.96, elapsed / Math.max(0.1, seconds));
  return (
    <div class="widget-loading">
      <progress max={1} value={share} aria-label="Loading of the model" />
      <span>Model is loading, about {Math.max(1, Math.round(seconds))} s</span>
    </div>
  );
}
