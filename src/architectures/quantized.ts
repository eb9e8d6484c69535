import { preview } from '../preview.js';
import { Unsupported } from './refusal.js';

/** What GPTQ and AWQ, bitsandbytes and compressed-tensors put beside or in the place of a weight. */
const PACKED = /\.(?:qweight|qzeros|g_idx|SCB|absmax|weight_scale)$/;

/** Throws `Unsupported` where the names of tensors tell that they are quantized, which config.json of older models does not. */
export function expectUnpacked(names: Iterable<string>): void {
  for (const name of names) {
    if (!PACKED.test(name)) continue;
    throw new Unsupported(`its weights are quantized (${preview(name).slice(1, -1)})`);
  }
}
