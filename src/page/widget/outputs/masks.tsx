import { useMemo, useState } from 'preact/hooks';
import type { Mask } from '../answer.js';
import { scoreText } from '../compare.js';
import { blobOf, useObjectUrl } from '../use-object-url.js';
import type { Media } from '../values.js';
import { More } from './labels.js';
import { tonesOf } from './tones.js';

interface Props {
  readonly media: Media | null;
  readonly masks: readonly Mask[];
  readonly all: number;
}

/** Masks on the picture, each of which can be switched off. */
export function Masks({ media, masks, all }: Props) {
  const url = useObjectUrl(media?.blob ?? null);
  const [off, setOff] = useState<ReadonlySet<number>>(new Set());
  const tone = tonesOf(masks.map(({ label }, index) => `${index} ${label}`));
  const toggle = (index: number) => {
    const next = new Set(off);
    if (!next.delete(index)) next.add(index);
    setOff(next);
  };
  return (
    <>
      <div class="widget-stage">
        {url === null ? null : (
          <img class="widget-picture" src={url} alt={`What was sent, with ${masks.length} masks`} />
        )}
        {masks.map(({ label, png }, index) =>
          off.has(index) ? null : (
            <MaskLayer key={label + String(index)} png={png} tone={tone(`${index} ${label}`)} />
          ),
        )}
      </div>
      {masks.length === 0 ? (
        <p>Nothing was found in the picture.</p>
      ) : (
        <ul class="widget-legend">
          {masks.map(({ label, score }, index) => (
            <li key={label + String(index)}>
              <button
                type="button"
                class={`widget-chip ${tone(`${index} ${label}`)}`}
                aria-pressed={!off.has(index)}
                onClick={() => toggle(index)}
              >
                {label} {scoreText(score)}
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
