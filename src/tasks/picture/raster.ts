import type { Picture } from '../../smoke/media/picture.js';

/** One channel of numbers, rows from top to bottom. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly data: ArrayLike<number>;
}

/** Which two pixels of a side lie around a pixel of the resized side, and how much of the second one is taken. */
interface Mix {
  readonly first: number;
  readonly second: number;
  readonly share: number;
}

/** As PyTorch’s `interpolate(mode="bilinear", align_corners=False)`: centres of pixels lie at halves. */
function mixes(from: number, to: number): readonly Mix[] {
  return Array.from({ length: to }, (_, index) => {
    const at = Math.max(0, ((index + 0.5) * from) / to - 0.5);
    const first = Math.min(Math.floor(at), from - 1);
    return { first, second: Math.min(first + 1, from - 1), share: at - first };
  });
}

/** Reads rows of a resized raster, one after the other, without making all of it. */
export function rowReader(
  source: Raster,
  width: number,
  height: number,
): (row: number, into: Float64Array, offset?: number) => void {
  const across = mixes(source.width, width);
  const down = mixes(source.height, height);
  const { data, width: stride } = source;
  return (row, into, offset = 0) => {
    const { first, second, share } = down[row] ?? { first: 0, second: 0, share: 0 };
    const [above, below] = [offset + first * stride, offset + second * stride];
    for (const [x, mix] of across.entries()) {
      const left = data[above + mix.first] ?? 0;
      const right = data[above + mix.second] ?? 0;
      const top = left + (right - left) * mix.share;
      const lowLeft = data[below + mix.first] ?? 0;
      const lowRight = data[below + mix.second] ?? 0;
      const bottom = lowLeft + (lowRight - lowLeft) * mix.share;
      into[x] = top + (bottom - top) * share;
    }
  };
}

/** A raster in another size, in between by straight lines. */
export function resized(source: Raster, width: number, height: number): Float64Array {
  const read = rowReader(source, width, height);
  const data = new Float64Array(width * height);
  for (let row = 0; row < height; row++) read(row, data.subarray(row * width, (row + 1) * width));
  return data;
}

/** Averages of equal parts of a list, at most `parts` of them. */
export function folded(numbers: ArrayLike<number>, parts: number): readonly number[] {
  const count = Math.min(parts, numbers.length);
  return Array.from({ length: count }, (_, part) => {
    const start = Math.floor((part * numbers.length) / count);
    const end = Math.floor(((part + 1) * numbers.length) / count);
    let sum = 0;
    for (let at = start; at < end; at++) sum += numbers[at] ?? 0;
    return sum / (end - start);
  });
}

/** The picture that values from `black` to 1 mean, channel by channel; what lies outside is cut, and NaN is black. */
export function pictureOf(
  values: Float32Array,
  { width, height, channels }: Omit<Picture, 'data'>,
  black: 0 | -1,
): Picture {
  const area = width * height;
  const data = new Uint8Array(area * channels);
  for (let pixel = 0; pixel < area; pixel++) {
    for (let channel = 0; channel < channels; channel++) {
      const value = values[channel * area + pixel] ?? 0;
      const share = Math.max(0, Math.min(1, (value - black) / (1 - black)));
      data[pixel * channels + channel] = Math.round(share * 255);
    }
  }
  return { width, height, channels, data };
}
