import { mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { smokeTest } from '../../src/smoke/smoke.js';
import { BY_THE_CLOCK } from '../by-the-clock.js';
import {
  copyFixture,
  fixturePath,
  open,
  openFixture,
  statusOf,
  temporaryFolder,
  topAnswer,
} from './fixture.js';

/** Rewrites a JSON file of a copied fixture. */
function editJson(file: string, edit: (value: Record<string, unknown>) => void): void {
  const value = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  edit(value);
  writeFileSync(file, JSON.stringify(value));
}

function writeCard(folder: string, frontMatter: string): void {
  writeFileSync(join(folder, 'README.md'), `---\n${frontMatter}---\n\n# changed\n`);
}

describe('changed fixtures', () => {
  it('takes the default input of the Hub, and a contrasting one, for a card without examples', async () => {
    const folder = copyFixture('text-classification');
    writeCard(folder, 'license: mit\nlibrary_name: transformers.js\npipeline_tag: text-classification\n');
    const report = await smokeTest(await open(folder), { device: 'cpu' });
    expect(report.status).toBe('passed');
    expect(report.cases).toMatchObject([{ source: 'default', input: 'I like you. I love you' }]);
    expect(statusOf(report, 'answers-differ')).toBe('passed');
  });

  it('scores labels that can hold together each for itself', async () => {
    const folder = copyFixture('text-classification');
    editJson(join(folder, 'config.json'), (config) => {
      config.problem_type = 'multi_label_classification';
    });
    const report = await smokeTest(await open(folder), { device: 'cpu' });
    const output = report.cases[0]?.output as { score: number }[];
    const scores = output.map(({ score }) => score);
    const sum = scores.reduce((total, score) => total + score, 0);
    expect(Math.abs(sum - 1)).toBeGreaterThan(1e-6);
    expect(statusOf(report, 'probabilities')).toBe('passed');
  });

  it("takes the card's inference parameters", async () => {
    const folder = copyFixture('text-classification');
    writeCard(
      folder,
      'pipeline_tag: text-classification\ninference:\n  parameters:\n    top_k: 1\n    function_to_apply: none\nwidget:\n- text: The movie was great!\n',
    );
    const report = await smokeTest(await open(folder), { device: 'cpu' });
    const output = report.cases[0]?.output as { label: string; score: number }[];
    expect(output).toHaveLength(1);
    expect(output[0]?.score).toBeGreaterThan(1);
  });

  it('reports a widget example that does not fit beside those that do', async () => {
    const folder = copyFixture('text-classification');
    writeCard(
      folder,
      'pipeline_tag: text-classification\nwidget:\n- src: a.png\n- text: The movie was great!\n',
    );
    const report = await smokeTest(await open(folder), { device: 'cpu' });
    expect(report).toMatchObject({ status: 'failed', stage: 'check' });
    expect(report.cases.map(({ output }) => topAnswer(output))).toEqual(['POSITIVE', undefined]);
    expect(statusOf(report, 'input')).toBe('failed');
  });

  it('finds a graph at the root, and one with a name of its own', async () => {
    const folder = copyFixture('text-classification');
    renameSync(join(folder, 'onnx', 'model.onnx'), join(folder, 'sentiment_v2.onnx'));
    const report = await smokeTest(await open(folder), { device: 'cpu' });
    expect(report.status, report.reason).toBe('passed');
    expect(report.files[0]?.path).toBe('sentiment_v2.onnx');
  });

  it('refuses a file that a symbolic link takes from outside the repository', async () => {
    const folder = copyFixture('text-classification');
    const secret = join(temporaryFolder(), 'secret.json');
    renameSync(join(folder, 'config.json'), secret);
    symlinkSync(secret, join(folder, 'config.json'));
    const listed = await smokeTest(await open(folder), { device: 'cpu' });
    expect(listed).toMatchObject({ status: 'failed', stage: 'plan' });
    expect(listed.reason).toContain('config.json');

    // Not in the list of needed files, but read by the runtime where it exists.
    const other = copyFixture('text-classification');
    symlinkSync(secret, join(other, 'generation_config.json'));
    const optional = await smokeTest(await open(other), { device: 'cpu' });
    expect(optional).toMatchObject({ status: 'failed', stage: 'plan' });
    expect(optional.reason).toContain('symbolic link that leads out of the repository');
  });

  it('runs a snapshot of the Hugging Face cache, whose files are links to blobs', async () => {
    const model = join(temporaryFolder(), 'models--tiny--sentiment');
    const snapshot = join(model, 'snapshots', '0123abcd');
    const source = fixturePath('text-classification-external-data');
    const files = [
      'README.md',
      'config.json',
      'tokenizer.json',
      'tokenizer_config.json',
      'onnx/model.onnx',
      'onnx/model.onnx_data',
    ];
    mkdirSync(join(model, 'blobs'), { recursive: true });
    for (const [index, file] of files.entries()) {
      const blob = join(model, 'blobs', `blob${index}`);
      writeFileSync(blob, readFileSync(join(source, file)));
      mkdirSync(dirname(join(snapshot, file)), { recursive: true });
      symlinkSync(blob, join(snapshot, file));
    }
    const report = await smokeTest(await open(snapshot), { device: 'cpu' });
    expect(report.status, report.reason).toBe('passed');
  });

  it('names a tokenizer that is no JSON, and where', async () => {
    const folder = copyFixture('text-classification');
    writeFileSync(join(folder, 'tokenizer.json'), '{\n  "model": {oops}\n}');
    const report = await smokeTest(await open(folder), { device: 'cpu' });
    expect(report).toMatchObject({ status: 'failed', stage: 'load' });
    expect(report.reason).toMatch(/^tokenizer\.json is not valid JSON: .*line 2/);
  });

  it('lets a huge tokenizer cost the child its memory, not this process', async () => {
    const folder = copyFixture('text-classification');
    writeFileSync(join(folder, 'tokenizer.json'), `[${'{},'.repeat(13e6)}{}]`);
    const report = await smokeTest(await open(folder), { device: 'cpu', memoryLimitBytes: 500e6 });
    expect(report).toMatchObject({ status: 'failed', stage: 'load' });
    expect(report.reason).toContain('MB of memory, more than the limit of 500 MB');
  });

  it('refuses JSON nested so deep that nothing could take it further', async () => {
    for (const file of ['config.json', 'tokenizer.json']) {
      const folder = copyFixture('text-classification');
      writeFileSync(join(folder, file), `{"a":${'['.repeat(1e6)}${']'.repeat(1e6)}}`);
      const report = await smokeTest(await open(folder), { device: 'cpu' });
      expect(report.status).toBe('failed');
      expect(report.reason).toContain(`${file} is nested more than 100 levels deep`);
    }
  });

  it('hears of an error that the runtime forgot to hand on', async () => {
    const folder = copyFixture('text-classification');
    editJson(join(folder, 'config.json'), (config) => {
      config['transformers.js_config'] = { use_external_data_format: true };
    });
    const report = await smokeTest(await open(folder), { device: 'cpu' });
    expect(report).toMatchObject({ status: 'failed', stage: 'load' });
    expect(report.reason).toContain('model.onnx_data');
  });

  it('names what stopped it when the whole time is up', BY_THE_CLOCK, async () => {
    const start = performance.now();
    const report = await smokeTest(await openFixture('faults/infinite-loop'), {
      device: 'cpu',
      timeoutMs: 4_000,
    });
    expect(performance.now() - start).toBeLessThan(6_000);
    expect(report.status).toBe('failed');
    expect(report.reason).toContain('did not finish within 4 s, the limit of the whole smoke inference');
  });

  it('stops at once when it is told to', async () => {
    const reason = new Error('enough');
    const repo = await openFixture('faults/infinite-loop');
    await expect(
      smokeTest(repo, { device: 'cpu', signal: AbortSignal.timeout(1_500) }),
    ).rejects.toMatchObject({ name: 'TimeoutError' });
    await expect(smokeTest(repo, { device: 'cpu', signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});
