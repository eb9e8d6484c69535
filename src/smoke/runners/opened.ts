import type { Following } from '../../tasks/following.js';
import type { Answer, Inference, TensorSummary, Way } from '../../tasks/task.js';
import type { Tensors } from '../session.js';

/** A loaded model that answers. */
export interface OpenedModel {
  /**
   * `following` is told of tokens while they are made, where the model writes. `as` is a way of another task that loads the same; absent for the one
   * that was opened.
   */
  run(inference: Inference, following?: Following, as?: Way): Promise<Answer>;
  /** Whether several inferences may go on at the same time. */
  readonly together?: boolean;
  /** True where the runtime says at once that all of it runs on the CPU, whatever was asked for. */
  readonly onCpu?: boolean;
  /** The raw outputs of the last inference, without their numbers. */
  summaries(): readonly TensorSummary[];
  /**
   * How many operators ran on each execution provider in the first run of each graph; null when the runtime did not say. To be
   * asked once, after an inference.
   */
  placement(): Readonly<Record<string, number>> | null;
}

/** The key-value cache of a generation: as large as the model, and not finite only where the logits are not either. */
const CACHE = /^present/;

/** What the graphs of a model gave during one inference: the last tensors by name, and what was not finite in any run. */
export interface OutputLog {
  reset(): void;
  record(tensors: Tensors): void;
  last(): Tensors;
  summaries(): readonly TensorSummary[];
}

/** An empty log. */
export function outputLog(): OutputLog {
  let last: Record<string, Tensors[string]> = {};
  const worst = new Map<string, TensorSummary>();
  return {
    reset() {
      last = {};
      worst.clear();
    },
    record(tensors) {
      for (const [name, view] of Object.entries(tensors)) {
        if (CACHE.test(name)) continue;
        last[name] = view;
        const before = worst.get(name);
        if (before !== undefined && before.nan + before.infinite > 0) continue;
        worst.set(name, summarize(name, view));
      }
    },
    last: () => last,
    summaries: () => [...worst.values()],
  };
}

/** Describes a raw output, and counts what is not a finite number in it. */
function summarize(name: string, { type, dims, data }: Tensors[string]): TensorSummary {
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
}
