import { own } from '../mapping.js';
import { preview } from '../preview.js';
import type { MediaSource } from '../smoke/media/source.js';
import type { SmokeCheck } from '../smoke/report.js';
import type { Media, Options, Tensors } from '../smoke/session.js';
import { checkArchitecture } from './checks/architecture.js';
import { compareValues } from './checks/compare.js';
import { agreesWithCard, contradictsCard, SWAPPED_LABELS } from './checks/expected-output.js';
import { checkOutputs, listOutputs } from './checks/output-shape.js';
import { percent } from './checks/wording.js';
import { checkLabelCount, checkLabelNames, countLabels, labelOf } from './classification/labels.js';
import { rangeOf } from './numbers/numbers.js';
import { numbersOf } from './numbers/tensors.js';
import { CONTRASTING_PICTURES, SAMPLE_INFERENCES } from './picture/picture-input.js';
import { answerWithSecondLook, pictureWays, pixelsOf, type SecondLook } from './picture/picture-model.js';
import { checkPictureShape } from './picture/picture-shape.js';
import { folded } from './picture/raster.js';
import { explainContradiction } from './picture/second-look.js';
import {
  alphaOf,
  panopticMap,
  type Segment,
  type SegmentationOutput,
  type SegmentMap,
  semanticMap,
  semanticMapOfQueries,
} from './picture/segments.js';
import { readMediaExample, readMediaRequest } from './reading/example.js';
import { numberFrom, oneOf, readNamed } from './reading/parameters.js';
import { type Answer, fileRef, type MadeFile, type Parameters, type Read, type Task } from './task.js';

/** What the checks need to know of an answer. */
export interface ImageSegmentationFacts extends SecondLook {
  /** Null when the graph gave nothing to make masks of. */
  readonly found: Segmentation | Matting | null;
  /** How many classes the graph scores; 0 for a model that only tells foreground from background. */
  readonly classes: number;
  readonly labels: readonly (string | null)[];
  /** How many labels `id2label` of config.json names; null without it. */
  readonly named: number | null;
  /** Raw outputs folded into few numbers; they tell answers apart. */
  readonly signature: readonly number[];
}

/** A map of labelled segments. */
interface Segmentation {
  readonly kind: 'segments';
  readonly segments: readonly Pick<Segment, 'label' | 'score' | 'share'>[];
  /** The label in the middle of each of 32 × 32 areas, row by row; empty where there is none. */
  readonly grid: readonly string[];
  readonly width: number;
  readonly height: number;
}

/** A mask of the foreground. */
interface Matting {
  readonly kind: 'matting';
  readonly min: number;
  readonly max: number;
  /** How much of the picture is foreground, 0 to 1. */
  readonly share: number;
  /** Averages of parts of the mask, row by row. */
  readonly areas: readonly number[];
  readonly width: number;
  readonly height: number;
}

const SUBTASKS = ['semantic', 'panoptic', 'instance'] as const;
/** The label of what a model for matting keeps; the pipelines have none, but clients need one. */
const FOREGROUND = 'foreground';
const GRID = 32;
/** How much of the picture must keep its label between variants. */
const SAME_AREA = 0.9;
const MAX_LABELS = 2000;
/** Most masks of an answer. */
const MAX_MASKS = 200;

/** Masks of the things in a picture, or of its foreground. */
export const imageSegmentation: Task<MediaSource, ImageSegmentationFacts> = {
  tag: 'image-segmentation',
  takesFile: true,
  ways: pictureWays({
    pipeline: 'image-segmentation',
    modelTypes: [
      'detr',
      'clipseg',
      'segformer',
      'sapiens',
      'swin',
      'mobilenet_v1',
      'mobilenet_v2',
      'mobilenet_v3',
      'mobilenet_v4',
      'maskformer',
      // Types of transformers.js itself, for models that drop the background.
      'modnet',
      'birefnet',
      'isnet',
      'ben',
    ],
    async run(model, inference) {
      const picture = await model.media.picture(inference.input);
      return answerWithSecondLook<ImageSegmentationFacts>(
        model,
        inference,
        async (reading) => {
          const outputs = await model.run(await pixelsOf(model, picture, reading));
          return answerOf(model, outputs, picture, inference.parameters);
        },
        ({ found }, expected) => found !== null && checkExpected(found, expected).status !== 'failed',
      );
    },
  }),

  readExample: (example) => readMediaExample(example, readParameters),
  readRequest: (body) => readMediaRequest(body, 'image', readParameters),
  readParameters,
  defaultInferences: () => SAMPLE_INFERENCES,
  contrast: () => CONTRASTING_PICTURES,
  checkModel: (model) => [...checkArchitecture(model, 'image-segmentation'), ...checkPictureShape(model)],

  checkAnswer({ facts, expected, tensors, inference }) {
    const { found } = facts;
    if (found === null) {
      return [
        checkOutputs(tensors, 'image-segmentation', [
          { names: ['logits'], rank: 4, shape: '1 × classes × height × width' },
        ]),
      ];
    }
    const outputs: SmokeCheck = {
      id: 'output-shape',
      status: 'passed',
      message: `The graph gives ${listOutputs(tensors)}.`,
    };
    const mask = checkMask(found, inference.input.kind === 'file');
    if (expected === undefined || mask.status === 'failed') return [outputs, mask];
    return [outputs, mask, explainContradiction(checkExpected(found, expected), facts)];
  },

  checkLabels({ facts }) {
    if (facts.classes === 0) return [];
    return [checkLabelCount(facts.named, facts.classes), checkLabelNames(facts.labels)];
  },

  // That a mask is the same everywhere is said of it; that all masks are the same need not be said too.
  vectors: ({ facts: { found, signature } }) =>
    found === null || (found.kind === 'matting' && isFlat(found)) ? [] : [signature],

  compare({ facts: { found: full } }, { facts: { found: other } }) {
    if (full?.kind === 'matting' && other?.kind === 'matting') {
      return compareValues([full.areas], [other.areas], 1);
    }
    if (full?.kind !== 'segments' || other?.kind !== 'segments') {
      return { agrees: full === other, drift: null, seen: 'there are no masks' };
    }
    const same = full.grid.filter((label, at) => label === other.grid[at]).length / full.grid.length;
    return {
      agrees: same >= SAME_AREA,
      drift: 1 - same,
      seen: `the label is the same on ${percent(same)} of the picture`,
    };
  },
};

function readParameters(parameters: unknown): Read<Parameters> {
  return readNamed(parameters, {
    threshold: numberFrom(0, 1),
    mask_threshold: numberFrom(0, 1),
    overlap_mask_area_threshold: numberFrom(0, 1),
    subtask: oneOf(SUBTASKS),
  });
}

/** What the outputs of a graph are; null when they are no segmentation. */
function outputOf(outputs: Tensors): SegmentationOutput | null {
  const masks = outputs.masks_queries_logits ?? outputs.pred_masks;
  const classes = outputs.class_queries_logits ?? outputs.logits;
  if (masks?.dims.length === 4 && classes?.dims.length === 3 && classes.dims[1] === masks.dims[1]) {
    return { kind: 'queries', logits: classes, masks };
  }
  if (outputs.logits?.dims.length === 4 && (outputs.logits.dims[1] ?? 0) > 1) {
    return { kind: 'semantic', logits: outputs.logits };
  }
  const alpha = Object.values(outputs).find(
    ({ dims }) =>
      dims[0] === 1 && ((dims.length === 4 && dims[1] === 1) || dims.length === 3) && (dims.at(-1) ?? 0) > 1,
  );
  return alpha === undefined || outputs.pred_boxes !== undefined || outputs.predicted_depth !== undefined
    ? null
    : { kind: 'matting', alpha };
}

interface Size {
  readonly width: number;
  readonly height: number;
}

function answerOf(
  { config, media }: { readonly config: Options; readonly media: Media },
  outputs: Tensors,
  size: Size,
  { subtask, ...parameters }: Parameters,
): Answer<ImageSegmentationFacts> {
  const output = outputOf(outputs);
  const named = countLabels(config);
  if (output === null) {
    return { output: [], facts: { found: null, classes: 0, labels: [], named, signature: [] } };
  }
  if (output.kind === 'matting') {
    if (subtask !== undefined)
      throw new Error(`The model tells foreground from background; it has no subtask ${String(subtask)}.`);
    const alpha = alphaOf(output.alpha, size);
    return {
      ...mattingAnswer(media, alpha, size),
      facts: {
        found: {
          kind: 'matting',
          ...rangeOf(alpha),
          share: folded(alpha, 1)[0] ?? 0,
          areas: folded(alpha, GRID * GRID),
          ...sizeOnly(size),
        },
        classes: 0,
        labels: [],
        named,
        signature: folded(numbersOf(output.alpha), 256),
      },
    };
  }
  if (output.kind === 'semantic' && subtask !== undefined && subtask !== 'semantic') {
    throw new Error(
      `The model gives a class for each pixel, which is the subtask semantic; it has no subtask ${String(subtask)}.`,
    );
  }
  const map =
    output.kind === 'semantic'
      ? semanticMap(output.logits, config, size)
      : subtask === 'semantic'
        ? semanticMapOfQueries(output, config, size)
        : panopticMap(output, config, size, parameters);
  const classes =
    output.kind === 'semantic' ? (output.logits.dims[1] ?? 0) : (output.logits.dims[2] ?? 1) - 1;
  return {
    ...segmentsAnswer(media, map),
    facts: {
      found: {
        kind: 'segments',
        segments: map.segments.slice(0, MAX_MASKS).map(({ id: _, ...segment }) => segment),
        grid: gridOf(map),
        ...sizeOnly(size),
      },
      classes,
      labels: Array.from({ length: Math.min(classes, MAX_LABELS) }, (_, index) => labelOf(config, index)),
      named,
      signature: folded(numbersOf(output.logits), 256),
    },
  };
}

function sizeOnly({ width, height }: Size): Size {
  return { width, height };
}

function mattingAnswer(media: Media, alpha: Float64Array, size: Size): Pick<Answer, 'output' | 'files'> {
  const name = `mask-${FOREGROUND}.png`;
  return {
    output: [{ label: FOREGROUND, mask: fileRef(name) }],
    files: [maskFile(media, name, size, () => Uint8Array.from(alpha, (value) => Math.round(value * 255)))],
  };
}

function segmentsAnswer(
  media: Media,
  { segments, ids, width, height }: SegmentMap,
): Pick<Answer, 'output' | 'files'> {
  const named = segments.slice(0, MAX_MASKS).map((segment, index) => ({
    ...segment,
    name: `mask-${index + 1}-${slug(segment.label)}.png`,
  }));
  return {
    output: named.map(({ label, score, name }) => ({
      label,
      ...(score === undefined ? {} : { score }),
      mask: fileRef(name),
    })),
    files: named.map(({ name, id }) =>
      maskFile(media, name, { width, height }, () => Uint8Array.from(ids, (one) => (one === id ? 255 : 0))),
    ),
  };
}

function maskFile(media: Media, name: string, { width, height }: Size, data: () => Uint8Array): MadeFile {
  return {
    name,
    mediaType: 'image/png',
    encode: () => media.png({ width, height, channels: 1, data: data() }),
  };
}

function slug(label: string): string {
  return (
    label
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 40) || 'segment'
  );
}

function gridOf({ width, height, ids, segments }: SegmentMap): readonly string[] {
  const labels = new Map(segments.map(({ id, label }) => [id, label]));
  return Array.from({ length: GRID * GRID }, (_, index) => {
    const x = Math.floor((((index % GRID) + 0.5) * width) / GRID);
    const y = Math.floor(((Math.floor(index / GRID) + 0.5) * height) / GRID);
    return labels.get(ids[y * width + x] ?? 0) ?? '';
  });
}

function isFlat({ min, max }: Matting): boolean {
  return max - min < 0.02;
}

/** Whether masks show something. A made-up picture (not `shown` by the card) need not hold anything that the model knows. */
function checkMask(found: Segmentation | Matting, shown: boolean): SmokeCheck {
  const id = 'mask';
  const size = `${found.width} × ${found.height} pixels`;
  if (found.kind === 'matting') {
    if (!isFlat(found)) {
      return {
        id,
        status: 'passed',
        message: `The mask of ${size} keeps ${percent(found.share)} of the picture.`,
      };
    }
    return {
      id,
      status: shown ? 'failed' : 'warning',
      message: `The mask is the same everywhere: it keeps ${percent(found.share)} of each pixel. Look for a head without weights, or for pixels that are scaled twice (rescale_factor and do_normalize in preprocessor_config.json).`,
    };
  }
  const { segments } = found;
  const [first] = segments;
  if (first === undefined) {
    return {
      id,
      status: shown ? 'warning' : 'skipped',
      message: shown
        ? 'Nothing was found in the picture. Show one in which the model finds something, or look at the export if there is something to find.'
        : 'Nothing was found in a made-up picture, so that no mask could be checked. Add a widget example with a picture to the card.',
    };
  }
  if (segments.length === 1 && first.share === 1) {
    return {
      id,
      status: shown ? 'warning' : 'passed',
      message: `The whole picture is ${preview(first.label)}.${shown ? ' Show a picture in which the model tells things apart, or look at the export if there are some.' : ''}`,
    };
  }
  const list = segments
    .slice(0, 4)
    .map(({ label, share }) => `${preview(label)} ${percent(share)}`)
    .join(', ');
  return {
    id,
    status: 'passed',
    message: `${segments.length === 1 ? '1 mask' : `${segments.length} masks`} of ${size}: ${list}${segments.length > 4 ? ' and more' : ''}.`,
  };
}

/** Compares with the labels that the card’s example shows; masks in cards are files, and not compared. */
function checkExpected(found: Segmentation | Matting, expected: unknown): SmokeCheck {
  const stated = Array.isArray(expected) ? expected.map((item: unknown) => own(item, 'label')) : [];
  if (stated.length === 0 || found.kind === 'matting') {
    return {
      id: 'expected-output',
      status: 'skipped',
      message:
        'The card shows a picture or no labels, which are not compared. Look at the answer with --save-outputs.',
    };
  }
  const labels = found.segments.map(({ label }) => label);
  const missing = stated.find((label) => typeof label !== 'string' || !labels.includes(label));
  if (missing === undefined)
    return agreesWithCard('The labels of the card were found; masks are not compared.');
  const seen = [...new Set(labels)].slice(0, 5).map(preview).join(', ') || 'nothing';
  return contradictsCard(`shows ${preview(missing)}, the model finds ${seen}`, SWAPPED_LABELS);
}
