import type { Sound } from '../smoke/media/audio.js';
import type { Picture } from '../smoke/media/picture.js';
import type { Media } from '../smoke/session.js';
import type { MadeFile } from './task.js';

/** Types that a picture of an answer can be made in, the usual one of the Inference API first. */
export const PICTURE_TYPES = ['image/jpeg', 'image/png', 'image/webp'] as const;
/** Types that a sound of an answer can be made in, the usual one of the Inference API first. */
export const SOUND_TYPES = ['audio/flac', 'audio/wav'] as const;

/** A picture of an answer: PNG, unless it is wanted in another of `PICTURE_TYPES`. */
export function pictureFile(media: Media, name: string, picture: Picture): MadeFile {
  return {
    name,
    mediaType: 'image/png',
    types: PICTURE_TYPES,
    encode(mediaType) {
      if (mediaType === 'image/jpeg') return media.jpeg(picture);
      return mediaType === 'image/webp' ? media.webp(picture) : media.png(picture);
    },
  };
}

/** A sound of an answer: WAV, unless it is wanted in another of `SOUND_TYPES`. */
export function soundFile(media: Media, name: string, sound: Sound): MadeFile {
  return {
    name,
    mediaType: 'audio/wav',
    types: SOUND_TYPES,
    encode: (mediaType) => (mediaType === 'audio/flac' ? media.flac(sound) : media.wav(sound)),
  };
}
