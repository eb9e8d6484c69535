import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pictureSize } from '../../src/media/picture-size.js';
import { probe } from '../../src/media/probe.js';
import { inputFilesOf } from '../../src/smoke/input-files.js';
import { SAMPLE_PICTURES, SAMPLE_SOUNDS, SAMPLE_VIDEOS } from '../../src/smoke/media/samples.js';
import type { RunPlan } from '../../src/smoke/plan/plan.js';
import { validateWithSources } from '../../src/validate.js';
import { inFolder, runMain } from '../cli/scenario.js';

const plan = (tag: string, ...inputs: readonly unknown[]) =>
  ({ task: { tag }, cases: inputs.map((input) => ({ input })) }) as unknown as RunPlan;
const sample = (name: string) => ({ kind: 'sample', name });

describe('files of the inputs', () => {
  it.each([...SAMPLE_PICTURES, ...SAMPLE_VIDEOS])('draw the sample %s', (name) => {
    const [file] = inputFilesOf(plan('image-classification', { image: sample(name) }), {});
    expect(file).toMatchObject({ index: 0, name: 'input-1.png', mediaType: 'image/png' });
    expect(probe(file?.bytes ?? new Uint8Array())).toEqual({ kind: 'image', format: 'PNG' });
    expect(pictureSize(file?.bytes ?? new Uint8Array())?.width).toBeGreaterThanOrEqual(224);
  });

  it.each(SAMPLE_SOUNDS)('make the sample sound %s', (name) => {
    const [file] = inputFilesOf(plan('audio-classification', sample(name)), {});
    expect(probe(file?.bytes ?? new Uint8Array())).toEqual({ kind: 'audio', format: 'WAV' });
  });

  it('are those of the repository and of requests, in the order of the input; what is no medium is left out', async () => {
    const png = (await readFile('fixtures/object-detection/samples/scene.png')).toString('base64');
    const wav = (await readFile('fixtures/audio-classification/samples/low.wav')).toString('base64');
    const files = inputFilesOf(
      plan(
        'image-to-text',
        'a text',
        [
          { kind: 'file', path: 'a.png' },
          { deep: { kind: 'data', base64: wav } },
          { kind: 'file', path: 'gone.png' },
        ],
        {
          image: {
            kind: 'data',
            base64: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>').toString('base64'),
          },
        },
        { image: sample('no such sample') },
        { image: { kind: 'file', path: '__proto__' } },
      ),
      { 'a.png': png },
    );
    expect(files.map(({ index, name, mediaType }) => [index, name, mediaType])).toEqual([
      [1, 'input-1.png', 'image/png'],
      [1, 'input-2.wav', 'audio/wav'],
    ]);
  });

  it('come with a validation that keeps them, beside what the model made', async () => {
    const { media, report } = await validateWithSources('fixtures/image-segmentation', {
      smoke: { device: 'cpu' },
      keepMedia: true,
    });
    expect(report.smoke?.status).toBe('passed');
    expect(media?.inputs.map(({ name }) => name)).toEqual(['input-1.png']);
    expect(media?.outputs.map(({ name }) => name)).toEqual(['mask-1-background.png', 'mask-2-blue.png']);
    expect((await validateWithSources('fixtures/broken')).media).toBeUndefined();
  });
});

describe('--format html with --smoke', () => {
  it('puts pictures of input and answer into the page, and boxes on them', async () => {
    await inFolder(new Map(), async (folder) => {
      const run = (fixture: string) =>
        runMain(
          [resolve('fixtures', fixture), '--smoke', '--device', 'cpu', '--format', 'html=page.html'],
          folder,
        );
      expect(await run('object-detection')).toMatchObject({ status: 0, stderr: '' });
      const boxes = await readFile(join(folder, 'page.html'), 'utf8');
      expect(boxes.split('<img src="data:image/png;base64,')).toHaveLength(3);
      expect(boxes).toContain('<svg viewBox="0 0 96 64" preserveAspectRatio="none"><rect class="c0" x="');
      expect((await run('text-to-speech')).status).toBe(0);
      expect(await readFile(join(folder, 'page.html'), 'utf8')).toContain('src="data:audio/wav;base64,');
    });
  });
});

describe('the size of a picture', () => {
  const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'));
  it.each([
    ['GIF', 'GIF89a\x05\x00\x07\x00', { width: 5, height: 7 }],
    ['BMP', `BM${'\0'.repeat(16)}\x05\0\0\0\xf9\xff\xff\xff`, { width: 5, height: 7 }],
    ['JPEG', '\xff\xd8\xff\xe0\x00\x04ab\xff\xc2\x00\x0b\x08\x00\x07\x00\x05\x03', { width: 5, height: 7 }],
    ['WebP, lossy', `RIFF\0\0\0\0WEBPVP8 ${'\0'.repeat(10)}\x05\x00\x07\x00`, { width: 5, height: 7 }],
    ['WebP, lossless', `RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f\x04\x80\x01\x00`, { width: 5, height: 7 }],
    ['WebP, extended', `RIFF\0\0\0\0WEBPVP8X${'\0'.repeat(8)}\x04\0\0\x06\0\0`, { width: 5, height: 7 }],
    ['a JPEG that is cut off', '\xff\xd8\xff\xe0\x00', null],
    ['a JPEG of empty segments', `\xff\xd8${'\xff\xe0\x00\x00'.repeat(1000)}`, null],
    ['no picture', 'hello', null],
    ['nothing', '', null],
  ])('%s', (_name, text, size) => {
    expect(pictureSize(bytes(text))).toEqual(size);
  });
});
