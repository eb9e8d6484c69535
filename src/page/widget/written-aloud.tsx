import { useEffect, useRef, useState } from 'preact/hooks';
import { spokenUntil } from './spoken.js';

interface Props {
  /** What was written so far. */
  readonly text: string;
  /** Whether more of it comes. */
  readonly writing: boolean;
}

/** How long the last part stays, in milliseconds: long enough to be noticed; then the text is there only once. */
const STAYS_MS = 3000;

/** Tells screen readers of a text as it is written, a few sentences at a time; nobody sees it. */
export function WrittenAloud({ text, writing }: Props) {
  const said = useRef(0);
  const [part, setPart] = useState('');
  useEffect(() => {
    // Another text, or the same one anew.
    if (text.length < said.current) said.current = 0;
    const until = spokenUntil(text, said.current, !writing);
    if (until === said.current) return;
    setPart(text.slice(said.current, until).trim());
    said.current = until;
  }, [text, writing]);
  useEffect(() => {
    if (writing || part === '') return;
    const timer = setTimeout(() => setPart(''), STAYS_MS);
    return () => clearTimeout(timer);
  }, [part, writing]);
  return (
    <div class="visually-hidden" aria-live="polite" aria-atomic="true" data-spoken>
      {part}
    </div>
  );
}
