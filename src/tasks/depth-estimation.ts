import type { MediaSource } from '../smoke/media/source.js';
import type { SmokeCheck } from '../smoke/report.js';
import type { TensorView } from '../smoke/session.js';
import { checkArchitecture } from './checks/architecture.js';
import { compareValues } from './checks/compare.js';
import { checkOutputs } from './checks/output-shape.js';
import { short } from './checks/wording.js';
import { nest } from './numbers/nested-numbers.js';
import { rangeOf } from './numbers/numbers.js';
import { numbersOf } from './numbers/tensors.js';
import { CONTRASTING_PICTURES, SAMPLE_INFERENCES } from './picture/picture-input.js';
import { type PictureModel, pictureWays, pixelsOf } from './picture/picture-model.js';
import { checkPictureShape } from './picture/picture-shape.js';
import { folded, resized } from './picture/raster.js';
import { readMediaExample, readMediaRequest } from './reading/example.js';
import { readMapping } from './reading/parameters.js';
import { type Answer, fileRef, type Task } from './task.js';

/** What the checks need to know of an answer; null when the graph gave no depth. */
export interface DepthEstimationFacts {
  readonly depth: {
    readonly min: number;
    readonly max: number;
    /** Averages of small areas, row by row. */
    readonly areas: readonly number[];
  } | null;
}

/** Most numbers of `predicted_depth` that are written out. */
const MAX_NUMBERS = 2 ** 20;
const AREAS = 1024;

/** How far away each point of a picture is. */
export const depthEstimation: Task<MediaSource, DepthEstimationFacts> = {
  tag: 'depth-estimation',
  takesFile: true,
  ways: pictureWays({
    pipeline: 'depth-estimation',
    modelTypes: ['chmv2', 'dpt', 'depth_anything', 'glpn', 'sapiens', 'depth_pro', 'metric3d', 'metric3dv2'],
    async run(model, { input }) {
      const picture = await model.media.picture(input);
      const outputs = await model.run(await pixelsOf(model, picture));
      return answerOf(model, outputs.predicted_depth, picture);
    },
  }),

  readExample: (example) => readMediaExample(example, readMapping),
  readRequest: (body) => readMediaRequest(body, 'image', readMapping),
  readParameters: readMapping,
  defaultInferences: () => SAMPLE_INFERENCES,
  contrast: () => CONTRASTING_PICTURES,
  checkModel: (model) => [...checkArchitecture(model, 'depth-estimation'), ...checkPictureShape(model)],

  checkAnswer({ facts, tensors }) {
    const outputs = checkOutputs(tensors, 'depth-estimation', [
      { names: ['predicted_depth'], shape: '1 × height × width' },
    ]);
    return facts.depth === null ? [outputs] : [outputs, checkVaries(facts.depth)];
  },

  checkLabels: () => [],
  // That a depth is flat is said of it; that all of them are the same need not be said too.
  vectors: ({ facts }) => (facts.depth === null || isFlat(facts.depth) ? [] : [facts.depth.areas]),
  compare: ({ facts: full }, { facts: other }) =>
    compareValues([full.depth?.areas ?? []], [other.depth?.areas ?? []]),
};

/**
 * `depth` is a picture of the size of the input, the smallest number black and the largest white (transformers,
 * `DepthEstimationPipeline.postprocess`); `predicted_depth` holds the numbers in the size of the graph, rounded to seven
 * digits, unless there are more than a million.
 */
function answerOf(
  { media }: Pick<PictureModel, 'media'>,
  tensor: TensorView | undefined,
  picture: { readonly width: number; readonly height: number },
): Answer<DepthEstimationFacts> {
  const [height = 0, width = 0] = tensor?.dims.slice(-2) ?? [];
  if (tensor === undefined || width === 0 || height === 0 || tensor.data.length !== width * height) {
    return { output: {}, facts: { depth: null } };
  }
  const data = numbersOf(tensor);
  const { min, max } = rangeOf(data);
  const numbers = Array.from(data, (value) => Number(value.toPrecision(7)));
  return {
    output: {
      ...(data.length > MAX_NUMBERS ? {} : { predicted_depth: nest(numbers, [height, width]) }),
      depth: fileRef('depth.png'),
    },
    facts: { depth: { min, max, areas: folded(data, AREAS) } },
    files: [
      {
        name: 'depth.png',
        mediaType: 'image/png',
        encode() {
          const full = resized({ width, height, data }, picture.width, picture.height);
          const bounds = rangeOf(full);
          const scale = bounds.max > bounds.min ? 255 / (bounds.max - bounds.min) : 0;
          return media.png({
            width: picture.width,
            height: picture.height,
            channels: 1,
            data: Uint8Array.from(full, (value) => (value - bounds.min) * scale),
          });
        },
      },
    ],
  };
}

function isFlat({ min, max }: Pick<NonNullable<DepthEstimationFacts['depth']>, 'min' | 'max'>): boolean {
  return !(max - min > 1e-6 * Math.max(1, Math.abs(max)));
}

function checkVaries(depth: NonNullable<DepthEstimationFacts['depth']>): SmokeCheck {
  const id = 'not-constant';
  const [low, high] = [depth.min, depth.max].map((value) => short(value, 4));
  return isFlat(depth)
    ? {
        id,
        status: 'failed',
        message: `The depth is ${high} everywhere, so that its picture is black. Look for a head without weights, or pixels that are scaled twice (rescale_factor and do_normalize in preprocessor_config.json).`,
      }
    : { id, status: 'passed', message: `The depth goes from ${low} to ${high}.` };
}
