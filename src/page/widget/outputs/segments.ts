import type { Entity } from '../view.js';

/** A piece of a text, and what was found in it. */
export interface Segment {
  readonly text: string;
  readonly entity: Entity | null;
}

/** Cuts a text where entities begin and end. One that overlaps an earlier one, or lies outside, is left out. */
export function segmentsOf(text: string, entities: readonly Entity[]): readonly Segment[] {
  const at16 = indexesOf(text);
  const placed = entities
    .flatMap((entity) => {
      if (entity.start === null || entity.end === null) return [];
      const [start, end] = [at16(entity.start), at16(entity.end)];
      return start !== undefined && end !== undefined && end > start ? [{ entity, start, end }] : [];
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

/** Where a character of a text begins, counted as the API counts them: two halves of a surrogate pair are one. Undefined outside of the text. */
function indexesOf(text: string): (character: number) => number | undefined {
  const starts: number[] = [];
  let index = 0;
  for (const character of text) {
    starts.push(index);
    index += character.length;
  }
  starts.push(index);
  return (character) => starts[character];
}
