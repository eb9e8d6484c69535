import type { CallFault } from './call.js';

/** Something that went wrong, and what to do. */
export function Problem({ fault: { message, advice } }: { readonly fault: CallFault }) {
  return (
    <div class="notice inline error" role="alert">
      <p>{message.slice(0, 2000)}</p>
      {advice === null ? null : <p>{advice}</p>}
    </div>
  );
}
