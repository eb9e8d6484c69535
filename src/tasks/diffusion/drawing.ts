import type { SmokeCheck } from '../../smoke/report.js';
import { compareValues } from '../checks/compare.js';
import { agreesWithCard } from '../checks/expected-output.js';
import { numberFrom, readNamed, TEXT, wholeNumber } from '../reading/parameters.js';
import type { Answer, Comparison, Parameters, Read, Task } from '../task.js';
import { checkChannels } from './pipeline-parts.js';

/** What a picture is made of. */
export interface DrawingInput {
  /** Empty for models that draw without words. */
  readonly prompt: string;
  /** Only to see whether the model works: without guidance, and small where the model allows. */
  readonly draft: boolean;
}

/** The parameters of a drawing, as the Inference API names them. */
export interface DrawingParameters extends Parameters {
  readonly num_inference_steps?: number;
  readonly guidance_scale?: number;
  readonly negative_prompt?: string;
  /** Pixels. */
  readonly width?: number;
  readonly height?: number;
  readonly seed?: number;
  /** Takes the place of the pipeline’s own, by the name that diffusers has for it. */
  readonly scheduler?: string;
}

const MOST_STEPS = 150;
const MOST_PIXELS = 2048;

/** What the checks need to know of a picture that was drawn. */
export interface DrawnFacts {
  /** Why the graphs gave no picture; null when they gave one. */
  readonly shapeFault: string | null;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** What was asked for, in pixels. */
  readonly asked: { readonly width: number; readonly height: number };
  /** Smallest and largest value of all colours, 0 to 255. */
  readonly range: { readonly min: number; readonly max: number };
  /** Average of each colour, 0 to 255. */
  readonly mean: readonly number[];
  /** 16 × 16 pixels, row by row, 0 to 255. */
  readonly thumbnail: readonly number[];
  /** The same of the picture that the card shows; null when it shows none that is in the repository. */
  readonly shown: readonly number[] | null;
}

/** Checks the parameters of a drawing; null counts as absent. */
export function readDrawingParameters(parameters: unknown): Read<DrawingParameters> {
  return readNamed(parameters, {
    num_inference_steps: wholeNumber(1, MOST_STEPS),
    guidance_scale: numberFrom(0, 100),
    width: wholeNumber(8, MOST_PIXELS),
    height: wholeNumber(8, MOST_PIXELS),
    seed: wholeNumber(0, Number.MAX_SAFE_INTEGER),
    negative_prompt: TEXT,
    scheduler: TEXT,
  });
}

/** Values of one colour that lie closer together than this look like one. */
const PLAIN = 4;

/** Whether something was drawn: not black, not a single colour, of the size that was asked for. */
function checkDrawing(facts: DrawnFacts): readonly SmokeCheck[] {
  if (facts.shapeFault !== null) {
    return [{ id: 'output-shape', status: 'failed', message: facts.shapeFault }];
  }
  const id = 'picture';
  const { width, height, asked, range, mean } = facts;
  if (width !== asked.width || height !== asked.height) {
    return [
      {
        id,
        status: 'failed',
        message: `The picture has ${width} × ${height} pixels instead of ${asked.width} × ${asked.height}. Look at block_out_channels of the decoder and sample_size of the unet.`,
      },
    ];
  }
  const colour = mean.map((value) => Math.round(value)).join(', ');
  if (range.max - range.min < PLAIN) {
    const what = range.max < PLAIN ? 'black' : range.min > 255 - PLAIN ? 'white' : `grey (${colour})`;
    return [
      {
        id,
        status: 'failed',
        message: `The picture is ${what} all over. Look for weights that are missing in the export, for an overflow in half precision, and at the scaling_factor of the decoder.`,
      },
    ];
  }
  if (isPlain(facts.thumbnail, mean)) {
    return [
      {
        id,
        status: 'warning',
        message: `The picture has one colour all over (red, green, blue ${colour}). Unless the model draws such pictures, look at the weights of the export.`,
      },
    ];
  }
  return [
    {
      id,
      status: 'passed',
      message: `${width} × ${height} pixels, on average red, green, blue ${colour}.`,
    },
  ];
}

/** Compares with the picture that the card shows. Another seed, or more steps, give another picture; that is no fault. */
function checkShownDrawing({ thumbnail: drawn, shown }: DrawnFacts): SmokeCheck {
  if (shown !== null && compareValues([shown], [drawn], 255).agrees) {
    return agreesWithCard('The picture is like the one in the card.');
  }
  return {
    id: 'expected-output',
    status: 'skipped',
    message:
      'What the model draws depends on seed and steps: look at the picture in the card and at this one.',
  };
}

function isPlain(pixels: readonly number[], mean: readonly number[]): boolean {
  return pixels.every((value, index) => Math.abs(value - (mean[index % mean.length] ?? 0)) < PLAIN / 2);
}

/** What of a picture shows whether two are the same. */
function drawingVectors({ facts }: Answer<DrawnFacts>): readonly (readonly number[])[] {
  return facts.thumbnail.length === 0 ? [] : [facts.thumbnail.map((value) => value / 255)];
}

/** Compares two drawings by their thumbnails. */
function compareDrawings(
  { facts: full }: Answer<DrawnFacts>,
  { facts: other }: Answer<DrawnFacts>,
): Comparison {
  return compareValues([full.thumbnail], [other.thumbnail], 255);
}

/** What the tasks that draw have in common. */
export const DRAWING = {
  readParameters: readDrawingParameters,
  checkModel: checkChannels,
  checkAnswer: ({ facts, expected }) => [
    ...checkDrawing(facts),
    ...(expected === undefined || facts.thumbnail.length === 0 ? [] : [checkShownDrawing(facts)]),
  ],
  checkLabels: () => [],
  vectors: drawingVectors,
  compare: compareDrawings,
} satisfies Partial<Task<DrawingInput, DrawnFacts>>;
