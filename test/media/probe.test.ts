import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { probe } from '../../src/media/probe.js';
import { cpuTime } from '../cpu-time.js';
import * as files from './files.js';
import { bytes } from './files.js';

const OPUS = files.ogg('OpusHead', 'OpusTags', 'sound');

const SOUND: readonly [name: string, file: Uint8Array, kind: string, format: string][] = [
  ['PNG', files.png(), 'image', 'PNG'],
  ['PNG, interlaced', files.png(5, 5, { interlaced: 1, pixels: 88 }), 'image', 'PNG'],
  ['PNG with more pixels than it needs', files.png(3, 2, { pixels: 1000 }), 'image', 'PNG'],
  ['JPEG', files.jpeg(), 'image', 'JPEG'],
  ['JPEG with something behind it', bytes(files.jpeg(), 'extra'), 'image', 'JPEG'],
  ['GIF', files.gif(), 'image', 'GIF'],
  ['GIF without its trailer', files.gif().subarray(0, -1), 'image', 'GIF'],
  ['WebP', files.webp(), 'image', 'WebP'],
  ['BMP', files.bmp(), 'image', 'BMP'],
  ['TIFF, little endian', files.tiff(true), 'image', 'TIFF'],
  ['TIFF, big endian', files.tiff(false), 'image', 'TIFF'],
  ['AVIF', files.avif(), 'image', 'AVIF'],
  ['MP4', files.mp4('isom', 'vide', 'soun'), 'video', 'MP4'],
  ['MP4 with sound alone', files.mp4('isom', 'soun'), 'audio', 'MP4'],
  ['M4A', files.mp4('M4A ', 'soun'), 'audio', 'M4A'],
  ['QuickTime', files.mp4('qt  ', 'vide'), 'video', 'QuickTime'],
  ['QuickTime without a file type', files.mp4('qt  ', 'vide').subarray(16), 'video', 'QuickTime'],
  ['WAV', files.wav(), 'audio', 'WAV'],
  ['WAV of unknown length', wavOfLength(0xffffffff), 'audio', 'WAV'],
  ['FLAC', files.flac(), 'audio', 'FLAC'],
  ['FLAC behind tags', bytes(files.id3, files.flac()), 'audio', 'FLAC'],
  ['MP3', files.mp3(), 'audio', 'MP3'],
  ['MP3 of one frame', files.mp3(1), 'audio', 'MP3'],
  ['MP3 behind tags and padding', bytes(files.id3, new Uint8Array(100), files.mp3()), 'audio', 'MP3'],
  ['MP3 before an old tag', bytes(files.mp3(2), 'TAG', new Uint8Array(125)), 'audio', 'MP3'],
  ['AAC', files.aac(), 'audio', 'AAC'],
  ['Ogg Vorbis', files.ogg('\x01vorbis', '\x03vorbis', 'sound'), 'audio', 'Ogg'],
  ['Opus', OPUS, 'audio', 'Opus'],
  ['Theora', files.ogg('\x80theora', 'sound'), 'video', 'Ogg'],
  ['WebM', files.matroska('webm', [1, 2]), 'video', 'WebM'],
  ['WebM with sound alone', files.matroska('webm', [2]), 'audio', 'WebM'],
  ['Matroska of a live recording', files.matroska('matroska', [1], true), 'video', 'Matroska'],
];

function wavOfLength(length: number): Uint8Array {
  const file = files.wav();
  file.set(files.u32le(length), file.length - 68);
  return file;
}

function changed(file: Uint8Array, at: number, ...values: number[]): Uint8Array {
  const copy = Uint8Array.from(file);
  copy.set(values, at);
  return copy;
}

describe('probe', () => {
  it.each(SOUND)('knows %s', (_, file, kind, format) => {
    expect(probe(file)).toEqual({ kind, format });
  });

  it.each([
    ['PNG cut off in its pixels', files.png().subarray(0, -20), 'PNG', 'the file ends inside the chunk IDAT'],
    ['PNG without its end', files.png().subarray(0, -12), 'PNG', 'the file ends before the chunk IEND'],
    [
      'PNG with a wrong bit',
      changed(files.png(), 45, 0x77),
      'PNG',
      'the checksum of the chunk IDAT at byte 33 is wrong',
    ],
    [
      'PNG with too few pixels',
      files.png(3, 2, { pixels: 19 }),
      'PNG',
      'the pixels end early: 19 bytes unpacked, 20 needed for 3 × 2',
    ],
    ['PNG of no size', files.png(0, 2, { pixels: 2 }), 'PNG', 'the header says 0 × 2 pixels'],
    [
      'PNG without pixels',
      bytes(files.png().subarray(0, 33), files.pngChunk('IEND')),
      'PNG',
      'it has no pixels (no chunk IDAT)',
    ],
    [
      'PNG whose pixels are not packed',
      bytes(files.png().subarray(0, 33), files.pngChunk('IDAT', [1, 2, 3]), files.pngChunk('IEND')),
      'PNG',
      'the pixels cannot be unpacked',
    ],
    [
      'PNG whose header is not first',
      bytes('\x89PNG\r\n\x1a\n', files.pngChunk('IEND')),
      'PNG',
      'the first chunk is not the header IHDR',
    ],
    ['JPEG cut off', files.jpeg().subarray(0, -2), 'JPEG', 'the file ends before the end marker (EOI)'],
    [
      'JPEG cut off in its header',
      files.jpeg().subarray(0, 15),
      'JPEG',
      'the file ends before the end marker (EOI)',
    ],
    ['JPEG of headers alone', bytes([0xff, 0xd8, 0xff, 0xd9]), 'JPEG', 'it has no frame header'],
    ['GIF cut off', files.gif().subarray(0, -4), 'GIF', 'the file ends inside an image or an extension'],
    ['GIF of a header alone', files.gif().subarray(0, 19), 'GIF', 'it has no image'],
    ['WebP cut off', files.webp().subarray(0, -4), 'WebP', 'the file ends inside the chunk VP8L'],
    ['WebP without an image', files.riff('WEBP', ['EXIF', [1, 2]]), 'WebP', 'it has no image'],
    ['BMP cut off', files.bmp().subarray(0, -1), 'BMP', 'the file ends inside the pixels'],
    ['TIFF cut off', files.tiff().subarray(0, -1), 'TIFF', 'the file ends inside the pixels'],
    ['TIFF without fields', files.tiff().subarray(0, 30), 'TIFF', 'the file ends before its list of fields'],
    ['AVIF cut off', files.avif().subarray(0, -1), 'AVIF', 'the file ends inside the box mdat'],
    [
      'MP4 that was not finished',
      bytes(files.box('ftyp', 'isom', [0, 0, 0, 0]), files.box('mdat', [1])),
      'MP4',
      'it does not describe its tracks (no box moov): the recording was not finished',
    ],
    [
      'WAV cut off',
      files.wav().subarray(0, -1),
      'WAV',
      'the file ends inside the samples: 63 bytes of 64 are there',
    ],
    ['WAV without samples', files.riff('WAVE', ['LIST', [1]]), 'WAV', 'it has no samples (no chunk data)'],
    ['FLAC cut off', files.flac().subarray(0, 20), 'FLAC', 'the file ends inside its headers'],
    ['FLAC without samples', files.flac().subarray(0, -6), 'FLAC', 'there are no samples behind its headers'],
    ['MP3 of tags alone', files.id3, 'MP3', 'there are no samples behind its tags'],
    ['Ogg cut off', OPUS.subarray(0, -1), 'Opus', 'the file ends inside a page'],
    [
      'Ogg with a wrong bit',
      changed(OPUS, OPUS.length - 1, 0),
      'Opus',
      'the checksum of the page at byte 72 is wrong',
    ],
    [
      'WebM cut off',
      files.matroska('webm', [1]).subarray(0, -1),
      'WebM',
      'the file is shorter than its header says',
    ],
    ['WebM without tracks', files.matroska('webm', []), 'WebM', 'it describes no tracks'],
  ])('finds the damage of %s', (_, file, format, fault) => {
    expect(probe(file)).toEqual({ kind: 'damaged', format, fault: expect.stringContaining(fault) });
  });

  it.each([
    ['', 'an empty file'],
    ['<!DOCTYPE html><html>', 'HTML'],
    ['\n<html lang="en">', 'HTML'],
    ['<svg xmlns="http://www.w3.org/2000/svg"/>', 'SVG'],
    ['<?xml version="1.0"?>\n<!-- a -->\n<svg width="1"/>', 'SVG'],
    ['<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', 'XML'],
    ['{"error": "Entry not found"}', 'JSON text'],
    ['{not json', 'text'],
    ['Entry not found', 'text'],
    ['ä'.repeat(4096), 'text'],
    ['%PDF-1.7', 'PDF'],
    ['PK\x03\x04', 'a ZIP archive'],
  ])('says what stands in the place of a file: %j', (text, looksLike) => {
    expect(probe(Buffer.from(text))).toEqual({ kind: 'unknown', looksLike });
  });

  it('knows an LFS pointer, and does not name what it cannot', () => {
    const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n';
    expect(probe(Buffer.from(pointer))).toEqual({ kind: 'lfs-pointer' });
    expect(probe(Uint8Array.of(0, 1, 2, 3))).toEqual({ kind: 'unknown' });
  });

  it('takes no file that is cut off for another kind of file, and never throws', () => {
    for (const [name, file, , format] of SOUND) {
      for (let length = 0; length < file.length; length++) {
        const medium = probe(file.subarray(0, length));
        if ('format' in medium && length > 64) expect(medium.format, `${name}, ${length} bytes`).toBe(format);
      }
    }
  });

  it('never throws, whatever the bytes', () => {
    const any = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc
        .tuple(fc.constantFrom(...SOUND.map(([, file]) => file)), fc.nat(), fc.uint8Array({ maxLength: 8 }))
        .map(([file, at, patch]) => {
          const copy = Uint8Array.from(file);
          copy.set(patch.subarray(0, copy.length - (at % copy.length)), at % copy.length);
          return copy;
        }),
    );
    fc.assert(
      fc.property(any, (file) => {
        expect(['image', 'audio', 'video', 'damaged', 'lfs-pointer', 'unknown', 'unread']).toContain(
          probe(file).kind,
        );
      }),
      { numRuns: 500 },
    );
  });
});

describe('probe, of files made to cost much', () => {
  const MiB = 1024 * 1024;
  const repeated = (part: Uint8Array) => Buffer.alloc(200_000 * part.length, part);
  const within = (milliseconds: number, file: Uint8Array) => {
    const computed = cpuTime();
    const medium = probe(file);
    expect(computed()).toBeLessThan(milliseconds);
    return medium;
  };

  it('does not unpack an image that would fill the memory', () => {
    const bomb = files.png(60_000, 60_000, { pixels: 8 * MiB });
    expect(within(1000, bomb)).toEqual({ kind: 'image', format: 'PNG' });
    const before = process.memoryUsage().rss;
    expect(within(1000, files.png(2, 2, { pixels: 200 * MiB }))).toEqual({ kind: 'image', format: 'PNG' });
    expect(process.memoryUsage().rss - before).toBeLessThan(300 * MiB);
  });

  it('stays linear on endless chunks, fields, boxes and markers', () => {
    const chunks = bytes(files.png().subarray(0, 33), repeated(files.pngChunk('tEXt')));
    expect(within(2000, chunks)).toEqual({ kind: 'unread' });
    const boxes = bytes(files.box('ftyp', 'isom'), repeated(files.box('moov')));
    expect(within(2000, boxes)).toEqual({ kind: 'unread' });
    expect(within(2000, bytes([0xff, 0xd8, 0xff], Buffer.alloc(16 * MiB, 0xff))).kind).toBe('damaged');
    expect(within(2000, bytes(files.id3, Buffer.alloc(16 * MiB, 0xff))).kind).toBe('damaged');
    expect(within(2000, bytes('GIF89a', Buffer.alloc(16 * MiB))).kind).toBe('damaged');
    for (const kind of ['WEBP', 'WAVE']) {
      const empty = bytes('RIFF', [0, 0, 0, 0], kind, Buffer.alloc(16 * MiB));
      expect(within(2000, empty)).toEqual({ kind: 'unread' });
    }
  });

  it('unpacks no image beyond the limit of the caller', () => {
    const early = files.png(100, 100, { pixels: 10 });
    expect(probe(early, 30_100).kind).toBe('damaged');
    expect(probe(early, 30_099)).toEqual({ kind: 'image', format: 'PNG' });
  });

  it('reads the strips of a TIFF image once, however often it names them', () => {
    const fields = 65_535;
    const file = Buffer.alloc(16 * MiB);
    file.write('II*\0', 'latin1');
    file.writeUInt32LE(8, 4);
    file.writeUInt16LE(fields, 8);
    for (let index = 0; index < fields; index++) {
      const at = 10 + 12 * index;
      file.writeUInt16LE(273, at);
      file.writeUInt16LE(4, at + 2);
      file.writeUInt32LE(3_000_000, at + 4);
      file.writeUInt32LE(900_000, at + 8);
    }
    expect(within(2000, file).kind).toBe('damaged');
  });
});
