import { bytesOf } from '../../media/bytes.js';
import { probe } from '../../media/probe.js';
import { MediaError } from './media-error.js';
import { mediumFault } from './medium-fault.js';
import { oggStream } from './ogg.js';

/** A recording of one channel. */
export interface Sound {
  /** −1 to 1 at full scale; formats of floating point and lossy ones may go a little beyond. Always finite. */
  readonly samples: Float32Array;
  /** Samples a second. */
  readonly sampleRate: number;
}

/**
 * Decodes a WAV, FLAC, MP3 or Ogg (Vorbis, Opus, FLAC) file, which its first bytes tell, to one channel: the average of all.
 * Each decoder is loaded when the first file of its format comes. Throws `MediaError` for what is no recording, is damaged, or
 * is beyond the limits of mono-mix.ts.
 */
export async function decodeAudio(bytes: Uint8Array): Promise<Sound> {
  const medium = probe(bytes);
  if (medium.kind !== 'audio') throw mediumFault(medium, 'audio');
  switch (medium.format) {
    case 'WAV':
      return (await import('./wav.js')).decodeWav(bytes);
    case 'FLAC':
      return (await import('./flac.js')).decodeFlac(bytes);
    case 'MP3':
      return (await import('./mp3.js')).decodeMp3(bytes);
    case 'Opus':
      return (await import('./opus.js')).decodeOpus(bytes);
    case 'Ogg':
      return decodeOgg(bytes);
    default:
      throw mediumFault(medium, 'audio');
  }
}

async function decodeOgg(data: Uint8Array): Promise<Sound> {
  const bytes = bytesOf(data);
  const packet = 27 + bytes.u8(26);
  if (bytes.has('\x01vorbis', packet)) return (await import('./vorbis.js')).decodeVorbis(data);
  if (bytes.has('\x7fFLAC', packet)) {
    const { probeFlac } = await import('../../media/flac.js');
    const { decodeFlac } = await import('./flac.js');
    // Behind nine bytes of its own, the packets are a FLAC file (RFC 9639, section 10.1).
    const [head, ...rest] = oggStream(bytes).packets;
    const flac = Buffer.concat([head?.subarray(9) ?? new Uint8Array(), ...rest]);
    const medium = probeFlac(bytesOf(flac));
    if (medium?.kind !== 'audio') throw mediumFault(medium ?? { kind: 'unknown' }, 'audio');
    return decodeFlac(flac);
  }
  throw new MediaError(
    'unsupported',
    'The Ogg file holds neither Vorbis nor Opus nor FLAC; no other codec is decoded here.',
  );
}
