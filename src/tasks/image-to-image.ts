import { own } from '../mapping.js';
import { colourRange, type Picture, thumbnail, toRgb } from '../smoke/media/picture.js';
import type { MediaSource } from '../smoke/media/source.js';
import type { SmokeCheck } from '../smoke/report.js';
import type { Media, Options, TensorView } from '../smoke/session.js';
import { checkArchitecture } from './checks/architecture.js';
import { compareValues } from './checks/compare.js';
import { checkOutputs } from './checks/output-shape.js';
import { short } from './checks/wording.js';
import { pictureFile } from './made-file.js';
import { rangeOf } from './numbers/numbers.js';
import { numbersOf } from './numbers/tensors.js';
import { CONTRASTING_PICTURES, SAMPLE_INFERENCES } from './picture/picture-input.js';
import { pictureWays, pixelsOf } from './picture/picture-model.js';
import { checkPictureShape } from './picture/picture-shape.js';
import { pictureOf } from './picture/raster.js';
import { readMediaExample, readMediaRequest } from './reading/example.js';
import { readMapping } from './reading/parameters.js';
import { type Answer, fileRef, type Task } from './task.js';

/** What the checks need to know of an answer; null when the graph gave no picture. */
export interface ImageToImageFacts {
  readonly picture: {
    readonly width: number;
    readonly height: number;
    /** What the graph was given, padding included. */
    readonly from: { readonly width: number; readonly height: number };
    /** Raw values, before they are cut to 0 to 1. */
    readonly min: number;
    readonly max: number;
    /** Average colours, 0 to 255, of 16 × 16 areas of the answer and of the input: red, green, blue. */
    readonly colours: readonly number[];
    readonly inputColours: readonly number[];
    /** Smallest and largest colour of the input. */
    readonly inputRange: { readonly min: number; readonly max: number };
  } | null;
  /** `upscale` of config.json; null without it. */
  readonly upscale: number | null;
}

/** Pictures of this many areas a side are compared. */
const AREAS = 16;
/** How far the average colour of an area may lie from that of the input in a picture that was only enlarged, 0 to 255. */
const COLOUR_TOLERANCE = 40;

/** A picture made of a picture, such as an enlarged one. */
export const imageToImage: Task<MediaSource, ImageToImageFacts> = {
  tag: 'image-to-image',
  makes: 'picture',
  takesFile: true,
  ways: pictureWays({
    pipeline: 'image-to-image',
    modelTypes: ['swin2sr'],
    unfit: ({ config }) =>
      own(config, 'model_type') === 'swin2sr'
        ? null
        : 'What the pixels of this model mean is up to the code that came with it. A model of the type swin2sr (model_type in config.json) would be run.',
    async run(model, { input }) {
      const picture = await model.media.picture(input);
      const pixels = await pixelsOf(model, picture);
      const { reconstruction } = await model.run(pixels);
      const [height = 0, width = 0] = pixels.pixel_values?.dims.slice(-2) ?? [];
      return answerOf(model, reconstruction, picture, { width, height });
    },
  }),

  readExample: (example) => readMediaExample(example, readMapping),
  readRequest: (body) => readMediaRequest(body, 'image', readMapping),
  readParameters: readMapping,
  defaultInferences: () => SAMPLE_INFERENCES,
  contrast: () => CONTRASTING_PICTURES,
  checkModel: (model) => [...checkArchitecture(model, 'image-to-image'), ...checkPictureShape(model)],

  checkAnswer({ facts, tensors }) {
    const outputs = checkOutputs(tensors, 'image-to-image', [
      { names: ['reconstruction'], rank: 4, shape: '1 × 3 × height × width' },
    ]);
    return facts.picture === null ? [outputs] : [outputs, checkPicture(facts.picture, facts.upscale)];
  },

  checkLabels: () => [],
  vectors: ({ facts }) => (facts.picture === null ? [] : [facts.picture.colours]),
  compare: ({ facts: full }, { facts: other }) =>
    compareValues([full.picture?.colours ?? []], [other.picture?.colours ?? []], 255),
};

function answerOf(
  { media, config }: { readonly media: Media; readonly config: Options },
  tensor: TensorView | undefined,
  input: Picture,
  from: { readonly width: number; readonly height: number },
): Answer<ImageToImageFacts> {
  const scale = own(config, 'upscale');
  const upscale = typeof scale === 'number' ? scale : null;
  const [channels = 0, height = 0, width = 0] = tensor?.dims.slice(-3) ?? [];
  const values = tensor === undefined ? new Float32Array() : numbersOf(tensor);
  if (channels !== 3 || values.length !== 3 * width * height || values.length === 0) {
    return { output: {}, facts: { picture: null, upscale } };
  }
  // As `ImageToImagePipeline.postprocess` of transformers has it.
  const picture = pictureOf(values, { width, height, channels: 3 }, 0);
  const rgb = toRgb(input);
  return {
    output: { image: fileRef('image.png') },
    facts: {
      picture: {
        width,
        height,
        from,
        ...rangeOf(values),
        colours: [...thumbnail(picture, AREAS)],
        inputColours: [...thumbnail(rgb, AREAS)],
        inputRange: colourRange(rgb),
      },
      upscale,
    },
    files: [pictureFile(media, 'image.png', picture)],
  };
}

function checkPicture(
  picture: NonNullable<ImageToImageFacts['picture']>,
  upscale: number | null,
): SmokeCheck {
  const id = 'picture';
  const failed = (message: string): SmokeCheck => ({ id, status: 'failed', message });
  const { width, height, from, min, max, colours, inputColours, inputRange } = picture;
  const [low, high] = [min, max].map((value) => short(value));
  if (max > 2 || min < -1.5) {
    return failed(
      `The graph gives values from ${low} to ${high}, but 0 to 1 are black and white: most of the picture is cut off. Divide the output by 255 in the export.`,
    );
  }
  if (inputRange.max - inputRange.min > 10 && max - min < 0.01) {
    return failed(
      `The picture has the same colour everywhere (values from ${low} to ${high}), though the input has not. Look for weights that were not loaded before the export, or a division by 255 that is done twice.`,
    );
  }
  const scale = upscale ?? 1;
  if (upscale !== null && (width !== from.width * scale || height !== from.height * scale)) {
    return failed(
      `A picture of ${from.width} × ${from.height} pixels becomes ${width} × ${height}, but config.json says that the model enlarges it by ${scale}. Correct \`upscale\` there, or export the model that was meant.`,
    );
  }
  if (upscale !== null) {
    const apart = distance(colours, inputColours, false);
    if (apart > COLOUR_TOLERANCE) {
      return distance(colours, inputColours, true) < apart / 2
        ? {
            id: 'channel-order',
            status: 'failed',
            message:
              'Red and blue are swapped in the enlarged picture. Export the model so that it takes and gives red, green and blue in this order.',
          }
        : failed(
            `The enlarged picture does not look like the input: the colours of its areas are ${Math.round(apart)} of 255 away on average. Look at the weights in the export, and at rescale_factor in preprocessor_config.json.`,
          );
    }
  }
  return {
    id,
    status: 'passed',
    message: `A picture of ${width} × ${height} pixels from one of ${from.width} × ${from.height}.`,
  };
}

/** How far colours lie apart on average; with red and blue of the first ones swapped when asked. */
function distance(colours: readonly number[], others: readonly number[], swapped: boolean): number {
  const sum = colours.reduce((total, value, at) => {
    const twin = swapped ? at + 2 - 2 * (at % 3) : at;
    return total + Math.abs(value - (others[twin] ?? 0));
  }, 0);
  return sum / colours.length;
}
