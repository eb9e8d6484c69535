import type { RefObject } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

/** How far above its end something may be scrolled to still follow what comes, in pixels. */
const NEAR = 24;

/** Something that scrolls by itself, to whose end more comes. */
export interface GrowingPart<E extends HTMLElement> {
  readonly ref: RefObject<E | null>;
  readonly onScroll: () => void;
  /** Whether there is more of it than is seen; what scrolls must be reached with the keyboard, too (WCAG 2.1.1). */
  readonly scrolls: boolean;
}

/** Keeps the end of something in sight while `content` grows, unless the reader has scrolled up; not where `follows` is false. */
export function useEnd<E extends HTMLElement>(content: unknown, follows: boolean): GrowingPart<E> {
  const ref = useRef<E | null>(null);
  const atEnd = useRef(true);
  const [scrolls, setScrolls] = useState(false);
  useLayoutEffect(() => {
    const { current } = ref;
    if (current === null) return;
    setScrolls(current.scrollHeight > current.clientHeight);
    if (follows && atEnd.current) current.scrollTop = current.scrollHeight;
  }, [content, follows]);
  const onScroll = () => {
    const { current } = ref;
    if (current === null) return;
    atEnd.current = current.scrollHeight - current.scrollTop - current.clientHeight < NEAR;
  };
  return { ref, onScroll, scrolls };
}
