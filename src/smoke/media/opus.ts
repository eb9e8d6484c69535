import { OpusDecoder } from 'opus-decoder';
import { bytesOf } from '../../media/bytes.js';
import type { Sound } from './audio.js';
import { MediaError, reasonOf } from './media-error.js';
import { startMix } from './mono-mix.js';
import { oggStream } from './ogg.js';

/** libopus always decodes to this rate here, in Hz; the one in the header is only what the recording once had. */
const RATE = 48_000;

/** Packets that are decoded at a time; each holds at most 120 ms. */
const BATCH = 32;

/** Decodes an Ogg Opus file (RFC 7845) with libopus. The bytes must have passed `probe`. Throws `MediaError`. */
export async function decodeOpus(data: Uint8Array): Promise<Sound> {
  const { packets, granule } = oggStream(bytesOf(data));
  const [head, , ...coded] = packets;
  if (head === undefined || head.length < 19 || coded.length === 0) {
    throw new MediaError('damaged', 'The Opus file has no samples.');
  }
  const header = bytesOf(head);
  const channels = header.u8(9);
  const preSkip = header.u16le(10);
  const gain = 10 ** (((header.u16le(16) << 16) >> 16) / 256 / 20);
  const family = header.u8(18);
  const mix = startMix('Opus', channels, RATE, granule === null ? 0 : Math.max(0, granule - preSkip));
  if (family > 1 || (family === 0 && channels > 2)) {
    throw new MediaError(
      'unsupported',
      `The Opus file maps its channels in a way (${family}) that is not decoded here.`,
    );
  }
  const layout =
    family === 0
      ? { channels }
      : {
          channels,
          streamCount: header.u8(19),
          coupledStreamCount: header.u8(20),
          channelMappingTable: Array.from(head.subarray(21, 21 + channels)),
        };
  const decoder = new OpusDecoder({ ...layout, preSkip });
  try {
    await decoder.ready;
    for (let first = 0; first < coded.length; first += BATCH) {
      const { channelData, samplesDecoded, errors } = decoder.decodeFrames(coded.slice(first, first + BATCH));
      const [error] = errors;
      if (error !== undefined) throw new Error(error.message);
      for (const channel of channelData) {
        if (gain !== 1)
          for (let index = 0; index < channel.length; index++) channel[index] = (channel[index] ?? 0) * gain;
      }
      if (samplesDecoded > 0) mix.add(channelData);
    }
  } catch (error) {
    if (error instanceof MediaError) throw error;
    throw new MediaError('damaged', `The Opus file cannot be decoded: ${reasonOf(error)}.`, error);
  }
  return mix.sound(granule === null ? undefined : granule - preSkip);
}
