import { MPEGDecoder } from 'mpg123-decoder';
import type { Sound } from './audio.js';
import { MediaError, reasonOf } from './media-error.js';
import { type MonoMix, startMix } from './mono-mix.js';

/** Bytes that are decoded at a time, about two frames: of what is decoded at once only the last sampling rate is known. */
const CHUNK = 1024;

/**
 * Decodes an MP3 file (MPEG-1, 2 and 2.5, layers I to III) with mpg123, without the silence that encoders add where the file
 * says how much that is. The bytes must have passed `probe`. Throws `MediaError`.
 */
export async function decodeMp3(data: Uint8Array): Promise<Sound> {
  const decoder = new MPEGDecoder();
  try {
    await decoder.ready;
    let mix: MonoMix | undefined;
    let rate = 0;
    for (let at = 0; at < data.length; at += CHUNK) {
      const decoded = decoder.decode(data.subarray(at, at + CHUNK));
      const [error] = decoded.errors;
      if (error !== undefined) {
        throw new Error(`near byte ${at} there is no frame to go on with (mpg123: ${error.message})`);
      }
      if (decoded.samplesDecoded === 0) continue;
      rate ||= decoded.sampleRate;
      if (decoded.sampleRate !== rate)
        throw new Error(`its sampling rate changes from ${rate} to ${decoded.sampleRate} Hz`);
      mix ??= startMix('MP3', decoded.channelData.length, rate);
      mix.add(decoded.channelData);
    }
    if (mix === undefined) throw new Error('it has no samples');
    return mix.sound();
  } catch (error) {
    if (error instanceof MediaError) throw error;
    throw new MediaError('damaged', `The MP3 file cannot be decoded: ${reasonOf(error)}.`, error);
  }
}
