import { OggVorbisDecoder } from '@wasm-audio-decoders/ogg-vorbis';
import { bytesOf } from '../../media/bytes.js';
import type { Sound } from './audio.js';
import { MediaError, reasonOf } from './media-error.js';
import { type MonoMix, startMix } from './mono-mix.js';
import { oggPages } from './ogg.js';

/** Decodes an Ogg Vorbis file with libvorbis. The bytes must have passed `probe`. Throws `MediaError`. */
export async function decodeVorbis(data: Uint8Array): Promise<Sound> {
  const bytes = bytesOf(data);
  // Behind the header of the first page and the seven bytes that name the packet.
  const ident = 27 + bytes.u8(26) + 7;
  const channels = bytes.u8(ident + 4);
  const sampleRate = bytes.u32le(ident + 5);
  const mix = startMix('Vorbis', channels, sampleRate);
  const decoder = new OggVorbisDecoder();
  try {
    await decoder.ready;
    let granule: number | null = null;
    // Page by page: 64 kB can unpack to half a gigabyte.
    for (const page of oggPages(bytes)) {
      granule = page.granule ?? granule;
      add(mix, await decoder.decode(page.data), channels);
    }
    add(mix, await decoder.flush(), channels);
    return mix.sound(granule ?? undefined);
  } catch (error) {
    if (error instanceof MediaError) throw error;
    throw new MediaError('damaged', `The Vorbis file cannot be decoded: ${reasonOf(error)}.`, error);
  }
}

type Decoded = Awaited<ReturnType<OggVorbisDecoder['decode']>>;

function add(mix: MonoMix, { channelData, samplesDecoded, errors }: Decoded, channels: number): void {
  const [error] = errors;
  if (error !== undefined) throw new Error(error.message);
  if (samplesDecoded === 0) return;
  if (channelData.length !== channels) throw new Error('the number of channels changes');
  mix.add(channelData);
}
