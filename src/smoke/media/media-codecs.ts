/** Everything that decodes and encodes pictures and sounds: a file of its own in the package, since most tasks need none of it. */
export { encodeFlac } from './encode-flac.js';
export { encodeWav } from './encode-wav.js';
export { encodeJpeg, encodePng, encodeWebp } from './image.js';
export { readPicture, readSound, readVideo } from './source.js';
