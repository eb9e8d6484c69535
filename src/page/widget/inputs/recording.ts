import { encodeWav } from '../../../smoke/media/encode-wav.js';

/** What models of speech listen at, in Hertz. */
const SPEECH_RATE = 16_000;

/** Files of sound that the server reads. */
const READABLE = /\.(?:wav|flac|mp3|ogg|oga|opus)$/i;
const READABLE_TYPES = /^audio\/(?:x-|vnd\.)?(?:wave?|flac|mpeg|mp3|ogg|opus)\b/;

/** The sound as the server reads it: as it is, or made to a WAV by the browser; null where that cannot read it either. */
export async function asReadableSound(blob: Blob, name: string): Promise<Blob | null> {
  if (READABLE.test(name) || READABLE_TYPES.test(blob.type)) return blob;
  return toSpeechWav(blob);
}

/** A recording as a WAV file of 16 kHz and one channel; null where the browser cannot read it. */
export async function toSpeechWav(blob: Blob): Promise<Blob | null> {
  // Decoding brings it to the rate of the context.
  const context = new OfflineAudioContext(1, 1, SPEECH_RATE);
  try {
    const decoded = await context.decodeAudioData(await blob.arrayBuffer());
    return new Blob([encodeWav({ samples: mixed(decoded), sampleRate: SPEECH_RATE })], { type: 'audio/wav' });
  } catch {
    return null;
  }
}

/** All channels as one. */
function mixed(sound: AudioBuffer): Float32Array {
  const channels = Array.from({ length: sound.numberOfChannels }, (_, index) => sound.getChannelData(index));
  return Float32Array.from({ length: sound.length }, (_, at) =>
    channels.reduce((sum, channel) => sum + (channel[at] ?? 0) / channels.length, 0),
  );
}
