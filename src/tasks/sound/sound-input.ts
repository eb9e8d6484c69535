import type { MediaSource } from '../../smoke/media/source.js';
import { sampleInference } from '../reading/example.js';
import type { Inference } from '../task.js';

/** Sounds that have little in common, and none with speech. */
export const CONTRASTING_SOUNDS: readonly Inference<MediaSource>[] = [
  'tone',
  'noise',
  'chirp',
  'silence',
].map(sampleInference);
