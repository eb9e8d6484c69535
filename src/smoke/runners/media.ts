import { own } from '../../mapping.js';
import { preview } from '../../preview.js';
import type { MediaSource } from '../media/source.js';
import type { InferenceJob } from '../protocol.js';
import type { Media } from '../session.js';

let heard = 0;

/** Seconds of sound that models of this process have been given so far. */
export function secondsHeard(): number {
  return heard;
}

/** Pictures and sounds of a job. The decoders are loaded when the first one is needed. */
export function openMedia({ media, root }: InferenceJob): Media {
  const here = (source: MediaSource): MediaSource => {
    if (source.kind !== 'file') return source;
    const base64 = own(media, source.path);
    // The parent has read the files that the inputs name, behind the fences of the repository.
    if (typeof base64 !== 'string') {
      throw new Error(
        `${preview(source.path)} was not read: it is missing, lies outside of the repository, or is larger than 64 MB.`,
      );
    }
    return { kind: 'data', base64 };
  };
  const codecs = () => import('../media/media-codecs.js');
  return {
    picture: async (source) => (await codecs()).readPicture(here(source), root),
    async sound(source, rate) {
      const sound = await (await codecs()).readSound(here(source), root, rate);
      heard += sound.samples.length / sound.sampleRate;
      return sound;
    },
    video: async (source) => (await codecs()).readVideo(here(source), root),
    png: async (picture) => (await codecs()).encodePng(picture),
    jpeg: async (picture) => (await codecs()).encodeJpeg(picture),
    webp: async (picture) => (await codecs()).encodeWebp(picture),
    wav: async (sound) => (await codecs()).encodeWav(sound),
    flac: async (sound) => (await codecs()).encodeFlac(sound),
  };
}
