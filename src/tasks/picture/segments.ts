import type { Options, TensorView } from '../../smoke/session.js';
import { labelOf } from '../classification/labels.js';
import { sigmoid, softmax } from '../classification/logits.js';
import { indexOfLargest, rangeOf } from '../numbers/numbers.js';
import { numbersOf } from '../numbers/tensors.js';
import type { Parameters } from '../task.js';
import { type Raster, resized, rowReader } from './raster.js';

/** One mask of an answer: the pixels whose number in the map is `id`. */
export interface Segment {
  readonly id: number;
  readonly label: string;
  /** Only where segments are found one by one; a class of pixels has none. */
  readonly score?: number;
  /** How much of the picture it covers, 0 to 1. */
  readonly share: number;
}

/** Which segment each pixel of the picture belongs to; 0 is none. */
export interface SegmentMap {
  readonly width: number;
  readonly height: number;
  readonly ids: Uint16Array;
  readonly segments: readonly Segment[];
}

/** What a graph for segmentation gives. */
export type SegmentationOutput =
  /** A score for each class and pixel: `logits` [1, classes, height, width]. */
  | { readonly kind: 'semantic'; readonly logits: TensorView }
  /** Places with a class and a mask each: [1, n, classes + 1] and [1, n, height, width]. */
  | { readonly kind: 'queries'; readonly logits: TensorView; readonly masks: TensorView }
  /** How much of each pixel is foreground: [1, 1, height, width]. */
  | { readonly kind: 'matting'; readonly alpha: TensorView };

interface Size {
  readonly width: number;
  readonly height: number;
}

/** The label of a class, and a made-up one where config.json has none: a mask without a label says nothing to clients. */
function labelled(config: Options, index: number): string {
  return labelOf(config, index) ?? `LABEL_${index}`;
}

/** A part of a tensor as a raster: the channel `index` of its last two dimensions. */
function channel(data: Float32Array, dims: readonly number[], index: number): Raster {
  const [height = 0, width = 0] = dims.slice(-2);
  return { width, height, data: data.subarray(index * width * height, (index + 1) * width * height) };
}

/** The best class of each pixel (transformers, `post_process_semantic_segmentation`). */
export function semanticMap(logits: TensorView, config: Options, size: Size): SegmentMap {
  const classes = logits.dims.at(-3) ?? 0;
  const data = numbersOf(logits);
  return bestOf(
    Array.from({ length: classes }, (_, index) => channel(data, logits.dims, index)),
    size,
    (index) => labelled(config, index),
  );
}

/** The best class of each pixel, from the classes and masks of all places. */
export function semanticMapOfQueries(
  { logits, masks }: Extract<SegmentationOutput, { kind: 'queries' }>,
  config: Options,
  size: Size,
): SegmentMap {
  const [, places = 0, width = 0] = logits.dims;
  const classes = width - 1;
  const [height = 0, across = 0] = masks.dims.slice(-2);
  const scores = numbersOf(logits);
  const alphas = numbersOf(masks).map(sigmoid);
  const sums = Array.from({ length: classes }, () => new Float32Array(height * across));
  for (let place = 0; place < places; place++) {
    const row = softmax(Array.from(scores.subarray(place * width, (place + 1) * width)));
    const alpha = alphas.subarray(place * height * across, (place + 1) * height * across);
    for (const [index, sum] of sums.entries()) {
      const weight = row[index] ?? 0;
      // A class that a place is sure not to hold adds nothing to be seen.
      if (weight < 1e-4) continue;
      for (let at = 0; at < sum.length; at++) sum[at] = (sum[at] ?? 0) + weight * (alpha[at] ?? 0);
    }
  }
  return bestOf(
    sums.map((data) => ({ width: across, height, data })),
    size,
    (index) => labelled(config, index),
  );
}

function bestOf(
  rasters: readonly Raster[],
  { width, height }: Size,
  label: (index: number) => string,
): SegmentMap {
  const ids = new Uint16Array(width * height);
  const counts = new Float64Array(rasters.length);
  const readers = rasters.map((raster) => rowReader(raster, width, height));
  const best = new Float64Array(width);
  const line = new Float64Array(width);
  for (let row = 0; row < height; row++) {
    const here = ids.subarray(row * width, (row + 1) * width);
    best.fill(Number.NEGATIVE_INFINITY);
    for (const [index, read] of readers.entries()) {
      read(row, line);
      for (let x = 0; x < width; x++) {
        const value = line[x] ?? 0;
        if (value > (best[x] ?? 0)) {
          best[x] = value;
          here[x] = index + 1;
        }
      }
    }
    for (const id of here) if (id > 0) counts[id - 1] = (counts[id - 1] ?? 0) + 1;
  }
  const segments = [...counts.entries()].flatMap(([index, count]): Segment[] =>
    count === 0 ? [] : [{ id: index + 1, label: label(index), share: count / ids.length }],
  );
  return { width, height, ids, segments };
}

/** Default values of the Python pipeline (transformers, `ImageSegmentationPipeline.postprocess`). */
const DEFAULTS = { threshold: 0.9, mask_threshold: 0.5, overlap_mask_area_threshold: 0.5 } as const;

/** The things of a picture, one by one (transformers, `post_process_panoptic_segmentation` of DETR). */
export function panopticMap(
  { logits, masks }: Extract<SegmentationOutput, { kind: 'queries' }>,
  config: Options,
  size: Size,
  parameters: Parameters,
): SegmentMap {
  const number = (name: keyof typeof DEFAULTS) => {
    const value = parameters[name];
    return typeof value === 'number' ? value : DEFAULTS[name];
  };
  const [, places = 0, classes = 0] = logits.dims;
  const scores = numbersOf(logits);
  const alphas = numbersOf(masks).map(sigmoid);
  const kept: { readonly label: string; readonly score: number; readonly mask: Raster }[] = [];
  for (let place = 0; place < places; place++) {
    const row = softmax(Array.from(scores.subarray(place * classes, (place + 1) * classes)));
    const top = indexOfLargest(row);
    const score = row[top] ?? 0;
    // The last class is “no object”.
    if (top === classes - 1 || !(score > number('threshold'))) continue;
    kept.push({ label: labelled(config, top), score, mask: channel(alphas, masks.dims, place) });
  }
  return disjoint(kept, size, number('mask_threshold'), number('overlap_mask_area_threshold'));
}

/** Gives each pixel to the surest mask, and drops masks that lost most of what they claim. */
function disjoint(
  kept: readonly { readonly label: string; readonly score: number; readonly mask: Raster }[],
  { width, height }: Size,
  maskThreshold: number,
  overlapThreshold: number,
): SegmentMap {
  const ids = new Uint16Array(width * height);
  const won = new Float64Array(kept.length);
  const claimed = new Float64Array(kept.length);
  const readers = kept.map(({ mask }) => rowReader(mask, width, height));
  const best = new Float64Array(width);
  const line = new Float64Array(width);
  for (let row = 0; row < height; row++) {
    const here = ids.subarray(row * width, (row + 1) * width);
    best.fill(0);
    for (const [index, read] of readers.entries()) {
      read(row, line);
      const score = kept[index]?.score ?? 0;
      for (let x = 0; x < width; x++) {
        const value = (line[x] ?? 0) * score;
        if (value >= maskThreshold) claimed[index] = (claimed[index] ?? 0) + 1;
        if (value > (best[x] ?? 0)) {
          best[x] = value;
          here[x] = index + 1;
        }
      }
    }
    for (const id of here) if (id > 0) won[id - 1] = (won[id - 1] ?? 0) + 1;
  }
  const segments = kept.flatMap(({ label, score }, index): Segment[] => {
    const area = won[index] ?? 0;
    const valid = area > 0 && area / (claimed[index] ?? 0) > overlapThreshold && (claimed[index] ?? 0) > 0;
    return valid ? [{ id: index + 1, label, score, share: area / ids.length }] : [];
  });
  return { width, height, ids, segments };
}

/** How much of each pixel is foreground, 0 to 1, in the size of the picture; logits are told by values outside that range. */
export function alphaOf(tensor: TensorView, { width, height }: Size): Float64Array {
  const [rows = 0, columns = 0] = tensor.dims.slice(-2);
  const data = numbersOf(tensor);
  const { min, max } = rangeOf(data);
  const inside = min >= -1e-5 && max <= 1 + 1e-5;
  return resized({ width: columns, height: rows, data: inside ? data : data.map(sigmoid) }, width, height);
}
