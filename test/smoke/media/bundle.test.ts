import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cutUnused } from '../../../scripts/build/cut-unused.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));

describe('the decoders in a bundle', () => {
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'media-bundle-'));
    writeFileSync(join(folder, 'package.json'), '{"type": "module"}');
    await build({
      absWorkingDir: root,
      entryPoints: { source: 'src/smoke/media/source.ts', network: 'src/smoke/network.ts' },
      outdir: folder,
      bundle: true,
      splitting: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      external: ['onnxruntime-node', '@huggingface/transformers', 'sharp'],
      plugins: [cutUnused],
    });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('decode every format in a process that has no network', () => {
    const script = `
      const { blockNetwork } = await import('./network.js');
      blockNetwork();
      const { readSound, readPicture } = await import('./source.js');
      const root = process.argv[1];
      const lengths = [];
      for (const path of ['stereo-s16.wav', 'stereo.flac', 'stereo.mp3', 'stereo.ogg', 'stereo.opus', 'flac.oga']) {
        lengths.push((await readSound({ kind: 'file', path }, root, 16000)).samples.length);
      }
      lengths.push((await readPicture({ kind: 'file', path: 'rgb.png' }, root)).data.length);
      console.log(JSON.stringify(lengths));
    `;
    const output = execFileSync(
      process.execPath,
      ['--input-type=module', '-e', script, join(root, 'test/smoke/media/files')],
      { cwd: folder, encoding: 'utf8', env: { ...process.env, VALIDATE_CARD_RUNTIMES: root } },
    );
    expect(JSON.parse(output)).toEqual([3200, 3200, 8000, 8000, 8000, 3200, 24 * 16 * 3]);
  });

  it('come without worker threads, each in a file of its own', () => {
    const files = readdirSync(folder).filter((name) => name.endsWith('.js'));
    for (const name of files)
      expect(readFileSync(join(folder, name), 'utf8')).not.toContain('worker_threads');
    for (const name of ['mp3', 'opus', 'vorbis'])
      expect(files.some((one) => one.startsWith(`${name}-`))).toBe(true);
    const total = files.reduce((sum, name) => sum + readFileSync(join(folder, name)).length, 0);
    expect(total).toBeLessThan(500_000);
  });
});
