import type { Chunk } from '../view.js';
import { More } from './labels.js';
import { WrittenText } from './written-text.js';

interface Props {
  readonly texts: readonly string[];
  readonly chunks: readonly Chunk[];
  readonly all: number;
  /** What was sent; a generated text may begin with it. */
  readonly prompt: string;
}

/** Texts that a model wrote, and when what was said. */
export function Texts({ texts, chunks, all, prompt }: Props) {
  return (
    <>
      {texts.map((text, index) => (
        <WrittenText key={index} text={text} prompt={prompt} />
      ))}
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
