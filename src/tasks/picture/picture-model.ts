import { own } from '../../mapping.js';
import type { Picture } from '../../smoke/media/picture.js';
import type {
  GraphValue,
  Media,
  OnnxSession,
  Options,
  Processor,
  Tensors,
  TensorView,
  Tokenizer,
  TransformersSession,
} from '../../smoke/session.js';
import { CONFIG, PREPROCESSOR, TEXT_FILES } from '../needed-files.js';
import { feedGraph, numberTensor } from '../numbers/tensors.js';
import type { Answer, Inference, Layout, Way } from '../task.js';

/** A loaded model of pictures: what a pipeline of transformers.js and a bare graph have in common. */
export interface PictureModel {
  readonly media: Media;
  readonly processor: Processor;
  readonly tokenizer: Tokenizer;
  /** The parsed config.json. */
  readonly config: Options;
  /** Inputs of the graph. */
  readonly inputs: readonly GraphValue[];
  /** Runs the graph; tensors that it does not take are left out. */
  run(tensors: Tensors): Promise<Tensors>;
}

/** How a task runs on models of pictures. */
export interface PictureWays<Input, Facts> {
  /** Name of the pipeline. */
  readonly pipeline: string;
  /** Types (`model_type`) for which transformers.js 4.3.1 has the pipeline; every other graph is run bare. */
  readonly modelTypes: readonly string[];
  /** Whether it needs the tokenizer beside config.json and preprocessor_config.json. */
  readonly texts?: boolean;
  readonly layouts?: readonly Layout[];
  /** Whether inferences may go on at the same time, as `Way` says. */
  readonly together?: boolean;
  /** Why such graphs cannot be run at all, as a sentence; null when they can. */
  unfit?: Way<Input, Facts>['unfit'];
  run(model: PictureModel, inference: Inference<Input>): Promise<Answer<Facts>>;
}

/** The ways of a task on pictures: its pipeline, and the bare graph with the image processor of transformers.js. */
export function pictureWays<Input, Facts>({
  pipeline,
  modelTypes,
  texts = false,
  layouts,
  together = false,
  unfit = () => null,
  run,
}: PictureWays<Input, Facts>): readonly Way<Input, Facts>[] {
  const files = {
    needs: texts ? [...TEXT_FILES, PREPROCESSOR] : [CONFIG, PREPROCESSOR],
    ...(layouts === undefined ? {} : { layouts }),
    together,
  };
  return [
    {
      ...files,
      runner: 'transformers',
      pipeline,
      images: true,
      unfit(model) {
        const type = own(model.config, 'model_type');
        return typeof type === 'string' && modelTypes.includes(type)
          ? unfit(model)
          : `transformers.js has no ${pipeline} for this model_type.`;
      },
      run: (session, inference) =>
        run(
          modelOf(session, (tensors) => session.model(feedGraph(session, tensors))),
          inference,
        ),
    },
    {
      ...files,
      runner: 'onnx',
      processor: true,
      ...(texts ? { tokenizer: '.' } : {}),
      unfit,
      run: (session, inference) =>
        run(
          modelOf(session, (tensors) => session.run(converted(session.inputs, feedGraph(session, tensors)))),
          inference,
        ),
    },
  ];
}

/** A session as a model; processor and tokenizer are asked for when they are needed, as a session without them throws. */
function modelOf(session: TransformersSession | OnnxSession, run: PictureModel['run']): PictureModel {
  const { media, inputs } = session;
  return {
    media,
    inputs,
    run,
    config: session.config ?? {},
    get processor() {
      return session.processor;
    },
    get tokenizer() {
      return session.tokenizer;
    },
  };
}

/** Pixels in the type that the graph takes, such as halves. */
function converted(inputs: readonly GraphValue[], tensors: Tensors): Tensors {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => {
      const input = inputs.find((one) => one.name === name);
      const other = tensor.type === 'float32' && input !== undefined && input.type !== 'float32';
      return [name, other ? numberTensor(input, tensor.data as ArrayLike<number>, tensor.dims) : tensor];
    }),
  );
}

const OTHER_READINGS = ['red-blue-swapped', 'not-normalized'] as const;

/** A way to read a picture other than preprocessor_config.json says; tried when the model contradicts the card. */
export type OtherReading = (typeof OTHER_READINGS)[number];

/** A picture of the input as the tensors of the model, `pixel_values` [1, 3, height, width] first. */
export async function pixelsOf(
  { processor }: Pick<PictureModel, 'processor'>,
  picture: Picture,
  reading?: OtherReading,
): Promise<Tensors> {
  const tensors = await processor.pictures([
    reading === 'red-blue-swapped' ? redBlueSwapped(picture) : picture,
  ]);
  const pixels = tensors.pixel_values;
  if (pixels === undefined) throw new Error('preprocessor_config.json makes no pixel_values.');
  const { pixel_values, ...others } = tensors;
  return {
    pixel_values: reading === 'not-normalized' ? notNormalized(pixels, processor.config) : pixels,
    ...others,
  };
}

function redBlueSwapped(picture: Picture): Picture {
  const { channels } = picture;
  if (channels === 1) return picture;
  // Pixels often come as a Buffer, whose `slice` is no copy.
  const data = new Uint8Array(picture.data);
  for (let at = 0; at < data.length; at += channels) {
    data[at] = picture.data[at + 2] ?? 0;
    data[at + 2] = picture.data[at] ?? 0;
  }
  return { ...picture, data };
}

/** Takes mean and deviation out of pixels again. */
function notNormalized(pixels: TensorView, config: Options): TensorView {
  const [, channels = 1, height = 1, width = 1] = pixels.dims;
  const [mean, deviation] = ['image_mean', 'image_std'].map((key) => {
    const value = own(config, key);
    return (channel: number, other: number) => {
      const number: unknown = Array.isArray(value) ? value[channel] : value;
      return typeof number === 'number' ? number : other;
    };
  });
  const data = Float32Array.from(pixels.data as ArrayLike<number>, (value, index) => {
    const channel = Math.floor(index / (height * width)) % channels;
    return value * (deviation?.(channel, 1) ?? 1) + (mean?.(channel, 0) ?? 0);
  });
  return { ...pixels, data };
}

/**
 * Answers, and where the answer contradicts the card looks whether it would agree if the picture were read in another way:
 * with red and blue swapped, or without normalization. `agrees` compares an answer with what the card shows.
 */
export async function answerWithSecondLook<Facts extends SecondLook>(
  model: PictureModel,
  { expected }: Pick<Inference, 'expected'>,
  answer: (reading?: OtherReading) => Promise<Answer<Facts>>,
  agrees: (facts: Facts, expected: unknown) => boolean,
): Promise<Answer<Facts>> {
  const first = await answer();
  if (expected === undefined || agrees(first.facts, expected)) return first;
  const { config } = model.processor;
  for (const reading of OTHER_READINGS) {
    if (reading === 'not-normalized' && own(config, 'do_normalize') !== true) continue;
    const { facts } = await answer(reading);
    if (!agrees(facts, expected)) continue;
    const flips = reading === 'red-blue-swapped' && own(config, 'do_flip_channel_order') === true;
    return { ...first, facts: { ...first.facts, agreesWhen: flips ? 'red-blue-kept' : reading } };
  }
  return first;
}

/** What a second look found. */
export interface SecondLook {
  /**
   * The reading of the picture with which the model agrees with the card, where it contradicts it otherwise;
   * `red-blue-kept` when preprocessor_config.json swaps red and blue, and must not.
   */
  readonly agreesWhen?: OtherReading | 'red-blue-kept';
}
