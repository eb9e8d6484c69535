import { isMapping, own } from '../../mapping.js';
import { preview } from '../../preview.js';
import type { SmokeCheck } from '../../smoke/report.js';
import type { TensorView } from '../../smoke/session.js';
import {
  agreesWithCard,
  contradictsCard,
  notComparable,
  otherScore,
  SWAPPED_LABELS,
} from '../checks/expected-output.js';
import { short } from '../checks/wording.js';
import { numbersOf } from '../numbers/tensors.js';
import type { Comparison } from '../task.js';
import { EDGE_TOLERANCE, PICTURE_SCORE_TOLERANCE, SAME_PLACE } from '../tolerances.js';
import type { SecondLook } from './picture-model.js';
import { folded } from './raster.js';
import { explainContradiction } from './second-look.js';

/** A rectangle in pixels of the picture that was given, from its top left corner. */
export interface Box {
  readonly xmin: number;
  readonly ymin: number;
  readonly xmax: number;
  readonly ymax: number;
}

/** Something that was found. */
export interface Detection {
  readonly label: string | null;
  readonly score: number;
  readonly box: Box;
}

/** What the checks need to know of an answer with boxes. */
export interface BoxFacts {
  /** All above the threshold, the best first; boxes not yet whole numbers. At most `MAX_KEPT`. */
  readonly detections: readonly Detection[];
  readonly threshold: number;
  /** The best one of all, above the threshold or not; null when the graph gave no scores. */
  readonly best: { readonly label: string | null; readonly score: number } | null;
  /** The largest number among the raw boxes of those detections, which should be fractions. */
  readonly largestRaw: number;
  readonly width: number;
  readonly height: number;
  /** Scores and boxes of all places, folded into few numbers; they tell answers apart where nothing was found too. */
  readonly signature: readonly number[];
}

/** A place where something may be, as the graph gives it. */
export interface Candidate {
  /** Which of the raw boxes. */
  readonly index: number;
  readonly score: number;
  readonly label: string | null;
}

/** Most detections that are kept; DETR looks at 100 places, OWL-ViT at thousands. */
const MAX_KEPT = 300;
/** How far a box may reach out of the picture, as a share of its side; models round and overshoot a little. */
const OUTSIDE = 0.05;
/** And in pixels, for small pictures. */
const OUTSIDE_PIXELS = 2;
/** A best score below this, in a picture that shows something, is no doubt but a head that never fires. */
const NEVER = 1e-4;
/** How much two boxes of the same thing share at least (intersection over union). */
const SAME_BOX = 0.5;

/**
 * Boxes of candidates: `boxes` [1, n, 4] holds centre and size as fractions of the picture (transformers,
 * `post_process_object_detection`).
 */
export function boxFacts(
  boxes: TensorView,
  candidates: readonly Candidate[],
  threshold: number,
  picture: { readonly width: number; readonly height: number },
  scores: ArrayLike<number>,
): BoxFacts {
  const { width, height } = picture;
  const raw = numbersOf(boxes);
  const sorted = [...candidates].sort((a, b) => b.score - a.score);
  const found = sorted.filter(({ score }) => score > threshold).slice(0, MAX_KEPT);
  let largestRaw = 0;
  const detections = found.map(({ index, score, label }): Detection => {
    const [x = 0, y = 0, w = 0, h = 0] = raw.subarray(index * 4, index * 4 + 4);
    largestRaw = Math.max(largestRaw, Math.abs(x), Math.abs(y), Math.abs(w), Math.abs(h));
    return {
      label,
      score,
      box: {
        xmin: edge(x, -w / 2, width),
        ymin: edge(y, -h / 2, height),
        xmax: edge(x, w / 2, width),
        ymax: edge(y, h / 2, height),
      },
    };
  });
  const [best] = sorted;
  return {
    detections,
    threshold,
    best: best === undefined ? null : { label: best.label, score: best.score },
    largestRaw,
    width,
    height,
    signature: [...folded(scores, 128), ...folded(raw, 128)],
  };
}

/** An edge in pixels. In single precision, as Python has it: else what is 20 there may become 19.999 here, and be cut to 19. */
function edge(centre: number, half: number, side: number): number {
  return Math.fround(Math.fround(centre + half) * side);
}

/** Detections as the Inference API gives them: edges cut to whole pixels, as Python’s `int` does. */
export function detectionOutput({ detections }: BoxFacts): readonly object[] {
  return detections.map(({ label, score, box }) => ({
    ...(label === null ? {} : { label }),
    score,
    box: {
      xmin: Math.trunc(box.xmin),
      ymin: Math.trunc(box.ymin),
      xmax: Math.trunc(box.xmax),
      ymax: Math.trunc(box.ymax),
    },
  }));
}

/**
 * Whether boxes are boxes in the picture. Finding nothing is no fault of its own: a warning on a picture that the card shows
 * (`shown`), where there should be something to find.
 */
function checkBoxes(facts: BoxFacts, shown: boolean): SmokeCheck {
  const id = 'boxes';
  const { detections, width, height, threshold, best, largestRaw } = facts;
  if (detections.length === 0) {
    const closest = bestOf(best);
    if (shown && best !== null && best.score < NEVER) {
      return {
        id,
        status: 'failed',
        message: `Nothing was found in the picture of the card, and nothing ever could be${closest}: the class for no object always wins. Look for a head without weights, or columns of the logits in another order.`,
      };
    }
    return {
      id,
      status: shown ? 'warning' : 'skipped',
      message: shown
        ? `Nothing was found above ${threshold}${closest}. Show a picture in which the model finds something, or look at the export if there is something to find.`
        : `Nothing was found above ${threshold} in a made-up picture${closest}, so that no box could be checked. Add a widget example with a picture to the card.`,
    };
  }
  if (largestRaw > 2) {
    return {
      id,
      status: 'failed',
      message: `The graph gives boxes in pixels (up to ${short(largestRaw)}); they must be centre, width and height as fractions of the picture, from 0 to 1. Export the model without scaling its boxes.`,
    };
  }
  const tiny = detections.filter(({ box }) => box.xmax - box.xmin < 1 && box.ymax - box.ymin < 1);
  if (tiny.length === detections.length) {
    return {
      id,
      status: 'failed',
      message: `${all(detections.length)} smaller than a pixel, as if ${detections.length === 1 ? 'it was' : 'they were'} divided by the size of the picture twice. The graph must give centre, width and height as fractions of the picture.`,
    };
  }
  const flat = detections.find(({ box }) => !(box.xmax > box.xmin && box.ymax > box.ymin));
  if (flat !== undefined) {
    return {
      id,
      status: 'failed',
      message: `The box of ${named(flat)} has no area (${edges(flat.box)}). The graph must give centre, width and height, each as a fraction of the picture.`,
    };
  }
  const [across, down] = [width, height].map((side) => Math.max(OUTSIDE_PIXELS, side * OUTSIDE));
  const outside = detections.find(
    ({ box }) =>
      box.xmin < -(across ?? 0) ||
      box.ymin < -(down ?? 0) ||
      box.xmax > width + (across ?? 0) ||
      box.ymax > height + (down ?? 0),
  );
  if (outside !== undefined) {
    return {
      id,
      status: 'failed',
      message: `The box of ${named(outside)} reaches out of the picture of ${width} × ${height} pixels (${edges(outside.box)}). The graph must give centre, width and height as fractions of the picture, not its corners, and preprocessor_config.json must resize without padding.`,
    };
  }
  return {
    id,
    status: 'passed',
    message: `${detections.length === 1 ? 'The box lies' : `All ${detections.length} boxes lie`} in the picture of ${width} × ${height} pixels.`,
  };
}

function all(count: number): string {
  return count === 1 ? 'The box is' : `All ${count} boxes are`;
}

/** Compares with the `output` of the card’s example: each box that it shows must be found, with its label. */
export function checkExpectedBoxes(
  { detections, best, threshold, width, height }: BoxFacts,
  expected: unknown,
): SmokeCheck {
  const stated = readDetections(expected);
  if (stated === null) return notComparable('is no list of `label`, `score` and `box`');
  const left = [...detections];
  for (const one of stated) {
    const [closest] = left
      .filter(({ label }) => label === one.label)
      .sort((a, b) => overlap(b.box, one.box) - overlap(a.box, one.box));
    if (closest === undefined) {
      const seen = detections.length === 0 ? `nothing above ${threshold}${bestOf(best)}` : some(detections);
      return contradictsCard(`shows ${named(one)}, the model finds ${seen}`, SWAPPED_LABELS);
    }
    const apart = Math.max(
      Math.abs(closest.box.xmin - one.box.xmin) / width,
      Math.abs(closest.box.xmax - one.box.xmax) / width,
      Math.abs(closest.box.ymin - one.box.ymin) / height,
      Math.abs(closest.box.ymax - one.box.ymax) / height,
    );
    if (!(apart <= EDGE_TOLERANCE || overlap(closest.box, one.box) >= SAME_PLACE)) {
      return contradictsCard(
        `shows ${named(one)} at ${edges(one.box)}, the model finds it at ${edges(closest.box)}`,
        'look at the resizing in preprocessor_config.json (boxes are xmin, ymin, xmax, ymax in pixels)',
      );
    }
    if (!(Math.abs(closest.score - one.score) <= PICTURE_SCORE_TOLERANCE)) {
      return otherScore(preview(one.label), one.score, closest.score, PICTURE_SCORE_TOLERANCE);
    }
    left.splice(left.indexOf(closest), 1);
  }
  if (stated.length === 0 && detections.length > 0) {
    return contradictsCard(`shows nothing, the model finds ${some(detections)}`);
  }
  return agreesWithCard(
    stated.length === 1
      ? 'The box of the card was found.'
      : `All ${stated.length} boxes of the card were found.`,
  );
}

/** The best score of all, behind a statement that nothing was found. */
function bestOf(best: BoxFacts['best']): string {
  if (best === null) return '';
  return ` (the best score is ${short(best.score)}${best.label === null ? '' : ` for ${preview(best.label)}`})`;
}

/** The checks of an answer with boxes; `shown` when the card shows the picture. */
export function checkDetections(
  found: BoxFacts,
  look: SecondLook,
  expected: unknown,
  shown: boolean,
): readonly SmokeCheck[] {
  const boxes = checkBoxes(found, shown);
  if (expected === undefined || boxes.status === 'failed') return [boxes];
  const agreement = explainContradiction(checkExpectedBoxes(found, expected), look);
  // Where nothing was found, the card says whether that is right.
  return found.detections.length === 0 ? [agreement] : [boxes, agreement];
}

function readDetections(value: unknown): readonly (Detection & { readonly label: string })[] | null {
  if (!Array.isArray(value)) return null;
  const found: (Detection & { readonly label: string })[] = [];
  for (const item of value.slice(0, MAX_KEPT) as readonly unknown[]) {
    const label = own(item, 'label');
    const score = own(item, 'score');
    const box = own(item, 'box');
    const [xmin, ymin, xmax, ymax] = ['xmin', 'ymin', 'xmax', 'ymax'].map((key) => own(box, key));
    if (typeof label !== 'string' || typeof score !== 'number' || !isMapping(box)) return null;
    if (typeof xmin !== 'number' || typeof ymin !== 'number') return null;
    if (typeof xmax !== 'number' || typeof ymax !== 'number') return null;
    found.push({ label, score, box: { xmin, ymin, xmax, ymax } });
  }
  return found;
}

/** Compares the boxes of two variants: each one that is clearly above the threshold has its twin. */
export function compareDetections(full: BoxFacts | null, other: BoxFacts | null): Comparison {
  if (full === null || other === null) {
    return { agrees: full === other, drift: null, seen: 'there are no boxes' };
  }
  const clear = (facts: BoxFacts) =>
    facts.detections.filter(({ score }) => score > facts.threshold + PICTURE_SCORE_TOLERANCE);
  let drift = 0;
  let least = 1;
  for (const [from, to, more] of [
    [full, other, 'is lost'],
    [other, full, 'is new'],
  ] as const) {
    for (const one of clear(from)) {
      const twin = to.detections
        .filter(({ label, box }) => label === one.label && overlap(box, one.box) >= SAME_BOX)
        .sort((a, b) => overlap(b.box, one.box) - overlap(a.box, one.box))[0];
      if (twin === undefined) {
        return { agrees: false, drift: null, seen: `${named(one)} at ${edges(one.box)} ${more}` };
      }
      drift = Math.max(drift, Math.abs(twin.score - one.score));
      least = Math.min(least, overlap(twin.box, one.box));
    }
  }
  const count = full.detections.length;
  if (count === 0 && other.detections.length === 0)
    return { agrees: true, drift: 0, seen: 'neither finds anything' };
  return {
    agrees: true,
    drift,
    seen: `the same boxes are found, they overlap by at least ${short(least)}, and scores differ by at most ${short(drift)}`,
  };
}

/** Intersection over union. */
function overlap(a: Box, b: Box): number {
  const width = Math.min(a.xmax, b.xmax) - Math.max(a.xmin, b.xmin);
  const height = Math.min(a.ymax, b.ymax) - Math.max(a.ymin, b.ymin);
  if (!(width > 0 && height > 0)) return 0;
  const area = ({ xmin, ymin, xmax, ymax }: Box) => (xmax - xmin) * (ymax - ymin);
  return (width * height) / (area(a) + area(b) - width * height);
}

function named({ label, score }: Pick<Detection, 'label' | 'score'>): string {
  return `${label === null ? 'a thing without a label' : preview(label)} (${short(score)})`;
}

function some(detections: readonly Detection[]): string {
  const shown = detections.slice(0, 3).map(named).join(', ');
  return detections.length > 3 ? `${shown} and ${detections.length - 3} more` : shown;
}

function edges({ xmin, ymin, xmax, ymax }: Box): string {
  return [xmin, ymin, xmax, ymax].map((edge) => Math.round(edge)).join(', ');
}
