import { useEnd } from '../use-end.js';
import { afterPrompt, MOST_CHARACTERS } from '../view.js';

interface Props {
  readonly text: string;
  /** What was sent; a generated text may begin with it. */
  readonly prompt: string;
  /** Whether more of it comes. */
  readonly writing?: boolean;
}

/** A text that a model wrote, or writes; what it continues is paler. */
export function WrittenText({ text, prompt, writing = false }: Props) {
  const { ref, onScroll, scrolls } = useEnd<HTMLDivElement>(text, writing);
  const written = afterPrompt(text, prompt);
  return (
    <div
      ref={ref}
      class={`widget-text ${writing ? 'is-writing' : ''}`}
      dir="auto"
      onScroll={onScroll}
      {...(scrolls ? { tabIndex: 0, role: 'group', 'aria-label': 'Text' } : {})}
    >
      {written === text ? null : <span class="widget-prompt">{prompt}</span>}
      {written.slice(0, MOST_CHARACTERS)}
      {text === '' && !writing ? <em>The text is empty.</em> : null}
      {text.length >= MOST_CHARACTERS ? '… (the JSON has the rest)' : null}
    </div>
  );
}
