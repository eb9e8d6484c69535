import type { Entity } from '../view.js';

/** A piece of a text, and what was found in it. */
export interface Segment {
  readonly text: string;
  readonly entity: Entity | null;
}

/** Cuts a text where entities begin and end. One that overlaps an earlier one, or lies outside, is left out. */
export function segmentsOf(text: string, entities: readonly Entity[]): readonly Segment[] {
  const placed = entities
    .flatMap((entity) => {
      const { start, end } = entity;
      return start !== null && end !== null && start >= 0 && end > start && end <= text.length
        ? [{ entity, start, end }]
        : [];
    })
    .sort((one, other) => one.start - other.start);
  const segments: Segment[] = [];
  let at = 0;
  for (const { entity, start, end } of placed) {
    if (start < at) continue;
    if (start > at) segments.push({ text: text.slice(at, start), entity: null });
    segments.push({ text: text.slice(start, end), entity });
    at = end;
  }
  if (at < text.length) segments.push({ text: text.slice(at), entity: null });
  return segments;
}
