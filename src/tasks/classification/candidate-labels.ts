import { own } from '../../mapping.js';
import { type ParameterForm, readNamed } from '../reading/parameters.js';
import { fault, kindOf, type Parameters, type Read, read, within } from '../task.js';

/** Parameters of a task that is told its labels. */
export interface LabelParameters extends Parameters {
  readonly candidate_labels?: readonly string[];
}

/** Candidate labels, at most `most`: a list, or one text with commas, as cards and older clients write them. Empty ones are left out. */
export function readLabels(value: unknown, most: number): Read<readonly string[]> {
  if (value === undefined || value === null) return fault([], 'There are no `candidate_labels`.');
  const list: unknown = typeof value === 'string' ? value.split(',') : value;
  if (!Array.isArray(list)) {
    return fault(
      [],
      `candidate_labels must be a list of texts, or one text with commas, not ${kindOf(value)}.`,
    );
  }
  const labels: string[] = [];
  for (const [index, label] of (list as readonly unknown[]).entries()) {
    if (typeof label !== 'string')
      return fault([index], `A candidate label must be a text, not ${kindOf(label)}.`);
    if (label.trim() !== '') labels.push(label.trim());
  }
  if (labels.length === 0) return fault([], '`candidate_labels` is empty.');
  return labels.length > most ? fault([], `There are more than ${most} candidate labels.`) : read(labels);
}

/** Reads the candidate labels among the parameters, where there are some, and others of the given forms. */
export function readLabelParameters<Forms extends Readonly<Record<string, ParameterForm<unknown>>>>(
  parameters: unknown,
  most: number,
  others: Forms,
) {
  const found = readNamed(parameters, others);
  if (!found.ok) return found;
  const value = own(parameters, 'candidate_labels') ?? undefined;
  if (value === undefined) return found;
  const labels = within('candidate_labels', readLabels(value, most));
  return labels.ok ? read({ ...found.value, candidate_labels: labels.value }) : labels;
}
