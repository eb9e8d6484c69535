import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RepoError } from '../../../src/errors.js';
import { readMedia, readPicture, readSound, readVideo } from '../../../src/smoke/media/source.js';
import { computing, file, level } from './file.js';

describe('media from a repository', () => {
  let root: string;
  let outside: string;
  beforeEach(async () => {
    outside = await mkdtemp(join(tmpdir(), 'media-'));
    root = join(outside, 'model');
    await mkdir(join(root, 'samples'), { recursive: true });
    await writeFile(join(root, 'samples', 'a.png'), file('rgb.png'));
    await writeFile(join(root, 'tone.flac'), file('stereo.flac'));
    await writeFile(join(root, 'moves.gif'), file('animated.gif'));
    await writeFile(join(root, 'video.mp4'), file('video.mp4'));
    await writeFile(join(outside, 'secret.png'), file('rgb.png'));
  });
  afterEach(() => rm(outside, { recursive: true }));

  const from = (path: string) => ({ kind: 'file', path }) as const;
  const data = (bytes: Uint8Array) =>
    ({ kind: 'data', base64: Buffer.from(bytes).toString('base64') }) as const;

  it('reads files and data', async () => {
    expect(Buffer.from(await readMedia(from('samples/a.png'), root))).toEqual(Buffer.from(file('rgb.png')));
    expect(Buffer.from(await readMedia(data(file('rgb.png')), root))).toEqual(Buffer.from(file('rgb.png')));
  });

  it('refuses what leads out of the repository', async () => {
    await symlink(join(outside, 'secret.png'), join(root, 'link.png'));
    await symlink(outside, join(root, 'folder'));
    await symlink('samples/a.png', join(root, 'inside.png'));
    for (const path of [
      '../secret.png',
      'samples/../../secret.png',
      join(outside, 'secret.png'),
      'link.png',
      'folder/secret.png',
    ]) {
      await expect(readPicture(from(path), root)).rejects.toBeInstanceOf(RepoError);
      await expect(readPicture(from(path), root)).rejects.toMatchObject({ code: 'outside' });
    }
    expect(await readPicture(from('inside.png'), root)).toMatchObject({ width: 24, height: 16 });
  });

  it('refuses what is no file, and waits for nobody', async () => {
    execFileSync('mkfifo', [join(root, 'pipe.wav')]);
    for (const path of ['missing.png', 'samples', 'pipe.wav']) {
      await expect(readMedia(from(path), root)).rejects.toMatchObject({
        code: 'missing',
        message: `There is no file ${path} in the repository.`,
      });
    }
  });

  it('refuses files and data that are too large', async () => {
    await writeFile(join(root, 'large.wav'), '');
    await truncate(join(root, 'large.wav'), 64 * 1024 * 1024 + 1);
    await expect(readSound(from('large.wav'), root, 16_000)).rejects.toMatchObject({
      code: 'too-large',
      message: 'large.wav is larger than 64 MB, the most that is read.',
    });
    await expect(readMedia({ kind: 'data', base64: 'A'.repeat(90_000_000) }, root)).rejects.toMatchObject({
      code: 'too-large',
    });
  });

  it('refuses data that is not base64', async () => {
    await expect(readMedia({ kind: 'data', base64: 'abc%' }, root)).rejects.toMatchObject({
      code: 'damaged',
    });
    const took = await computing(() =>
      expect(readMedia({ kind: 'data', base64: `${' '.repeat(1_000_000)}!` }, root)).rejects.toThrow(
        'not base64',
      ),
    );
    expect(took).toBeLessThan(1000);
  });

  it('decodes pictures, and sounds at the rate that is asked for', async () => {
    expect(await readPicture(from('samples/a.png'), root)).toMatchObject({
      width: 24,
      height: 16,
      channels: 3,
    });
    const sound = await readSound(from('tone.flac'), root, 8000);
    expect([sound.sampleRate, sound.samples.length]).toEqual([8000, 1600]);
    expect(level(sound.samples, 500, 8000)).toBeCloseTo(0.25, 3);
    expect(await readSound(data(file('mono-s16le.wav')), root, 16_000)).toMatchObject({ sampleRate: 16_000 });
  });

  it('makes samples', async () => {
    expect(await readPicture({ kind: 'sample', name: 'shapes' }, root)).toMatchObject({
      width: 320,
      height: 240,
    });
    expect((await readSound({ kind: 'sample', name: 'tone' }, root, 48_000)).samples).toHaveLength(48_000);
    expect(await readVideo({ kind: 'sample', name: 'moves-left' }, root)).toHaveLength(16);
    await expect(readPicture({ kind: 'sample', name: 'tone' }, root)).rejects.toMatchObject({
      code: 'missing',
    });
  });

  it('takes animations for videos, and says why others are not', async () => {
    expect(await readVideo(from('moves.gif'), root)).toHaveLength(3);
    await expect(readVideo(from('video.mp4'), root)).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringMatching(
        /^video\.mp4: MP4 videos are not decoded here, because .+ Give an animated GIF/,
      ),
    });
  });

  it('names the file that is wrong, with nothing in it that a terminal obeys', async () => {
    await writeFile(join(root, 'bad\x1b[2J.png'), 'text');
    await expect(readPicture(from('bad\x1b[2J.png'), root)).rejects.toThrow(
      'bad\\u001b[2J.png: The file is no picture: it is text.',
    );
    await writeFile(join(root, 'page.wav'), '<!doctype html>');
    await expect(readSound(from('page.wav'), root, 16_000)).rejects.toThrow(
      'page.wav: The file is no recording: it is HTML.',
    );
  });
});
