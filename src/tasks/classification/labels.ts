import { isMapping, own } from '../../mapping.js';
import type { SmokeCheck } from '../../smoke/report.js';

/** The label that config.json has when nobody named it. */
const PLACEHOLDER = /^LABEL_\d+$/;

/** The label of a class; `LABEL_n` without any id2label, as the pipelines of Python and JavaScript write it; null without one. */
export function labelOf(config: unknown, index: number): string | null {
  const id2label = own(config, 'id2label');
  if (!isMapping(id2label)) return `LABEL_${index}`;
  const label = own(id2label, String(index));
  return typeof label === 'string' ? label : null;
}

/** How many labels `id2label` of config.json names; null without it. */
export function countLabels(config: unknown): number | null {
  const id2label = own(config, 'id2label');
  return isMapping(id2label) ? Object.keys(id2label).length : null;
}

/** Whether config.json has one label for each class; `named` is what `countLabels` says. */
export function checkLabelCount(named: number | null, classes: number): SmokeCheck {
  const id = 'label-count';
  if (named === null) {
    return { id, status: 'skipped', message: 'config.json has no id2label to compare with the logits.' };
  }
  if (named === classes) {
    return { id, status: 'passed', message: `config.json names ${named} labels, one for each class.` };
  }
  return {
    id,
    status: 'failed',
    message: `config.json names ${named} labels in id2label, but the model gives ${classes} scores. Write one label for each class, in the order of training.`,
  };
}

/** Whether labels say what they mean. */
export function checkLabelNames(labels: readonly (string | null)[]): SmokeCheck {
  const id = 'labels-named';
  const placeholders = labels.filter((label) => label !== null && PLACEHOLDER.test(label));
  if (placeholders.length === 0) return { id, status: 'passed', message: 'The labels have names.' };
  const some = placeholders.slice(0, 3).join(', ');
  return {
    id,
    status: 'failed',
    message: `The answers say ${some}, which tells a reader nothing. Write the names of the classes into id2label and label2id of config.json.`,
  };
}
