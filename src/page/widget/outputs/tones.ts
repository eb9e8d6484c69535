/** Colours that tell labels apart; each is a class `tone-N` of tones.css. */
const TONES = 8;

/** The class of a label’s colour: the same label has the same one, in the order in which labels come. */
export function tonesOf(labels: readonly string[]): (label: string) => string {
  const order = new Map<string, number>();
  for (const label of labels) if (!order.has(label)) order.set(label, order.size);
  return (label) => `tone-${(order.get(label) ?? 0) % TONES}`;
}
