import { isMapping, own } from '../../mapping.js';
import { colourRange, meanColour, type Picture, thumbnail, toRgb } from '../../smoke/media/picture.js';
import type { Graph, OnnxSession, Tensors, TensorView } from '../../smoke/session.js';
import { dimensions } from '../checks/wording.js';
import { type Following, InferenceStopped } from '../following.js';
import { pictureFile } from '../made-file.js';
import { isCount, product } from '../numbers/numbers.js';
import { numbersOf, numberTensor } from '../numbers/tensors.js';
import { pictureOf } from '../picture/raster.js';
import { shownFile } from '../reading/example.js';
import { type Answer, fileRef, type Inference } from '../task.js';
import type { DrawingInput, DrawingParameters, DrawnFacts } from './drawing.js';
import { normalNumbers, openScheduler } from './noise-schedulers.js';
import { DECODER, SCHEDULER, UNET } from './pipeline-parts.js';

/** How often the network is asked when nothing says: few, as a processor takes seconds for each. */
const STEPS = 5;
/** As diffusers has it. */
const GUIDANCE = 7.5;
/** Largest side of a draft’s latents: 256 pixels with the usual decoder. */
const DRAFT_SIDE = 32;
/** The decoder of Stable Diffusion makes eight pixels of one. */
const USUAL_FACTOR = 8;
/** Factor of Stable Diffusion’s latents, where the configuration does not say. */
const USUAL_SCALING = 0.18215;
/** Side of the thumbnail by which pictures are compared. */
const THUMBNAIL = 16;

/** Draws a picture: from noise, step by step, led by a prompt where the pipeline has a text encoder. */
export async function draw(
  session: OnnxSession,
  { input: { prompt, draft }, parameters: asked, expected }: Inference<DrawingInput>,
  following?: Following,
): Promise<Answer<DrawnFacts>> {
  const { unet, text_encoder: encoder, vae_decoder: decoder } = session.graphs;
  if (unet === undefined) throw new Error('There is no unet.');
  const { json } = session;
  const parameters = asked as DrawingParameters;
  const noise = normalNumbers(parameters.seed ?? 0);
  const config = json[SCHEDULER];
  // A draft shows whether the pipeline works as it is.
  const asItIs = draft || parameters.scheduler === undefined || !isMapping(config);
  const followed = asItIs ? config : { ...config, _class_name: parameters.scheduler };
  const scheduler = openScheduler(followed, parameters.num_inference_steps ?? STEPS, noise);
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
    if (following?.stopped() === true) throw new InferenceStopped();
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
  const picture = pictureOf(image.data, { width, height, channels }, -1);
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
    files: [pictureFile(session.media, name, picture)],
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
