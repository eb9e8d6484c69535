import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startEarlyChild } from '../../src/smoke/early-child.js';

let folder: string;
/** A folder that holds a graph. */
let model: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'early-child-'));
  model = join(folder, 'model');
  mkdirSync(join(model, 'onnx'), { recursive: true });
  writeFileSync(join(model, 'onnx', 'model.onnx'), '');
  writeFileSync(join(folder, 'smoke-child.cjs'), 'process.stdin.resume();');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the child that starts before the command', () => {
  it('starts for a folder with a graph alone, and only for a smoke inference', () => {
    for (const argv of [
      [model],
      [model, '--smoke', '--dry-run'],
      [folder, '--smoke'],
      [join(folder, 'none'), '--smoke'],
      ['--smoke', `--config=${model}`],
    ]) {
      expect(startEarlyChild(argv, folder), argv.join(' ')).toBeUndefined();
    }
  });

  it('is taken once, by the runner that it was started for', async () => {
    const early = startEarlyChild(['--device', 'cpu', join(model, 'README.md'), '--smoke'], folder);
    const child = early?.take('onnx') ?? null;
    expect(child?.process.spawnargs.at(-1)).toBe('onnx');
    expect(early?.take('onnx')).toBeNull();
    child?.kill();
    expect(await child?.gone).toMatchObject({ end: 'exited', signal: 'SIGKILL' });
    child?.forget();
    rmSync(child?.folder ?? '', { recursive: true });
  });

  it.each([
    ['nobody takes', ''],
    ['is for another runner', "if (early.take('transformers') !== null) console.log('taken');"],
    ['is taken and left alone', "early.take('onnx').process.unref(); process.exit();"],
  ])('keeps no process waiting, and leaves nothing behind, when it is one that %s', (_, use) => {
    const temporary = join(folder, 'temporary');
    mkdirSync(temporary);
    const source = fileURLToPath(new URL('../../src/smoke/early-child.ts', import.meta.url));
    const parent = join(folder, 'parent.mts');
    writeFileSync(
      parent,
      `import { readdirSync } from 'node:fs';
       const { startEarlyChild } = await import(${JSON.stringify(pathToFileURL(source).href)});
       const early = startEarlyChild([${JSON.stringify(model)}, '--smoke'], ${JSON.stringify(folder)});
       console.log(readdirSync(${JSON.stringify(temporary)}).filter((name) => name.startsWith('validate-card-')).length);
       ${use}`,
    );
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', parent], {
      env: { ...process.env, TMPDIR: temporary, TEMP: temporary, TMP: temporary },
      encoding: 'utf8',
      timeout: 60_000,
    });
    expect([status, stdout, stderr]).toEqual([0, '1\n', '']);
    expect(readdirSync(temporary).filter((name) => name.startsWith('validate-card-'))).toEqual([]);
  });
});
