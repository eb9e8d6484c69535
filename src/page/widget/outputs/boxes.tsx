import { useState } from 'preact/hooks';
import { fixed } from '../scores.js';
import type { Media } from '../values.js';
import type { Box } from '../view.js';
import { More } from './labels.js';
import { Picture, type PictureSize } from './picture.js';
import { tonesOf } from './tones.js';

interface Props {
  readonly media: Media | null;
  readonly boxes: readonly Box[];
  readonly all: number;
}

/** More boxes than this have no names on the picture, where they would hide each other. */
const MOST_NAMED = 12;

/** Boxes on the picture, and a list of them; the one under the pointer or chosen stands out. */
export function Boxes({ media, boxes, all }: Props) {
  const [active, setActive] = useState<number | null>(null);
  const tone = tonesOf(boxes.map(({ label }) => label));
  const drawn = (size: PictureSize) =>
    boxes.map((box, index) => (
      <span
        key={`${index} ${box.label}`}
        aria-hidden="true"
        class={`widget-box ${tone(box.label)} ${active === null || active === index ? '' : 'is-dim'}`}
        style={placeOf(box, size)}
      >
        {boxes.length > MOST_NAMED && active !== index ? null : <span class="widget-tag">{box.label}</span>}
      </span>
    ));
  return (
    <>
      {media === null ? null : (
        <Picture blob={media.blob} alt={`${media.name} with ${boxes.length} boxes`}>
          {drawn}
        </Picture>
      )}
      {boxes.length === 0 ? (
        <p>Nothing was found in the picture.</p>
      ) : (
        <ul class="chips">
          {boxes.map(({ label, score, xmin, ymin, xmax, ymax }, index) => (
            <li key={`${index} ${label}`}>
              <button
                type="button"
                class={`chip ${tone(label)}`}
                aria-pressed={active === index}
                onClick={() => setActive(active === index ? null : index)}
                onMouseEnter={() => setActive(index)}
                onMouseLeave={() => setActive(null)}
              >
                {label} {fixed(score)}{' '}
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

/** Where a box lies, in shares of the picture, however large that is drawn. */
function placeOf({ xmin, ymin, xmax, ymax }: Box, { width, height }: PictureSize) {
  return {
    left: `${(100 * xmin) / width}%`,
    top: `${(100 * ymin) / height}%`,
    width: `${(100 * (xmax - xmin)) / width}%`,
    height: `${(100 * (ymax - ymin)) / height}%`,
  };
}
