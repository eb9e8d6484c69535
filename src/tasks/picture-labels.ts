import { own } from '../mapping.js';
import type { MediaSource } from '../smoke/media/source.js';
import { readMapping } from './example.js';
import { readPictureExample, readPictureRequest, SAMPLE_INFERENCES } from './picture-input.js';
import { type Example, fault, type Inference, kindOf, type Parameters, type Read, read } from './task.js';

/** Parameters of a task that is told what to look for. */
export interface LabelParameters extends Parameters {
  readonly candidate_labels?: readonly string[];
}

type ReadOthers = (parameters: unknown) => Read<Parameters>;

/** Most candidate labels. */
const MAX_LABELS = 200;
/** What the made-up pictures show, and do not show. */
const SAMPLE_LABELS = ['a red square', 'a blue circle', 'a page of text', 'an orange ball'];

/** Candidate labels: a list, or one text with commas between them, as cards and older clients write them. */
export function readLabels(value: unknown): Read<readonly string[]> {
  if (value === undefined || value === null) return fault([], 'There are no `candidate_labels`.');
  const list: unknown = typeof value === 'string' ? value.split(',').map((label) => label.trim()) : value;
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
  if (labels.length > MAX_LABELS) return fault([], `There are more than ${MAX_LABELS} candidate labels.`);
  return read(labels);
}

/** Checks the candidate labels, where there are some, and the other parameters with them. */
export function readLabelParameters(parameters: unknown, readOthers: ReadOthers): Read<LabelParameters> {
  const given = readMapping(parameters);
  if (!given.ok) return given;
  const others = readOthers(given.value);
  if (!others.ok) return others;
  const value = own(given.value, 'candidate_labels') ?? undefined;
  if (value === undefined) return others;
  const labels = readLabels(value);
  return labels.ok
    ? read({ ...others.value, candidate_labels: labels.value })
    : fault(['candidate_labels', ...labels.fault.path], labels.fault.message);
}

/** Reads a widget example with `src` and `candidate_labels`. */
export function readLabelledExample(example: unknown, readOthers: ReadOthers): Read<Example<MediaSource>> {
  const found = readPictureExample(example, (parameters) => readLabelParameters(parameters, readOthers));
  if (!found.ok) return found;
  const labels = readLabels(own(example, 'candidate_labels') ?? found.value.parameters.candidate_labels);
  if (!labels.ok) return fault(['candidate_labels', ...labels.fault.path], labels.fault.message);
  return read({ ...found.value, parameters: { ...found.value.parameters, candidate_labels: labels.value } });
}

/** Reads a request with a picture and candidate labels. */
export function readLabelledRequest(body: unknown, readOthers: ReadOthers): Read<Inference<MediaSource>> {
  const found = readPictureRequest(body, (parameters) => readLabelParameters(parameters, readOthers));
  if (!found.ok || found.value.parameters.candidate_labels !== undefined) return found;
  return fault(['parameters'], 'There are no `candidate_labels` among the parameters.');
}

/** The made-up pictures, with labels of which some fit. */
export const LABELLED_SAMPLES: readonly Inference<MediaSource>[] = SAMPLE_INFERENCES.map(({ input }) => ({
  input,
  parameters: { candidate_labels: SAMPLE_LABELS },
}));

/** Other pictures with the labels of the first inference. */
export function labelledContrasts(
  inferences: readonly Inference<MediaSource>[],
  pictures: readonly Inference<MediaSource>[],
): readonly Inference<MediaSource>[] {
  const parameters = inferences[0]?.parameters ?? { candidate_labels: SAMPLE_LABELS };
  return pictures.map(({ input }) => ({ input, parameters }));
}
