import { probe } from '../../media/probe.js';
import { escapeText } from '../../preview.js';
import { openFolder } from '../../repo/local.js';
import { decodeAudio, type Sound } from './audio.js';
import { decodeFrames, decodeImage } from './image.js';
import { MediaError } from './media-error.js';
import type { Picture } from './picture.js';
import { resample } from './resample.js';
import { samplePicture, sampleSound, sampleVideo } from './samples.js';

/** Where a picture, sound or video comes from; plain data, which travels from the parent to the child process. */
export type MediaSource =
  /** A file of the repository; `path` is relative to its root, with forward slashes. */
  | { readonly kind: 'file'; readonly path: string }
  /** The bytes of a file. */
  | { readonly kind: 'data'; readonly base64: string }
  /** One of samples.ts. */
  | { readonly kind: 'sample'; readonly name: string };

/** Largest file, in bytes. */
export const MAX_FILE_BYTES = 64 * 1024 * 1024;

/**
 * The bytes of a file in the repository at `root` (absolute), or of data. Throws `MediaError` when there is no such file or it
 * is too large, and `RepoError` when its path or a link leads out of the repository, or it cannot be read.
 */
export async function readMedia(
  source: Exclude<MediaSource, { kind: 'sample' }>,
  root: string,
): Promise<Uint8Array> {
  if (source.kind === 'data') return decodeBase64(source.base64);
  const repo = await openFolder(root, { kind: 'folder', path: root }, 'README.md', false);
  const bytes = await repo.read(source.path, MAX_FILE_BYTES + 1);
  if (bytes === null) {
    throw new MediaError('missing', `There is no file ${shown(source.path)} in the repository.`);
  }
  if (bytes.length > MAX_FILE_BYTES) throw tooLarge(shown(source.path));
  return bytes;
}

/**
 * A picture, decoded; of an animation the first frame. Throws as `readMedia` does, `MediaError` for what cannot be decoded, and
 * `RuntimeMissingError` when sharp is not installed.
 */
export async function readPicture(source: MediaSource, root: string): Promise<Picture> {
  return source.kind === 'sample'
    ? samplePicture(source.name)
    : about(source, async () => decodeImage(await readMedia(source, root)));
}

/** A recording, mixed down and resampled to `rate` Hz. Throws as `readMedia` does, and `MediaError`. */
export async function readSound(source: MediaSource, root: string, rate: number): Promise<Sound> {
  return source.kind === 'sample'
    ? resample(sampleSound(source.name), rate)
    : about(source, async () => resample(await decodeAudio(await readMedia(source, root)), rate));
}

/** The frames of a sample, or of an animated GIF or WebP file. Throws as `readPicture` does, and for every other video. */
export async function readVideo(source: MediaSource, root: string): Promise<readonly Picture[]> {
  if (source.kind === 'sample') return sampleVideo(source.name);
  return about(source, async () => {
    const bytes = await readMedia(source, root);
    const medium = probe(bytes, 0);
    if (medium.kind === 'video') {
      throw new MediaError(
        'unsupported',
        `${medium.format} videos are not decoded here, because that takes a large native library. Give an animated GIF or WebP file.`,
      );
    }
    return decodeFrames(bytes);
  });
}

/** Puts the path before what is wrong with the file, unless the message names it. */
async function about<T>(source: MediaSource, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (
      !(error instanceof MediaError) ||
      source.kind !== 'file' ||
      error.message.includes(shown(source.path))
    ) {
      throw error;
    }
    throw new MediaError(error.code, `${shown(source.path)}: ${error.message}`, error);
  }
}

function decodeBase64(base64: string): Uint8Array {
  if (base64.length > (MAX_FILE_BYTES * 4) / 3 + 4) throw tooLarge('The data');
  if (/[^A-Za-z0-9+/=\s]/.test(base64)) throw new MediaError('damaged', 'The data is not base64.');
  return Buffer.from(base64, 'base64');
}

function shown(path: string): string {
  return escapeText(path, 200);
}

function tooLarge(name: string): MediaError {
  return new MediaError(
    'too-large',
    `${name} is larger than ${MAX_FILE_BYTES / 1024 ** 2} MB, the most that is read.`,
  );
}
