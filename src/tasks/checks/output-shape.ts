import type { SmokeCheck } from '../../smoke/report.js';
import type { TensorSummary } from '../task.js';
import { dimensions } from './wording.js';

/** An output that a task needs: its name (or other names it goes by), and its shape where that tells one task from another. */
export interface NeededOutput {
  readonly names: readonly [string, ...string[]];
  /** Number of dimensions. */
  readonly rank?: number;
  /** Its shape in words, such as `1 × classes`. */
  readonly shape: string;
}

/** What gives away the task of a model of pictures, the surest sign first. */
const SIGNS: readonly { readonly names: RegExp; readonly rank?: number; readonly task: string }[] = [
  { names: /^(?:pred_masks|masks_queries_logits)$/, task: 'image-segmentation' },
  { names: /^pred_boxes$/, task: 'object-detection' },
  { names: /^predicted_depth$/, task: 'depth-estimation' },
  { names: /^reconstruction$/, task: 'image-to-image' },
  { names: /^logits_per_image$/, task: 'zero-shot-image-classification' },
  { names: /^logits$/, rank: 4, task: 'image-segmentation' },
  { names: /^logits$/, rank: 2, task: 'image-classification' },
  { names: /^(?:last_hidden_state|pooler_output|image_embeds)$/, task: 'image-feature-extraction' },
];

/** Outputs of a graph for a message, such as `logits (1 × 3)`; `nothing` when there are none. */
export function listOutputs(tensors: readonly TensorSummary[]): string {
  return tensors.map(({ name, dims }) => `${name} (${dimensions(dims)})`).join(', ') || 'nothing';
}

/** The graph lacks what the task needs: `wanted` says what, `remedy` what to do, as a sentence. */
export function missingOutput(tensors: readonly TensorSummary[], wanted: string, remedy: string): SmokeCheck {
  return {
    id: 'output-shape',
    status: 'failed',
    message: `The graph must give ${wanted}; it gives ${listOutputs(tensors)}. ${remedy}`,
  };
}

/** Whether the graph gave what the task needs; and if it did not, which task its outputs are of. */
export function checkOutputs(
  tensors: readonly TensorSummary[],
  tag: string,
  needed: readonly NeededOutput[],
): SmokeCheck {
  const missing = needed.find(
    ({ names, rank }) =>
      !tensors.some(({ name, dims }) => names.includes(name) && (rank === undefined || rank === dims.length)),
  );
  if (missing === undefined) {
    return { id: 'output-shape', status: 'passed', message: `The graph gives ${listOutputs(tensors)}.` };
  }
  const sign = SIGNS.find((one) =>
    tensors.some(
      ({ name, dims }) => one.names.test(name) && (one.rank === undefined || one.rank === dims.length),
    ),
  );
  return missingOutput(
    tensors,
    needed.map(({ names, shape }) => `\`${names[0]}\` (${shape})`).join(' and '),
    sign === undefined || sign.task === tag
      ? `Export it for ${tag}.`
      : `That is a model for ${sign.task}: correct pipeline_tag in the card, or export it for ${tag}.`,
  );
}

/**
 * Whether the graph gave one row of logits, 1 × classes, for an input. `rows` says what it is when there is a row for each part
 * of the input: of what, and of which task such a model is.
 */
export function checkRowOfLogits(
  tensors: readonly TensorSummary[],
  tag: string,
  rows: { readonly each: string; readonly whole: string; readonly kind: string },
): SmokeCheck {
  const id = 'output-shape';
  const logits = tensors.find(({ name }) => name === 'logits');
  if (logits === undefined) return missingOutput(tensors, '`logits` (1 × classes)', `Export it for ${tag}.`);
  const { dims } = logits;
  if (dims.length === 3) {
    return {
      id,
      status: 'failed',
      message: `The logits are ${dimensions(dims)}: a row for every ${rows.each}, not one for the ${rows.whole}. This is ${rows.kind}; correct pipeline_tag in the card.`,
    };
  }
  if (dims.length !== 2 || dims[0] !== 1) {
    return {
      id,
      status: 'failed',
      message: `The logits must be one row of classes, 1 × n, but they are ${dimensions(dims)}. Export the model for ${tag}.`,
    };
  }
  return { id, status: 'passed', message: `One row of ${dims[1]} logits.` };
}
