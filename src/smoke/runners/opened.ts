import type { Answer, Inference, TensorSummary } from '../../tasks/task.js';
import type { TensorView } from '../session.js';

/** A loaded model that answers. */
export interface OpenedModel {
  run(inference: Inference): Promise<Answer>;
  /** The raw outputs of the last run, without their numbers. */
  summaries(): readonly TensorSummary[];
  /**
   * How many operators ran on each execution provider in the runs so far; null when the runtime did not say. Measuring ends
   * with the first call.
   */
  placement(): Readonly<Record<string, number>> | null;
}

/** Describes raw outputs, and counts what is not a finite number in them. */
export function summarize(tensors: Readonly<Record<string, TensorView>>): readonly TensorSummary[] {
  return Object.entries(tensors).map(([name, { type, dims, data }]) => {
    let nan = 0;
    let infinite = 0;
    if (type === 'float16') {
      // Without Float16Array, halves come as their bits: all exponent bits set means infinite, or NaN with a fraction.
      for (let index = 0; index < data.length; index++) {
        const bits = Number(data[index]);
        if (data instanceof Uint16Array ? (bits & 0x7c00) === 0x7c00 : !Number.isFinite(bits)) {
          if (data instanceof Uint16Array ? (bits & 0x3ff) !== 0 : Number.isNaN(bits)) nan++;
          else infinite++;
        }
      }
    } else if (type === 'float32' || type === 'float64') {
      for (let index = 0; index < data.length; index++) {
        const value = Number(data[index]);
        if (Number.isNaN(value)) nan++;
        else if (!Number.isFinite(value)) infinite++;
      }
    }
    return { name, type, dims, nan, infinite, size: data.length };
  });
}
