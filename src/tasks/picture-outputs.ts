import type { SmokeCheck } from '../smoke/report.js';
import type { TensorSummary } from './task.js';

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

/** Whether the graph gave what the task needs; and if it did not, which task its outputs are of. */
export function checkOutputs(
  tensors: readonly TensorSummary[],
  tag: string,
  needed: readonly NeededOutput[],
): SmokeCheck {
  const id = 'output-shape';
  const missing = needed.find(
    ({ names, rank }) =>
      !tensors.some(({ name, dims }) => names.includes(name) && (rank === undefined || rank === dims.length)),
  );
  const seen = tensors
    .map(({ name, dims }) => `${name} (${dims.join(' × ') || 'a single number'})`)
    .join(', ');
  if (missing === undefined) return { id, status: 'passed', message: `The graph gives ${seen}.` };
  const sign = SIGNS.find((one) =>
    tensors.some(
      ({ name, dims }) => one.names.test(name) && (one.rank === undefined || one.rank === dims.length),
    ),
  );
  const wanted = needed.map(({ names, shape }) => `\`${names[0]}\` (${shape})`).join(' and ');
  const remedy =
    sign === undefined || sign.task === tag
      ? `Export it for ${tag}.`
      : `That is a model for ${sign.task}: correct pipeline_tag in the card, or export it for ${tag}.`;
  return {
    id,
    status: 'failed',
    message: `A graph for ${tag} must give ${wanted}; this one gives ${seen || 'nothing'}. ${remedy}`,
  };
}
