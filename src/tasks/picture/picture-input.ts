import type { MediaSource } from '../../smoke/media/source.js';
import { sampleInference } from '../reading/example.js';
import type { Inference } from '../task.js';

/** What a model of pictures is shown when the card has none: forms and colours, and what looks like a photo. */
export const SAMPLE_INFERENCES: readonly Inference<MediaSource>[] = ['photo-like', 'shapes'].map(
  sampleInference,
);

/** Pictures that have little in common with each other, and with a photo. */
export const CONTRASTING_PICTURES: readonly Inference<MediaSource>[] = [
  'shapes',
  'noise',
  'black',
  'gradient',
].map(sampleInference);
