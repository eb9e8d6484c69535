import { spawnSync } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const DIST = fileURLToPath(new URL('../../dist', import.meta.url));
const CARD =
  '---\nlicense: mit\nlanguage: en\nlibrary_name: transformers\npipeline_tag: fill-mask\n---\n# A model\n\nText.\n';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'validate-card-start-'));
  await mkdir(join(folder, 'package', 'dist'), { recursive: true });
  for (const file of ['cli.cjs', 'command.cjs']) {
    await cp(join(DIST, file), join(folder, 'package', 'dist', file));
  }
  await writeFile(join(folder, 'README.md'), CARD);
});
afterEach(async () => {
  await chmod(join(folder, 'package'), 0o755);
  await rm(folder, { recursive: true, force: true });
});

function run(
  env: Readonly<Record<string, string>> = {},
  args: readonly string[] = ['README.md'],
  says = 'Ready to publish',
) {
  const { NODE_DISABLE_COMPILE_CACHE: _, ...rest } = process.env;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(folder, 'package', 'dist', 'cli.cjs'), ...args],
    { cwd: folder, encoding: 'utf8', env: { ...rest, ...env } },
  );
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toContain(says);
  return stdout;
}

async function cached(): Promise<readonly string[]> {
  const names = await readdir(join(folder, 'package', '.cache')).catch(() => []);
  return names.map((name) => join(folder, 'package', '.cache', name));
}

describe('the start of the command', () => {
  it('keeps what the first run compiled, and the next run says the same with it', async () => {
    const first = run();
    const [file = '', ...others] = await cached();
    expect(others).toEqual([]);
    const { mtimeMs, size } = await stat(file);
    expect(size).toBeGreaterThan(100_000);
    expect(run()).toBe(first);
    expect((await stat(file)).mtimeMs).toBe(mtimeMs);
  });

  it('keeps only what a check compiled', async () => {
    run({}, ['explain', 'license-unknown'], 'license');
    run({}, ['--help'], 'Usage');
    expect(await cached()).toEqual([]);
    run();
    expect(await cached()).toHaveLength(1);
  });

  it('compiles anew what is damaged, and what another build left goes', async () => {
    run();
    const [file = ''] = await cached();
    const whole = await readFile(file);
    const old = join(folder, 'package', '.cache', 'command-0000000000000000-v1.0.0-x64.bin');
    for (const damaged of [Buffer.alloc(0), Buffer.alloc(5000, 7), whole.subarray(0, whole.length >> 1)]) {
      await writeFile(file, damaged);
      await writeFile(old, 'x');
      run();
      expect(await cached()).toEqual([file]);
      expect((await readFile(file)).length).toBeGreaterThan(100_000);
    }
  });

  it('runs all the same where nothing can be kept', async () => {
    await writeFile(join(folder, 'package', '.cache'), 'a file in the place of the folder');
    run();
    expect(await readFile(join(folder, 'package', '.cache'), 'utf8')).toContain('a file');
  });

  it('keeps nothing when Node is told not to', async () => {
    run({ NODE_DISABLE_COMPILE_CACHE: '1' });
    expect(await cached()).toEqual([]);
  });

  it('reaches what is a file of its own, compiled before or not', async () => {
    await cp(join(DIST, 'smoke.cjs'), join(folder, 'package', 'dist', 'smoke.cjs'));
    for (let times = 0; times < 2; times += 1) {
      expect(run({}, ['.', '--smoke', '--dry-run'], 'Smoke inference')).toContain('would be skipped');
    }
  });

  it('starts the child of a smoke inference before the command, which takes it or not', async () => {
    await writeFile(join(folder, 'package', 'dist', 'smoke-child.cjs'), 'process.stdin.resume();');
    await writeFile(join(folder, 'model.onnx'), '');
    const take = "console.log(earlyChild.take('onnx').folder); process.exit();";
    for (const command of ["console.log('not taken');", take]) {
      await writeFile(join(folder, 'package', 'dist', 'command.cjs'), command);
      const said = run(
        { TMPDIR: folder, TEMP: folder },
        ['--smoke'],
        command === take ? folder : 'not taken',
      );
      // The child ends, and its folder goes, with the command.
      expect(await stat(said.trim()).catch(() => null)).toBeNull();
      expect((await readdir(folder)).sort()).toEqual(['README.md', 'model.onnx', 'package']);
    }
  });
});
