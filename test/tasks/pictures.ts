import type { Picture } from '../../src/smoke/media/picture.js';
import { samplePicture } from '../../src/smoke/media/samples.js';
import type { Options, Tensors, TensorView, TransformersSession } from '../../src/smoke/session.js';
import type { TensorSummary } from '../../src/tasks/task.js';
import { transformersSession } from './session.js';

/** A picture of one colour. */
export function plain(colour: readonly [number, number, number], width = 8, height = 6): Picture {
  const data = new Uint8Array(width * height * 3);
  for (let at = 0; at < data.length; at++) data[at] = colour[at % 3] ?? 0;
  // As sharp hands pixels over.
  return { width, height, channels: 3, data: Buffer.from(data) };
}

/** A tensor of floats. */
export function floats(dims: readonly number[], data: ArrayLike<number>): TensorView {
  return { type: 'float32', dims, data: Float32Array.from(data) };
}

/** Tensors as the checks see them. */
export function summaries(tensors: Tensors): readonly TensorSummary[] {
  return Object.entries(tensors).map(([name, { type, dims, data }]) => ({
    name,
    type,
    dims,
    nan: 0,
    infinite: 0,
    size: data.length,
  }));
}

interface Parts {
  readonly config?: Options;
  readonly preprocessor?: Options;
  readonly picture?: Picture;
  readonly tokenizer?: TransformersSession['tokenizer'];
  readonly inputs?: TransformersSession['inputs'];
  /** What the graph gives for pixels: the average red, green and blue of the picture after preprocessing. */
  readonly graph: (colour: readonly number[], feeds: Tensors) => Tensors;
}

/**
 * A model of pictures. Its processor takes the values from 0 to 255 to 0 to 1, and normalizes when preprocessor_config.json says
 * so.
 */
export function pictureSession({
  config = {},
  preprocessor = {},
  picture,
  tokenizer,
  inputs = [{ name: 'pixel_values', type: 'float32', shape: ['batch', 3, 'height', 'width'] }],
  graph,
}: Parts): TransformersSession {
  const missing = transformersSession();
  const numbers = (key: string) => preprocessor[key] as readonly number[] | undefined;
  return transformersSession({
    config,
    inputs,
    media: {
      ...missing.media,
      picture: async (source) => picture ?? samplePicture(source.kind === 'sample' ? source.name : 'shapes'),
      png: async ({ data }) => data,
    },
    ...(tokenizer === undefined ? {} : { tokenizer }),
    processor: {
      config: preprocessor,
      async pictures([given]) {
        if (given === undefined) throw new Error('There is no picture.');
        const { width, height, channels, data } = given;
        const area = width * height;
        const pixels = new Float32Array(area * 3);
        for (let channel = 0; channel < 3; channel++) {
          const flipped = preprocessor.do_flip_channel_order === true ? 2 - channel : channel;
          for (let at = 0; at < area; at++) {
            const value = (data[at * channels + flipped] ?? 0) / 255;
            pixels[channel * area + at] =
              preprocessor.do_normalize === true
                ? (value - (numbers('image_mean')?.[channel] ?? 0)) / (numbers('image_std')?.[channel] ?? 1)
                : value;
          }
        }
        return { pixel_values: floats([1, 3, height, width], pixels) };
      },
      sound: () => Promise.reject(new Error('It hears nothing.')),
    },
    async model(feeds) {
      const pixels = Float32Array.from(feeds.pixel_values?.data as ArrayLike<number>);
      const area = pixels.length / 3;
      const colour = [0, 1, 2].map(
        (channel) => pixels.subarray(channel * area, (channel + 1) * area).reduce((a, b) => a + b, 0) / area,
      );
      return graph(colour, feeds);
    },
  });
}
