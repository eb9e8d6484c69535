import { useLayoutEffect, useRef } from 'preact/hooks';

/** Stops what a form has begun. It goes when that ends; who stands on it then is led to what begins anew, not to the top of the page. */
export function StopButton({ onStop }: { readonly onStop: () => void }) {
  const button = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    const { current } = button;
    return () => {
      if (document.activeElement !== current) return;
      current?.form?.querySelector<HTMLElement>('[type=submit]')?.focus();
    };
  }, []);
  return (
    <button ref={button} type="button" class="button small" onClick={onStop}>
      Stop
    </button>
  );
}
