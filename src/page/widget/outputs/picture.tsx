import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { useObjectUrl } from '../use-object-url.js';

interface Props {
  readonly blob: Blob;
  readonly alt: string;
  /** What lies on the picture; its places are shares of the picture’s size in pixels. */
  readonly children?: (size: PictureSize) => ComponentChildren;
}

/** In pixels. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** Highest picture, and the least width of a small one. */
const HIGHEST = 24;
const NARROWEST = 16;

/** A picture, not higher than a screen; one of a few pixels is enlarged so that something is seen of it. */
export function Picture({ blob, alt, children }: Props) {
  const url = useObjectUrl(blob);
  const [size, setSize] = useState<PictureSize | null>(null);
  /** The address at which there is none: the next one may be good. */
  const [broken, setBroken] = useState<string | null>(null);
  if (url === null) return null;
  if (broken === url) return <p class="aside">This browser cannot show {alt}.</p>;
  const width =
    size === null
      ? '100%'
      : `min(100%, ${(HIGHEST * size.width) / size.height}rem, max(${size.width}px, ${NARROWEST}rem))`;
  return (
    <div class="widget-stage" style={{ width }}>
      <img
        src={url}
        alt={alt}
        onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) =>
          setSize({ width: Math.max(1, naturalWidth), height: Math.max(1, naturalHeight) })
        }
        onError={() => setBroken(url)}
      />
      {size === null ? null : children?.(size)}
    </div>
  );
}
