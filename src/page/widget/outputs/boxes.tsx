import { useState } from 'preact/hooks';
import type { Box } from '../answer.js';
import { scoreText } from '../compare.js';
import { useObjectUrl } from '../use-object-url.js';
import type { Media } from '../values.js';
import { More } from './labels.js';
import { tonesOf } from './tones.js';

interface Props {
  readonly media: Media | null;
  readonly boxes: readonly Box[];
  readonly all: number;
}

/** Boxes on the picture, and a list of them; the one under the pointer or in focus stands out. */
export function Boxes({ media, boxes, all }: Props) {
  const url = useObjectUrl(media?.blob ?? null);
  const [size, setSize] = useState<{ readonly width: number; readonly height: number } | null>(null);
  const [active, setActive] = useState<number | null>(null);
  const tone = tonesOf(boxes.map(({ label }) => label));
  const percent = (part: number, whole: number) => `${(100 * part) / whole}%`;
  return (
    <>
      {url === null ? null : (
        <div class="widget-stage">
          <img
            class="widget-picture"
            src={url}
            alt={`What was sent, with ${boxes.length} boxes`}
            onLoad={({ currentTarget: { naturalWidth: width, naturalHeight: height } }) =>
              setSize({ width, height })
            }
          />
          {size === null
            ? null
            : boxes.map(({ label, xmin, ymin, xmax, ymax }, index) => (
                <span
                  key={index}
                  aria-hidden="true"
                  class={`widget-box ${tone(label)} ${active === null || active === index ? '' : 'is-dim'}`}
                  style={{
                    left: percent(xmin, size.width),
                    top: percent(ymin, size.height),
                    width: percent(xmax - xmin, size.width),
                    height: percent(ymax - ymin, size.height),
                  }}
                >
                  {boxes.length > 12 && active !== index ? null : <span class="widget-tag">{label}</span>}
                </span>
              ))}
        </div>
      )}
      {boxes.length === 0 ? (
        <p>Nothing was found in the picture.</p>
      ) : (
        <ul class="widget-legend">
          {boxes.map(({ label, score, xmin, ymin, xmax, ymax }, index) => (
            <li key={index}>
              <button
                type="button"
                class={`widget-chip ${tone(label)}`}
                aria-pressed={active === index}
                onClick={() => setActive(active === index ? null : index)}
                onMouseEnter={() => setActive(index)}
                onMouseLeave={() => setActive(null)}
              >
                {label} {Number.isNaN(score) ? '' : scoreText(score)}
                <small>
                  {[xmin, ymin].map(Math.round).join(', ')} – {[xmax, ymax].map(Math.round).join(', ')}
                </small>
              </button>
            </li>
          ))}
        </ul>
      )}
      <More shown={boxes.length} all={all} />
    </>
  );
}
