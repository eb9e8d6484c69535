import type { Metadata } from '../../card/card.js';
import { ofLast } from './of-last.js';

/** A tag that is more than a word: it holds a colon, an equals sign or a slash. */
export interface MarkedTag {
  readonly tag: string;
  /** In the list of tags. */
  readonly index: number;
}

const MARK = /[:=/]/;

/** The tags that several rules look at twice; few of all there are. */
export const markedTags = ofLast(({ tags }: Metadata): readonly MarkedTag[] => {
  if (!Array.isArray(tags)) return NONE;
  let found: MarkedTag[] | undefined;
  for (let index = 0; index < tags.length; index++) {
    const tag: unknown = tags[index];
    if (typeof tag !== 'string' || !MARK.test(tag)) continue;
    found ??= [];
    found.push({ tag, index });
  }
  return found ?? NONE;
});

const NONE: readonly MarkedTag[] = [];
