import { own } from '../mapping.js';
import { colourRange, meanColour, type Picture, thumbnail, toRgb } from '../smoke/media/picture.js';
import type { SmokeCheck } from '../smoke/report.js';
import type { Graph, GraphValue, OnnxSession, Tensors, TensorView } from '../smoke/session.js';
import { compareValues } from './compare.js';
import { shownFile } from './example.js';
import { agreesWithCard } from './expected-output.js';
import { normalNumbers, openScheduler, SCHEDULERS, schedulerFault } from './noise-schedulers.js';
import { isCount, product } from './numbers.js';
import { numberFrom, readNamed, TEXT, wholeNumber } from './parameters.js';
import {
  type Answer,
  type Comparison,
  fileRef,
  type Inference,
  type ModelFacts,
  type NeededFile,
  type Parameters,
  type Read,
  type Task,
} from './task.js';
import { numbersOf, numberTensor } from './tensors.js';
import { dimensions } from './wording.js';

/** Where diffusers keeps the configurations of a pipeline’s parts. */
const MODEL_INDEX = 'model_index.json';
const SCHEDULER = 'scheduler/scheduler_config.json';
const UNET = 'unet/config.json';
const DECODER = 'vae_decoder/config.json';
/** The JSON files that a run reads. */
export const DIFFUSION_JSON = [MODEL_INDEX, SCHEDULER, UNET, DECODER] as const;

/** The files that every pipeline of diffusers has: what its parts are, and the scheduler’s configuration. */
export const PIPELINE_FILES: readonly NeededFile[] = [
  { path: MODEL_INDEX, remedy: 'Save the pipeline with `pipeline.save_pretrained(folder)`.' },
  { path: SCHEDULER, remedy: 'Save it with `pipeline.save_pretrained(folder)`.' },
];

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
}

/** How often the network is asked when nothing says: few, as a processor takes seconds for each. */
const STEPS = 5;
/** As diffusers has it. */
const GUIDANCE = 7.5;
/** Largest side of a draft’s latents: 256 pixels with the usual decoder. */
const DRAFT_SIDE = 32;
const MOST_STEPS = 150;
const MOST_PIXELS = 2048;
/** The decoder of Stable Diffusion makes eight pixels of one. */
const USUAL_FACTOR = 8;
/** Factor of Stable Diffusion’s latents, where the configuration does not say. */
const USUAL_SCALING = 0.18215;
/** Side of the thumbnail by which pictures are compared. */
const THUMBNAIL = 16;

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
  });
}

/** Why a pipeline of diffusers cannot be run, as a sentence; null when it can. */
export function pipelineFault(
  { graphs, json }: ModelFacts,
  pipelines: RegExp,
  supported: string,
): string | null {
  const name = own(json[MODEL_INDEX], '_class_name');
  const runs = `What can be run: ${supported}, with ${SCHEDULERS.join(', ')}.`;
  if (typeof name === 'string' && !pipelines.test(name)) return `${name} cannot be run. ${runs}`;
  const { unet } = graphs;
  const unknown = (unet?.inputs ?? []).find(
    ({ name: input }) => !['sample', 'timestep', 'encoder_hidden_states'].includes(input),
  );
  if (unknown !== undefined) {
    return `The unet takes ${unknown.name} too, which belongs to another pipeline (such as Stable Diffusion XL or a consistency model). ${runs}`;
  }
  const scheduler = json[SCHEDULER] === undefined ? null : schedulerFault(json[SCHEDULER]);
  return scheduler;
}

/** The number of channels that a configuration and its graph state. */
interface Channels {
  readonly what: string;
  readonly count: number;
}

/** Whether the parts of a pipeline hand on as many channels as the next one takes. */
function checkChannels({ graphs, json }: ModelFacts): readonly SmokeCheck[] {
  const id = 'latent-channels';
  const latents = [
    configured(json[UNET], 'in_channels', UNET),
    axis(graphs.unet?.inputs, 'sample', 1, 'unet/model.onnx (sample)'),
    configured(json[UNET], 'out_channels', UNET),
    axis(graphs.unet?.outputs, 'out_sample', 1, 'unet/model.onnx (out_sample)'),
    configured(json[DECODER], 'latent_channels', DECODER),
    axis(graphs.vae_decoder?.inputs, 'latent_sample', 1, 'vae_decoder/model.onnx (latent_sample)'),
  ];
  const words = [
    configured(json['text_encoder/config.json'], 'hidden_size', 'text_encoder/config.json'),
    axis(graphs.text_encoder?.outputs, 'last_hidden_state', 2, 'text_encoder/model.onnx (last_hidden_state)'),
    configured(json[UNET], 'cross_attention_dim', UNET),
    axis(graphs.unet?.inputs, 'encoder_hidden_states', 2, 'unet/model.onnx (encoder_hidden_states)'),
  ];
  for (const chain of [latents, words]) {
    const [first, ...others] = chain.filter((one) => one !== null);
    const other = others.find(({ count }) => count !== first?.count);
    if (first === undefined || other === undefined) continue;
    return [
      {
        id,
        status: 'failed',
        message: `The parts do not fit together: ${first.what} says ${first.count} channels, ${other.what} says ${other.count}. Take all parts from the same model, and export them together.`,
      },
    ];
  }
  const known = latents.find((one) => one !== null);
  return known === null || known === undefined
    ? []
    : [{ id, status: 'passed', message: `The parts fit together: ${known.count} channels.` }];
}

function configured(config: unknown, key: string, path: string): Channels | null {
  const count = own(config, key);
  return typeof count === 'number' ? { what: `${path} (${key})`, count } : null;
}

function axis(
  values: readonly GraphValue[] | undefined,
  name: string,
  place: number,
  what: string,
): Channels | null {
  const count = values?.find((value) => value.name === name)?.shape?.[place];
  return typeof count === 'number' ? { what, count } : null;
}

/** Draws a picture: from noise, step by step, led by a prompt where the pipeline has a text encoder. */
export async function draw(
  session: OnnxSession,
  { input: { prompt, draft }, parameters: asked, expected }: Inference<DrawingInput>,
): Promise<Answer<DrawnFacts>> {
  const { unet, text_encoder: encoder, vae_decoder: decoder } = session.graphs;
  if (unet === undefined) throw new Error('There is no unet.');
  const { json } = session;
  const parameters = asked as DrawingParameters;
  const noise = normalNumbers(parameters.seed ?? 0);
  const scheduler = openScheduler(json[SCHEDULER], parameters.num_inference_steps ?? STEPS, noise);
  const factor = decoder === undefined ? 1 : pixelFactor(json[DECODER]);
  const size = latentSize(unet, json[UNET], factor, draft, parameters);
  const dims = [1, size.channels, size.height, size.width];
  let sample = Float32Array.from({ length: product(dims) }, () => noise() * scheduler.startScale);

  const scale = parameters.guidance_scale ?? (draft ? 1 : GUIDANCE);
  const words = encoder === undefined ? null : encode(session, encoder, prompt);
  const without =
    encoder === undefined || scale <= 1 ? null : encode(session, encoder, parameters.negative_prompt ?? '');
  const [led, unled] = [await words, await without];
  for (const [place, time] of scheduler.timesteps.entries()) {
    const input = scheduler.input(sample, place);
    const prediction = await predict(unet, input, dims, time, led);
    const plain = unled === null ? null : await predict(unet, input, dims, time, unled);
    const guided =
      plain === null
        ? prediction
        : prediction.map((value, index) => (plain[index] ?? 0) + scale * (value - (plain[index] ?? 0)));
    if (guided.length !== sample.length) {
      return noPicture(
        `The unet gives ${guided.length} numbers for a sample of ${sample.length} (${dimensions(dims)}). Export it with as many output channels as input channels.`,
        size,
        factor,
      );
    }
    sample = scheduler.step(guided, place, sample) as Float32Array<ArrayBuffer>;
  }
  const image =
    decoder === undefined ? { data: sample, dims } : await decode(decoder, sample, dims, json[DECODER]);
  const [batch, channels = 0, height = 0, width = 0] = image.dims;
  if (batch !== 1 || image.dims.length !== 4 || (channels !== 1 && channels !== 3)) {
    return noPicture(
      `A picture must be 1 × 3 × height × width, but what came out is ${dimensions(image.dims)}.`,
      size,
      factor,
    );
  }
  const picture = pictureOf(image.data, width, height, channels);
  const name = 'picture.png';
  return {
    output: { image: fileRef(name) },
    facts: {
      shapeFault: null,
      width,
      height,
      asked: { width: size.width * factor, height: size.height * factor },
      range: colourRange(picture),
      mean: meanColour(picture),
      thumbnail: smallOf(picture),
      shown: await smallOfShown(session, expected),
    },
    files: [{ name, mediaType: 'image/png', encode: () => session.media.png(picture) }],
  };
}

function smallOf(picture: Picture): readonly number[] {
  return Array.from(thumbnail(picture, THUMBNAIL), (value) => Math.round(value * 100) / 100);
}

async function smallOfShown({ media }: OnnxSession, expected: unknown): Promise<readonly number[] | null> {
  const source = shownFile(expected);
  if (source === null) return null;
  try {
    return smallOf(toRgb(await media.picture(source)));
  } catch {
    // That it cannot be read is a finding of the card, not of the model.
    return null;
  }
}

interface LatentSize {
  readonly channels: number;
  readonly width: number;
  readonly height: number;
}

function noPicture(shapeFault: string, { width, height }: LatentSize, factor: number): Answer<DrawnFacts> {
  return {
    output: {},
    facts: {
      shapeFault,
      width: 0,
      height: 0,
      asked: { width: width * factor, height: height * factor },
      range: { min: 0, max: 0 },
      mean: [],
      thumbnail: [],
      shown: null,
    },
  };
}

function whole(value: unknown): number | null {
  return isCount(value) ? value : null;
}

/** Pixels that the decoder makes of one latent: it doubles with each level after the first. */
function pixelFactor(config: unknown): number {
  const levels = own(config, 'block_out_channels');
  return Array.isArray(levels) && levels.length > 0 ? 2 ** (levels.length - 1) : USUAL_FACTOR;
}

/** Size of the latents: what the graph demands, else what was asked for, else what the model was trained on. */
function latentSize(
  unet: Graph,
  config: unknown,
  factor: number,
  draft: boolean,
  { width, height }: DrawingParameters,
): LatentSize {
  const shape = unet.inputs.find(({ name }) => name === 'sample')?.shape ?? [];
  const stated = own(config, 'sample_size');
  const [trainedHeight, trainedWidth] = Array.isArray(stated)
    ? (stated as readonly unknown[])
    : [stated, stated];
  const side = (asked: number | undefined, fixed: unknown, trained: unknown, name: string): number => {
    if (asked !== undefined && asked % factor !== 0) {
      throw new Error(`${name} must be a multiple of ${factor}.`);
    }
    const only = whole(fixed);
    if (only !== null) {
      if (asked !== undefined && asked !== only * factor) {
        throw new Error(
          `The model draws ${only * factor} pixels only (${name}): it was exported with fixed axes.`,
        );
      }
      return only;
    }
    if (asked !== undefined) return asked / factor;
    const usual = whole(trained) ?? 64;
    // A network that draws pixels itself is small already.
    return draft && factor > 1 ? Math.min(usual, DRAFT_SIDE) : usual;
  };
  return {
    channels: whole(shape[1]) ?? whole(own(config, 'in_channels')) ?? 4,
    height: side(height, shape[2], trainedHeight, 'height'),
    width: side(width, shape[3], trainedWidth, 'width'),
  };
}

/** What a text means to the network: [1, tokens, channels]. */
async function encode(session: OnnxSession, encoder: Graph, text: string): Promise<TensorView> {
  const ids = encoder.inputs.find(({ name }) => name === 'input_ids');
  const length = whole(ids?.shape?.[1]);
  const tensors = session.tokenizer.encode(text, {
    padding: 'max_length',
    truncation: true,
    ...(length === null ? {} : { max_length: length }),
  });
  const feeds = Object.fromEntries(
    encoder.inputs.flatMap((input) => {
      const tensor = tensors[input.name];
      if (tensor === undefined) return [];
      return [[input.name, numberTensor(input, Array.from(tensor.data, Number), tensor.dims)] as const];
    }),
  );
  const outputs = await encoder.run(feeds);
  const meaning = outputs.last_hidden_state ?? Object.values(outputs).find(({ dims }) => dims.length === 3);
  if (meaning === undefined) throw new Error('The text encoder gives no last_hidden_state.');
  return meaning;
}

/** What the network predicts for a sample; a graph for two samples at once, as guidance takes them, is given it twice. */
async function predict(
  unet: Graph,
  sample: Float32Array,
  dims: readonly number[],
  time: number,
  words: TensorView | null,
): Promise<Float32Array> {
  const batch = whole(unet.inputs.find(({ name }) => name === 'sample')?.shape?.[0]) ?? 1;
  const repeated = (numbers: Float32Array) => {
    const all = new Float32Array(numbers.length * batch);
    for (let copy = 0; copy < batch; copy++) all.set(numbers, copy * numbers.length);
    return all;
  };
  const feeds: Record<string, TensorView> = {};
  for (const input of unet.inputs) {
    if (input.name === 'sample') {
      feeds.sample = numberTensor(input, repeated(sample), [batch, ...dims.slice(1)]);
    } else if (input.name === 'timestep') {
      const count = input.shape?.length === 0 ? [] : [whole(input.shape?.[0]) ?? 1];
      feeds.timestep = numberTensor(input, new Array<number>(count[0] ?? 1).fill(time), count);
    } else if (input.name === 'encoder_hidden_states' && words !== null) {
      feeds[input.name] = numberTensor(input, repeated(numbersOf(words)), [batch, ...words.dims.slice(1)]);
    }
  }
  const outputs = await unet.run(feeds);
  const predicted = firstOf(outputs, 'out_sample');
  if (predicted === undefined) throw new Error('The unet gives no out_sample.');
  const numbers = numbersOf(predicted);
  return batch === 1 ? numbers : numbers.slice(0, numbers.length / batch);
}

async function decode(
  decoder: Graph,
  sample: Float32Array,
  dims: readonly number[],
  config: unknown,
): Promise<{ readonly data: Float32Array; readonly dims: readonly number[] }> {
  const scaling = own(config, 'scaling_factor');
  const factor = typeof scaling === 'number' && scaling > 0 ? scaling : USUAL_SCALING;
  const [input] = decoder.inputs;
  if (input === undefined) throw new Error('The decoder takes nothing.');
  const latents = sample.map((value) => value / factor);
  const image = firstOf(await decoder.run({ [input.name]: numberTensor(input, latents, dims) }), 'sample');
  if (image === undefined) throw new Error('The decoder gives no sample.');
  return { data: numbersOf(image), dims: image.dims };
}

function firstOf(outputs: Tensors, name: string): TensorView | undefined {
  return outputs[name] ?? Object.values(outputs)[0];
}

/** Pixels of values from −1 to 1, channel by channel; NaN becomes black. */
function pictureOf(values: Float32Array, width: number, height: number, channels: 1 | 3): Picture {
  const plane = width * height;
  const data = new Uint8Array(plane * channels);
  for (let pixel = 0; pixel < plane; pixel++) {
    for (let channel = 0; channel < channels; channel++) {
      const value = values[channel * plane + pixel] ?? 0;
      data[pixel * channels + channel] = Math.max(0, Math.min(255, Math.round((value / 2 + 0.5) * 255))) || 0;
    }
  }
  return { width, height, channels, data };
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
