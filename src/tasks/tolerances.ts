/** How far a score may lie from the one that the card states, absolute. Cards round, and backends differ. */
export const SCORE_TOLERANCE = 0.05;
/** The same where decoding and resizing a picture moves every score. */
export const PICTURE_SCORE_TOLERANCE = 0.1;
/** How far the edge of a box may lie from the one that the card states, as a share of the side of the picture. */
export const EDGE_TOLERANCE = 0.05;
/** Boxes that share as much (intersection over union) are at the same place wherever their edges are. */
export const SAME_PLACE = 0.8;

const OF_PICTURES: ReadonlySet<string> = new Set([
  'object-detection',
  'visual-question-answering',
  'zero-shot-object-detection',
]);

/** How far a score of an answer may lie from the one that the card states, absolute; the page compares as the smoke inference does. */
export function scoreTolerance(task: string): number {
  return OF_PICTURES.has(task) ? PICTURE_SCORE_TOLERANCE : SCORE_TOLERANCE;
}
