/** A picture of 8 bits a value in sRGB: rows from top to bottom, values of a pixel side by side. */
export interface Picture {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** 1 grey, 3 red green blue, 4 with opacity (255 is opaque, colours not premultiplied). */
  readonly channels: 1 | 3 | 4;
  /** `height × width × channels` values. */
  readonly data: Uint8Array;
}

/** The same picture in red, green and blue. Opacity is dropped, as Python’s `convert("RGB")` does. */
export function toRgb(picture: Picture): Picture {
  const { width, height, channels } = picture;
  if (channels === 3) return picture;
  const data = new Uint8Array(width * height * 3);
  const [green, blue] = channels === 1 ? [0, 0] : [1, 2];
  for (let from = 0, to = 0; to < data.length; from += channels, to += 3) {
    data[to] = picture.data[from] ?? 0;
    data[to + 1] = picture.data[from + green] ?? 0;
    data[to + 2] = picture.data[from + blue] ?? 0;
  }
  return { width, height, channels: 3, data };
}

/**
 * The picture shrunk or stretched to `size × size`, each value the average (0 to 255) of the area it covers: `size × size ×
 * channels` values in the order of the picture’s own. Two answers that look alike have thumbnails that are close.
 */
export function thumbnail({ width, height, channels, data }: Picture, size: number): Float64Array {
  const across = new Float64Array(height * size * channels);
  const columns = Array.from({ length: size }, (_, x) => shares(x, size, width));
  for (let row = 0; row < height; row++) {
    for (const [x, covered] of columns.entries()) {
      for (const [column, share] of covered) {
        for (let channel = 0; channel < channels; channel++) {
          const at = (row * size + x) * channels + channel;
          across[at] = (across[at] ?? 0) + share * (data[(row * width + column) * channels + channel] ?? 0);
        }
      }
    }
  }
  const result = new Float64Array(size * size * channels);
  const line = size * channels;
  for (let y = 0; y < size; y++) {
    for (const [row, share] of shares(y, size, height)) {
      for (let at = 0; at < line; at++) {
        result[y * line + at] = (result[y * line + at] ?? 0) + share * (across[row * line + at] ?? 0);
      }
    }
  }
  return result;
}

/** Which of `length` pixels lie under cell `index` of `size` cells, each with its share; the shares sum to 1. */
function shares(index: number, size: number, length: number): readonly (readonly [number, number])[] {
  const start = (index * length) / size;
  const end = ((index + 1) * length) / size;
  const covered: [number, number][] = [];
  for (let pixel = Math.floor(start); pixel < Math.min(Math.ceil(end), length); pixel++) {
    const share = (Math.min(end, pixel + 1) - Math.max(start, pixel)) / (end - start);
    if (share > 0) covered.push([pixel, share]);
  }
  return covered;
}

/** Average of each channel, 0 to 255. */
export function meanColour({ width, height, channels, data }: Picture): readonly number[] {
  const sums = new Array<number>(channels).fill(0);
  for (let at = 0; at < data.length; at++) {
    sums[at % channels] = (sums[at % channels] ?? 0) + (data[at] ?? 0);
  }
  return sums.map((sum) => sum / (width * height));
}

/** Smallest and largest value of all colours; opacity does not count. */
export function colourRange({ channels, data }: Picture): { readonly min: number; readonly max: number } {
  let min = 255;
  let max = 0;
  for (let at = 0; at < data.length; at++) {
    if (channels === 4 && at % 4 === 3) continue;
    const value = data[at] ?? 0;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return { min, max };
}
