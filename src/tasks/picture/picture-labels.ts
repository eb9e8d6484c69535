import { own } from '../../mapping.js';
import type { MediaSource } from '../../smoke/media/source.js';
import { type LabelParameters, readLabelParameters, readLabels } from '../classification/candidate-labels.js';
import { readMediaExample, readMediaRequest } from '../reading/example.js';
import type { ParameterForm } from '../reading/parameters.js';
import { type Example, fault, type Inference, type Read, read, within } from '../task.js';
import { SAMPLE_INFERENCES } from './picture-input.js';

/** The forms of parameters by their names. */
type Forms = Readonly<Record<string, ParameterForm<unknown>>>;

/** Most candidate labels. */
const MAX_LABELS = 200;
/** What the made-up pictures show, and do not show. */
const SAMPLE_LABELS = ['a red square', 'a blue circle', 'a page of text', 'an orange ball'];

/** Reads the candidate labels among the parameters, where there are some, and others of the given forms. */
export function readPictureLabelParameters(parameters: unknown, others: Forms): Read<LabelParameters> {
  return readLabelParameters(parameters, MAX_LABELS, others);
}

/** Reads a widget example with `src` and `candidate_labels`. */
export function readLabelledExample(example: unknown, others: Forms): Read<Example<MediaSource>> {
  const found = readMediaExample(example, (parameters) => readPictureLabelParameters(parameters, others));
  if (!found.ok) return found;
  const { parameters } = found.value;
  const stated = own(example, 'candidate_labels') ?? parameters.candidate_labels;
  const labels = within('candidate_labels', readLabels(stated, MAX_LABELS));
  return labels.ok
    ? read({ ...found.value, parameters: { ...parameters, candidate_labels: labels.value } })
    : labels;
}

/** Reads a request with a picture and candidate labels. */
export function readLabelledRequest(body: unknown, others: Forms): Read<Inference<MediaSource>> {
  const found = readMediaRequest(body, 'image', (parameters) =>
    readPictureLabelParameters(parameters, others),
  );
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
