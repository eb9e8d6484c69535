import { useMemo, useState } from 'preact/hooks';
import { fixed } from '../scores.js';
import { blobOf, useObjectUrl } from '../use-object-url.js';
import type { Media } from '../values.js';
import type { Mask } from '../view.js';
import { More } from './labels.js';
import { Picture } from './picture.js';
import { tonesOf } from './tones.js';

interface Props {
  readonly media: Media | null;
  readonly masks: readonly Mask[];
  readonly all: number;
}

/** Masks on the picture, each of which can be switched off. */
export function Masks({ media, masks, all }: Props) {
  const [off, setOff] = useState<ReadonlySet<number>>(new Set());
  const names = masks.map(({ label }, index) => `${index} ${label}`);
  const tone = tonesOf(names);
  const toggle = (index: number) => {
    const next = new Set(off);
    if (!next.delete(index)) next.add(index);
    setOff(next);
  };
  return (
    <>
      {media === null ? null : (
        <Picture blob={media.blob} alt={`${media.name} with ${masks.length} masks`}>
          {() =>
            masks.map(({ png }, index) =>
              png === null || off.has(index) ? null : (
                <MaskLayer key={names[index]} png={png} tone={tone(names[index] ?? '')} />
              ),
            )
          }
        </Picture>
      )}
      {masks.length === 0 ? (
        <p>Nothing was found in the picture.</p>
      ) : (
        <ul class="chips" aria-label="Masks that are shown">
          {masks.map(({ label, score }, index) => (
            <li key={names[index]}>
              <button
                type="button"
                class={`chip ${tone(names[index] ?? '')}`}
                aria-pressed={!off.has(index)}
                onClick={() => toggle(index)}
              >
                {label} {fixed(score)}
              </button>
            </li>
          ))}
        </ul>
      )}
      <More shown={masks.length} all={all} />
    </>
  );
}

/** A colour where the mask is white. */
function MaskLayer({ png, tone }: { readonly png: string; readonly tone: string }) {
  const blob = useMemo(() => blobOf(png, 'image/png'), [png]);
  const url = useObjectUrl(blob);
  return url === null ? null : (
    <span class={`widget-mask ${tone}`} aria-hidden="true" style={{ maskImage: `url("${url}")` }} />
  );
}
