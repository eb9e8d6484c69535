/** The ways in which logits become scores, as the parameter `function_to_apply` names them. */
export const TRANSFORMS = ['softmax', 'sigmoid', 'none'] as const;

/** How logits become scores. */
export type Transform = (typeof TRANSFORMS)[number];

/** Turns logits into scores. */
export function applyTransform(logits: readonly number[], transform: Transform): readonly number[] {
  switch (transform) {
    case 'none':
      return logits;
    case 'sigmoid':
      return logits.map(sigmoid);
    case 'softmax':
      return softmax(logits);
  }
}

/** The probability that a logit of its own means. */
export function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}

/** The probabilities that logits of classes mean of which exactly one holds; together 1. */
export function softmax(logits: readonly number[]): readonly number[] {
  const highest = logits.reduce((most, logit) => Math.max(most, logit), Number.NEGATIVE_INFINITY);
  const powers = logits.map((logit) => Math.exp(logit - highest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}
