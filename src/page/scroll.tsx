import type { ComponentChildren } from 'preact';

/** What scrolls must be reached with the keyboard, too (WCAG 2.1.1). */
const REACHED = { tabIndex: 0 };

/** A part that scrolls by itself where it is too wide or too long. */
export function Scroll({
  label,
  children,
}: {
  readonly label: string;
  readonly children: ComponentChildren;
}) {
  return (
    <section class="scroll tall" aria-label={label} {...REACHED}>
      {children}
    </section>
  );
}
