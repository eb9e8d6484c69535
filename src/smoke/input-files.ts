import { isMapping, own } from '../mapping.js';
import { probe } from '../media/probe.js';
import type { SmokeFile } from './files.js';
import { encodeWav } from './media/encode-wav.js';
import { plainPng } from './media/plain-png.js';
import {
  SAMPLE_PICTURES,
  SAMPLE_SOUNDS,
  SAMPLE_VIDEOS,
  samplePicture,
  sampleSound,
  sampleVideo,
} from './media/samples.js';
import type { RunPlan } from './plan/plan.js';

/** Formats that a browser shows or plays, with their media types. */
const SHOWN: Readonly<Record<string, string>> = {
  PNG: 'image/png',
  JPEG: 'image/jpeg',
  GIF: 'image/gif',
  WebP: 'image/webp',
  BMP: 'image/bmp',
  WAV: 'audio/wav',
  FLAC: 'audio/flac',
  MP3: 'audio/mpeg',
  Ogg: 'audio/ogg',
  Opus: 'audio/ogg',
  M4A: 'audio/mp4',
};

/**
 * The pictures and sounds that went in, as far as a browser shows them, in the order of the input. `media` holds the files
 * that inputs name, by path, in base64.
 */
export function inputFilesOf(
  { task, cases }: RunPlan,
  media: Readonly<Record<string, string>>,
): readonly SmokeFile[] {
  const hears = /audio|speech/.test(task.tag);
  return cases.flatMap(({ input }, index) =>
    sourcesIn(input, 0).flatMap((source, at) => {
      const file = fileOf(source, media, hears);
      return file === null ? [] : [{ ...file, index, name: `input-${at + 1}${file.name}` }];
    }),
  );
}

type Source = Readonly<Record<string, unknown>> & { readonly kind: 'file' | 'data' | 'sample' };

function sourcesIn(value: unknown, depth: number): readonly Source[] {
  if (depth > 8) return [];
  if (Array.isArray(value)) return value.flatMap((item) => sourcesIn(item, depth + 1));
  if (!isMapping(value)) return [];
  return isSource(value) ? [value] : Object.values(value).flatMap((item) => sourcesIn(item, depth + 1));
}

function isSource(value: Readonly<Record<string, unknown>>): value is Source {
  return value.kind === 'file' || value.kind === 'data' || value.kind === 'sample';
}

type Content = Pick<SmokeFile, 'name' | 'mediaType' | 'bytes'>;

function fileOf(source: Source, media: Readonly<Record<string, string>>, hears: boolean): Content | null {
  const { kind, path, base64, name } = source;
  if (kind === 'sample') return typeof name === 'string' ? sampleOf(name, hears) : null;
  const content = kind === 'data' ? base64 : typeof path === 'string' ? own(media, path) : undefined;
  if (typeof content !== 'string') return null;
  const bytes = Buffer.from(content, 'base64');
  const medium = probe(bytes, 0);
  if (medium.kind !== 'image' && medium.kind !== 'audio') return null;
  const mediaType = own(SHOWN, medium.format);
  if (typeof mediaType !== 'string') return null;
  return { name: `.${mediaType.slice(6)}`, mediaType, bytes };
}

/** A sample as the model got it; of a video the first frame. A few pictures and sounds share a name. */
function sampleOf(name: string, hears: boolean): Content | null {
  const has = (names: readonly string[]) => names.includes(name);
  if (has(SAMPLE_SOUNDS) && (hears || !has(SAMPLE_PICTURES))) {
    return { name: '.wav', mediaType: 'audio/wav', bytes: encodeWav(sampleSound(name)) };
  }
  const [frame] = has(SAMPLE_VIDEOS) ? sampleVideo(name) : [];
  const picture = frame ?? (has(SAMPLE_PICTURES) ? samplePicture(name) : undefined);
  if (picture === undefined) return null;
  return { name: '.png', mediaType: 'image/png', bytes: plainPng(picture) };
}
