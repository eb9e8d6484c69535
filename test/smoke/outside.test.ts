import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SmokeReport } from '../../src/smoke/report.js';
import { planSmokeTest, type SmokeOptions, type SmokeProgress, smokeTest } from '../../src/smoke/smoke.js';
import { BY_THE_CLOCK } from '../by-the-clock.js';
import { copyFixture, open, temporaryFolder } from './fixture.js';

const SECRET = 'the-secret-of-another-folder';

interface Ran {
  readonly report: SmokeReport;
  /** Stages that were begun. */
  readonly stages: ReadonlySet<SmokeProgress['stage']>;
}

async function run(folder: string, options: SmokeOptions = {}): Promise<Ran> {
  const stages = new Set<SmokeProgress['stage']>();
  const report = await smokeTest(await open(folder), {
    device: 'cpu',
    memoryLimitBytes: 900e6,
    loadTimeoutMs: 15_000,
    caseTimeoutMs: 15_000,
    onProgress: ({ stage }) => stages.add(stage),
    ...options,
  });
  const text = JSON.stringify(report);
  expect(text).not.toContain(SECRET);
  expect(text).not.toContain(dirname(folder));
  return { report, stages };
}

/** Moves a file of a repository out of it, with a link in its place; makes one where there is none. */
function linkOut(folder: string, path: string): void {
  const place = join(folder, path);
  const other = join(temporaryFolder(), basename(path));
  mkdirSync(dirname(place), { recursive: true });
  if (existsSync(place)) renameSync(place, other);
  else writeFileSync(other, JSON.stringify({ secret: SECRET }));
  symlinkSync(other, place);
}

describe('a link that leads out of the repository is not followed', () => {
  it.each([
    'onnx/model.onnx',
    'config.json',
    'tokenizer.json',
    'tokenizer_config.json',
    'special_tokens_map.json',
    'added_tokens.json',
    'preprocessor_config.json',
    'processor_config.json',
    'generation_config.json',
    'chat_template.jinja',
    'chat_template.json',
    'vocab.txt',
    'merges.txt',
    'modules.json',
    '1_Pooling/config.json',
    'tokenizer/tokenizer.json',
    'scheduler/scheduler_config.json',
  ])('%s', async (path) => {
    const folder = copyFixture('text-classification');
    linkOut(folder, path);
    const { report, stages } = await run(folder);
    expect(report).toMatchObject({ stage: 'plan' });
    expect(report.status).toBe('failed');
    expect(report.reason).toContain(`${path} is a symbolic link that leads out of the repository`);
    expect(stages).not.toContain('setup');
  });

  it('of the files beside a graph, a variant, and a folder', async () => {
    const external = copyFixture('text-classification-external-data');
    const [data = ''] = readdirSync(join(external, 'onnx')).filter((name) => !name.endsWith('.onnx'));
    linkOut(external, `onnx/${data}`);
    expect((await run(external)).report).toMatchObject({ status: 'failed', stage: 'plan' });

    const variants = copyFixture('text-classification-variants');
    const [variant = ''] = readdirSync(join(variants, 'onnx')).filter((name) => name !== 'model.onnx');
    linkOut(variants, `onnx/${variant}`);
    const { report } = await run(variants);
    expect(report.comparisons.flatMap(({ files }) => files.map(({ path }) => path))).not.toContain(
      `onnx/${variant}`,
    );

    const whole = copyFixture('text-classification');
    const elsewhere = join(temporaryFolder(), 'onnx');
    renameSync(join(whole, 'onnx'), elsewhere);
    symlinkSync(elsewhere, join(whole, 'onnx'));
    expect((await run(whole)).report).toMatchObject({ status: 'failed', stage: 'plan' });
  });

  it('of the card', async () => {
    const folder = copyFixture('text-classification');
    linkOut(folder, 'README.md');
    const running = run(folder, { task: 'text-classification' });
    await expect(running).rejects.toMatchObject({ code: 'outside', exitCode: 3 });
  });

  it('of an example of the card', async () => {
    const folder = copyFixture('image-classification');
    for (const name of readdirSync(join(folder, 'samples'))) linkOut(folder, `samples/${name}`);
    const { report } = await run(folder);
    expect(report.status).toBe('failed');
    expect(JSON.stringify(report.cases)).toContain('names a file that is not in the repository');
    const far = copyFixture('image-classification');
    const samples = readdirSync(join(far, 'samples'));
    const card = readFileSync(join(far, 'README.md'), 'utf8');
    for (const name of samples) copyFileSync(join(far, 'samples', name), join(dirname(far), name));
    for (const address of [
      '../',
      'samples/../../',
      `${dirname(far)}/`,
      `file://${dirname(far)}/`,
      '..\\\\',
    ]) {
      writeFileSync(join(far, 'README.md'), card.replaceAll('samples/', address));
      const { cases, unrun } = await planSmokeTest(await open(far), { device: 'cpu' });
      expect(unrun, address).toHaveLength(samples.length);
      expect(cases.every(({ source }) => source === 'default')).toBe(true);
    }
  });

  it('of a file that only config.json makes the runtime look for', async () => {
    const folder = copyFixture('text-classification');
    const config = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')) as Record<string, unknown>;
    config['transformers.js_config'] = { use_external_data_format: 1 };
    writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
    linkOut(folder, 'onnx/model.onnx_data');
    const { report } = await run(folder);
    expect(report).toMatchObject({ status: 'failed', stage: 'load' });
    expect(report.reason).toContain(
      'onnx/model.onnx_data is a symbolic link that leads out of the repository',
    );
  });
});

it('onnxruntime itself refuses external data outside of the folder of the graph', async () => {
  const { InferenceSession } = await import('onnxruntime-node');
  const folder = copyFixture('text-classification-external-data');
  const graph = join(folder, 'onnx/model.onnx');
  await (await InferenceSession.create(graph, { logSeverityLevel: 4 })).release();
  const [data = ''] = readdirSync(join(folder, 'onnx')).filter((name) => !name.endsWith('.onnx'));
  linkOut(folder, `onnx/${data}`);
  await expect(InferenceSession.create(graph, { logSeverityLevel: 4 })).rejects.toThrow();
});

describe('a link that stays inside is followed', () => {
  it('in a folder, and in the cache of the Hub', async () => {
    const inside = copyFixture('text-classification');
    mkdirSync(join(inside, 'files'));
    for (const path of ['onnx/model.onnx', 'tokenizer.json', 'config.json']) {
      const target = join(inside, 'files', basename(path));
      renameSync(join(inside, path), target);
      symlinkSync(relative(dirname(join(inside, path)), target), join(inside, path));
    }
    expect((await run(inside)).report).toMatchObject({ status: 'passed' });

    for (const fixture of [
      'text-classification',
      'text-classification-external-data',
      'image-classification',
    ]) {
      const model = join(temporaryFolder(), 'models--org--name');
      const snapshot = join(model, 'snapshots', 'a1b2c3');
      mkdirSync(join(model, 'blobs'), { recursive: true });
      mkdirSync(dirname(snapshot), { recursive: true });
      renameSync(copyFixture(fixture), snapshot);
      let count = 0;
      const entries = readdirSync(snapshot, { recursive: true, withFileTypes: true });
      for (const entry of entries.filter((one) => one.isFile())) {
        const path = join(entry.parentPath, entry.name);
        const blob = join(model, 'blobs', `blob${count++}`);
        renameSync(path, blob);
        symlinkSync(relative(dirname(path), blob), path);
      }
      const { report } = await run(snapshot);
      expect(report.status, `${fixture}: ${report.reason}`).toBe('passed');
    }
  });
});

describe.runIf(process.platform !== 'win32')('what is no regular file is not opened', () => {
  const pipe = (path: string) => {
    rmSync(path, { recursive: true, force: true });
    execFileSync('mkfifo', [path]);
  };

  it.each([
    'special_tokens_map.json',
    'generation_config.json',
    'tokenizer.json',
    'config.json',
    'onnx/model.onnx',
  ])('a pipe in the place of %s', BY_THE_CLOCK, async (path) => {
    const folder = copyFixture('text-classification');
    pipe(join(folder, path));
    const start = performance.now();
    const { report } = await run(folder);
    expect(['passed', 'failed', 'skipped']).toContain(report.status);
    // Passed where it is not needed and was not opened; else it is missing or refused at once.
    if (path === 'tokenizer.json') expect(report.reason).toContain('tokenizer.json');
    expect(performance.now() - start).toBeLessThan(14_000);
  });

  it('a pipe that the runtime would wait for', async () => {
    const folder = copyFixture('text-generation');
    pipe(join(folder, 'generation_config.json'));
    const { report } = await run(folder);
    expect(report).toMatchObject({ status: 'failed', stage: 'load' });
    expect(report.reason).toContain('generation_config.json is not a file; it was not read.');
  });

  it('a folder in the place of a graph or of a file that the runtime reads', async () => {
    const folder = copyFixture('text-classification');
    rmSync(join(folder, 'onnx/model.onnx'));
    // Its weights alone would do.
    rmSync(join(folder, 'model.safetensors'));
    mkdirSync(join(folder, 'onnx/model.onnx'));
    expect((await run(folder)).report).toMatchObject({ status: 'skipped', stage: 'plan' });
    const other = copyFixture('text-classification');
    rmSync(join(other, 'tokenizer.json'));
    mkdirSync(join(other, 'tokenizer.json'));
    expect((await run(other)).report).toMatchObject({ status: 'failed', stage: 'plan' });
  });

  it('a device behind a link', async () => {
    for (const path of ['tokenizer.json', 'onnx/model.onnx', 'generation_config.json']) {
      const folder = copyFixture('text-classification');
      rmSync(join(folder, path), { force: true });
      symlinkSync('/dev/zero', join(folder, path));
      const { report } = await run(folder);
      expect(report.status).not.toBe('passed');
      expect(report.stage).toBe('plan');
    }
  });

  it('a file of many gigabytes that takes no room on the disk', async () => {
    for (const [path, status] of [
      ['config.json', 'failed'],
      // More than any memory holds is not the model’s fault.
      ['tokenizer.json', 'skipped'],
      ['onnx/model.onnx', 'failed'],
    ] as const) {
      const folder = copyFixture('text-classification');
      execFileSync('truncate', ['-s', '2000G', join(folder, path)]);
      const { report } = await run(folder);
      expect(report.status, path).toBe(status);
    }
    const folder = copyFixture('text-classification');
    execFileSync('truncate', ['-s', '2000G', join(folder, 'special_tokens_map.json')]);
    await run(folder);
  });
});
