import { RepoError } from '../errors.js';
import { own } from '../mapping.js';
import { probe } from '../media/probe.js';
import type { RepoFile } from '../repo/repo.js';
import { utf8 } from '../utf8.js';
import type { CatalogModel } from './catalog.js';
import { ServeError } from './serve-error.js';

/** A file of a repository, as a page may show it. */
export interface ShownFile {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** Largest picture, sound or video that is handed out, and largest text, in bytes. */
const MOST_MEDIA = 64 * 1024 * 1024;
const MOST_TEXT = 1024 * 1024;

/** Media types of formats that browsers show or play, by the format that the bytes have. */
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  PNG: 'image/png',
  JPEG: 'image/jpeg',
  GIF: 'image/gif',
  WebP: 'image/webp',
  BMP: 'image/bmp',
  TIFF: 'image/tiff',
  AVIF: 'image/avif',
  HEIC: 'image/heic',
  WAV: 'audio/wav',
  FLAC: 'audio/flac',
  MP3: 'audio/mpeg',
  AAC: 'audio/aac',
  Ogg: 'audio/ogg',
  Opus: 'audio/ogg',
  M4A: 'audio/mp4',
  MP4: 'video/mp4',
  QuickTime: 'video/quicktime',
  WebM: 'video/webm',
  Matroska: 'video/x-matroska',
};

/** A file that a repository lists. Throws `ServeError`: 404 where there is none, 413 where it is larger than what is shown. */
export function listedFile(model: CatalogModel, path: string): RepoFile {
  const file = model.files?.find((one) => one.path === path);
  if (file === undefined) throw new ServeError(404, `${model.id} has no file of this name.`);
  if (file.size > MOST_MEDIA) throw new ServeError(413, 'The file is too large to be shown.');
  return file;
}

/**
 * A listed file as a picture, sound, video or small text, of the type that its bytes have. Throws `ServeError`: 404 where it cannot be read, 415
 * where it is of another kind, such as weights, or a text that is hidden.
 */
export async function shownFile(model: CatalogModel, file: RepoFile): Promise<ShownFile> {
  const { path } = file;
  const head = await readOf(model, path, HEAD_BYTES);
  const likely = looksLikeMedia(head) || file.size <= MOST_TEXT;
  if (!likely) throw notShown();
  const bytes = file.size <= head.length ? head : await readOf(model, path, MOST_MEDIA);
  const medium = probe(bytes, 0);
  if ('format' in medium) {
    const mediaType = own(MEDIA_TYPES, medium.format);
    if (typeof mediaType === 'string') return { mediaType, bytes };
  }
  if (isDotPath(path) || bytes.length > MOST_TEXT || !isText(bytes)) throw notShown();
  return { mediaType: isSvg(path, bytes) ? 'image/svg+xml' : 'text/plain; charset=utf-8', bytes };
}

/** As much of a file as tells whether it is worth reading, in bytes. */
const HEAD_BYTES = 64 * 1024;

/** Whether a file begins as a picture, sound or video; the rest of it is not there yet. */
function looksLikeMedia(head: Uint8Array): boolean {
  return 'format' in probe(head, 0);
}

async function readOf(model: CatalogModel, path: string, limit: number): Promise<Uint8Array> {
  try {
    const bytes = await model.repo.read(path, limit);
    if (bytes !== null) return bytes;
  } catch (error) {
    if (!(error instanceof RepoError)) throw error;
    // A link that leads out, or a file that cannot be read: the message may name a path of this machine.
  }
  throw new ServeError(404, `${model.id} has no file of this name that can be read.`);
}

/** Whether a file is hidden, or lies in a hidden folder: what people keep there, such as tokens in `.env`, is not for a page. */
function isDotPath(path: string): boolean {
  return path.split('/').some((step) => step.startsWith('.'));
}

function isText(bytes: Uint8Array): boolean {
  return !bytes.includes(0) && utf8(bytes) !== null;
}

/** A drawing: browsers take it for one only by its declared type. */
function isSvg(path: string, bytes: Uint8Array): boolean {
  return /\.svg$/i.test(path) && /<svg[\s>]/i.test(new TextDecoder().decode(bytes.subarray(0, 4096)));
}

function notShown(): ServeError {
  return new ServeError(415, 'Only pictures, sounds, videos and small texts are shown.');
}
