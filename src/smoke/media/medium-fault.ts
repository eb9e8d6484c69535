import type { Medium } from '../../media/medium.js';
import { MediaError } from './media-error.js';

/** The error for a file that is not the `wanted` kind of medium, or is damaged. */
export function mediumFault(medium: Medium, wanted: 'image' | 'audio'): MediaError {
  const noun = wanted === 'image' ? 'picture' : 'recording';
  switch (medium.kind) {
    case 'damaged':
      return new MediaError('damaged', `The ${medium.format} file is damaged: ${medium.fault}.`);
    case 'lfs-pointer':
      return new MediaError(
        'missing',
        `The file is a Git LFS pointer, not the ${noun} itself. Fetch it with “git lfs pull”.`,
      );
    case 'unread':
      return new MediaError('too-large', `The file has too many parts to be a ${noun}.`);
    case 'unknown': {
      const looks = medium.looksLike === undefined ? 'of no known format' : `${medium.looksLike}`;
      return new MediaError('unsupported', `The file is no ${noun}: it is ${looks}.`);
    }
    default:
      return new MediaError(
        'unsupported',
        medium.kind === wanted
          ? `${medium.format} ${noun}s are not decoded here. ${ADVICE[wanted]}`
          : `The file is no ${noun} but ${medium.kind === 'image' ? 'an image' : medium.kind === 'audio' ? 'a recording' : 'a video'} (${medium.format}). ${ADVICE[wanted]}`,
      );
  }
}

const ADVICE = {
  image: 'Give a PNG, JPEG, WebP, GIF, AVIF or TIFF file.',
  audio: 'Give a WAV, FLAC, MP3 or Ogg file.',
} as const;
