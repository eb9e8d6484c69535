import { type Chunk, MOST_CHARACTERS } from '../view.js';
import { More } from './labels.js';

interface Props {
  readonly texts: readonly string[];
  readonly chunks: readonly Chunk[];
  readonly all: number;
  /** What was sent; a generated text may begin with it. */
  readonly prompt: string;
}

/** Texts that a model wrote; what it continues is paler. */
export function Texts({ texts, chunks, all, prompt }: Props) {
  return (
    <>
      {texts.map((text, index) => {
        const repeats = prompt !== '' && text.startsWith(prompt);
        return (
          <p class="widget-text" key={index}>
            {repeats ? <span class="widget-prompt">{prompt}</span> : null}
            {repeats ? text.slice(prompt.length) : text}
            {text === '' ? <em>The text is empty.</em> : null}
            {text.length >= MOST_CHARACTERS ? '… (the JSON has the rest)' : null}
          </p>
        );
      })}
      {chunks.length === 0 ? null : (
        <ol class="widget-plain">
          {chunks.map(({ text, from, to }, index) => (
            <li key={index}>
              <small>
                {from.toFixed(2)} – {to === null ? '' : to.toFixed(2)} s
              </small>{' '}
              {text}
            </li>
          ))}
        </ol>
      )}
      <More shown={texts.length} all={all} />
    </>
  );
}
