import type { Building } from './layers.js';
import { Unsupported } from './refusal.js';

/** Most numbers of a table that is computed: 16 MiB. */
const MOST = 2 ** 22;

/**
 * Positions as waves: sines in the first half of each row, cosines in the second (`MarianSinusoidalPositionalEmbedding`); positions × width.
 * Throws `Unsupported` for a table that is too large to compute, or a width that has no halves.
 */
export function sinusoids({ graph }: Building, positions: number, width: number): string {
  if (width % 2 !== 0) throw new Unsupported(`its width of ${width} has no halves for sines and cosines`);
  if (positions * width > MOST) {
    throw new Unsupported(`its ${positions} positions of width ${width} are too many to compute`);
  }
  const half = width / 2;
  const lengths = Float64Array.from({ length: half }, (_, index) => 10_000 ** ((2 * index) / width));
  const table = new Float32Array(positions * width);
  for (let position = 0; position < positions; position++) {
    for (const [index, length] of lengths.entries()) {
      const angle = position / length;
      table[position * width + index] = Math.sin(angle);
      table[position * width + half + index] = Math.cos(angle);
    }
  }
  return graph.floats(table, [positions, width]);
}
