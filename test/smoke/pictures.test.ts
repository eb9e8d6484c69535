import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { smokeTest } from '../../src/smoke/smoke.js';
import { allChecks, copyFixture, open } from './fixture.js';

/** Changes a JSON file of a repository. */
function change(folder: string, file: string, values: Readonly<Record<string, unknown>>): void {
  const path = join(folder, file);
  const json = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  writeFileSync(path, JSON.stringify({ ...json, ...values }));
}

/** What does not pass, by id, with what is said of it. */
async function faults(folder: string) {
  const report = await smokeTest(await open(folder), { device: 'cpu' });
  const failed = allChecks(report).filter(({ status }) => status === 'failed');
  return { report, failed: Object.fromEntries(failed.map(({ id, message }) => [id, message])) };
}

describe('a model that gets its pictures in the wrong order of colours', () => {
  it.each([
    'image-classification',
    'object-detection',
    'image-segmentation',
    'zero-shot-image-classification',
  ])('%s', async (name) => {
    const folder = copyFixture(name);
    change(folder, 'preprocessor_config.json', { do_flip_channel_order: true });
    const { report, failed } = await faults(folder);
    expect(report).toMatchObject({ status: 'failed', stage: 'check' });
    expect(failed).toEqual({ 'channel-order': expect.stringContaining('Delete do_flip_channel_order') });
  });
});

describe('a model under the tag of another task', () => {
  const tagged = (tag: string) => {
    const folder = copyFixture('image-classification');
    const card = join(folder, 'README.md');
    writeFileSync(card, readFileSync(card, 'utf8').replace(/pipeline_tag: .*/, `pipeline_tag: ${tag}`));
    return folder;
  };

  it('is told by its class before it is loaded', async () => {
    const { report } = await faults(tagged('object-detection'));
    expect(report).toMatchObject({ status: 'failed', stage: 'plan', loadMs: null });
    expect(report.reason).toContain('Write "pipeline_tag: image-classification" into the card');
  });

  it('is told by its outputs when config.json does not name the class', async () => {
    const folder = tagged('depth-estimation');
    change(folder, 'config.json', { architectures: undefined });
    const { report, failed } = await faults(folder);
    expect(report).toMatchObject({ status: 'failed', stage: 'check' });
    expect(failed).toEqual({ 'output-shape': expect.stringContaining('a model for image-classification') });
  });
});

describe('preprocessor_config.json', () => {
  it('is missed by its name', async () => {
    const folder = copyFixture('image-classification');
    rmSync(join(folder, 'preprocessor_config.json'));
    const { report } = await faults(folder);
    expect(report).toMatchObject({ status: 'failed', stage: 'plan' });
    expect(report.reason).toContain('preprocessor_config.json is missing');
  });

  it('makes pictures of the size that the graph takes', async () => {
    const folder = copyFixture('image-classification');
    change(folder, 'preprocessor_config.json', { size: { height: 64, width: 64 } });
    const { failed } = await faults(folder);
    expect(failed['dynamic-shape']).toContain('preprocessor_config.json makes them 64 × 64');
  });
});

describe('a model of a type that transformers.js does not know', () => {
  it('runs as a bare graph, with the same answers', async () => {
    const folder = copyFixture('object-detection');
    change(folder, 'config.json', { model_type: 'of_my_own' });
    const { report } = await faults(folder);
    expect(report).toMatchObject({ status: 'passed', runner: 'onnx' });
    expect(report.cases[0]?.output).toMatchObject([{ label: 'red box' }]);
  });
});

describe('masks and pictures of an answer', () => {
  it('are handed over as files', async () => {
    const files: { name: string; mediaType: string; head: string }[] = [];
    const report = await smokeTest(await open(copyFixture('image-segmentation')), {
      device: 'cpu',
      onFile: ({ name, mediaType, bytes }) =>
        files.push({ name, mediaType, head: Buffer.from(bytes.subarray(1, 4)).toString('latin1') }),
    });
    expect(report.status, report.reason).toBe('passed');
    expect(files).toEqual([
      { name: 'mask-1-background.png', mediaType: 'image/png', head: 'PNG' },
      { name: 'mask-2-blue.png', mediaType: 'image/png', head: 'PNG' },
    ]);
  });
});
