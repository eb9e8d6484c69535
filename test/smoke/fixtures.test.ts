import { describe, expect, it } from 'vitest';
import { smokeTest } from '../../src/smoke/smoke.js';
import { allChecks, expectationOf, fixtureNames, notPassed, openFixture, topAnswer } from './fixture.js';

/** Short for the models that never end, in milliseconds; the others have time on a busy machine. */
const HASTY: Readonly<Record<string, { caseTimeoutMs?: number; loadTimeoutMs?: number }>> = {
  'faults/infinite-loop': { caseTimeoutMs: 1_500 },
  'faults/slow-load': { loadTimeoutMs: 1_500 },
};
const MEMORY_LIMIT = 700e6;

describe('each fixture ends as its expected.json says', () => {
  it.each(fixtureNames())('%s', async (name) => {
    const expected = expectationOf(name);
    const start = performance.now();
    const report = await smokeTest(await openFixture(name), {
      device: 'cpu',
      memoryLimitBytes: MEMORY_LIMIT,
      ...HASTY[name],
    });
    const seconds = (performance.now() - start) / 1000;

    expect(report.status, report.reason).toBe(expected.status);
    expect(report.stage).toBe(expected.stage);
    if (expected.reason === undefined) expect(report.reason).toBeUndefined();
    else expect(report.reason).toContain(expected.reason);
    expect(notPassed(allChecks(report))).toEqual(expected.checks ?? {});
    for (const { dtype, checks } of report.comparisons) {
      expect(notPassed(checks), dtype).toEqual(expected.comparisons?.[dtype] ?? {});
    }
    const variants = expected.variants ?? [report.dtype, ...Object.keys(expected.comparisons ?? {})];
    expect([report.dtype, ...report.comparisons.map(({ dtype }) => dtype)]).toEqual(variants);
    if (expected.runner !== undefined) {
      expect(report).toMatchObject({ runner: expected.runner, dtype: expected.dtype, device: 'cpu' });
    }
    if (expected.top !== undefined) {
      expect(report.cases.map(({ output }) => topAnswer(output))).toEqual(expected.top);
    }
    // The limit of 1.5 s, two seconds to end, and what a busy machine needs to start Node.
    if (name in HASTY) expect(seconds).toBeLessThan(12);
    // No message shows where on this machine the repository lies.
    expect(JSON.stringify(report)).not.toContain(process.cwd());
  });
});

describe('a healthy text classifier', () => {
  it('gives answers in the shape of the Inference API, with times and memory', async () => {
    const report = await smokeTest(await openFixture('text-classification'), { device: 'cpu' });
    expect(report.computeType).toBe('cpu');
    expect(report.loadMs).toBeGreaterThan(0);
    expect(report.peakRssBytes).toBeGreaterThan(30e6);
    expect(report.peakRssBytes).toBeLessThan(600e6);
    expect(report.files.map(({ path }) => path)).toEqual([
      'onnx/model.onnx',
      'config.json',
      'tokenizer.json',
      'tokenizer_config.json',
    ]);
    const [praise] = report.cases;
    expect(praise).toMatchObject({
      source: 'widget',
      title: 'Praise',
      input: 'The movie was great!',
      output: [{ label: 'POSITIVE' }, { label: 'NEGATIVE' }],
    });
    expect(praise?.latencyMs).toBeGreaterThan(0);
    const passed = allChecks(report).map(({ id }) => id);
    for (const id of [
      'finite',
      'output-schema',
      'probabilities',
      'expected-output',
      'labels-named',
      'label-count',
    ]) {
      expect(passed).toContain(id);
    }
    for (const id of ['answers-differ', 'same-answer-twice', 'vocabulary', 'dynamic-shape']) {
      expect(passed).toContain(id);
    }
  });

  it('runs what the user gives instead of the examples', async () => {
    const report = await smokeTest(await openFixture('text-classification'), {
      device: 'cpu',
      inputs: ['I hated this book', { inputs: 'A happy song', parameters: { top_k: 1 } }],
    });
    expect(report.status).toBe('passed');
    expect(report.cases.map(({ source }) => source)).toEqual(['user', 'user']);
    expect(topAnswer(report.cases[0]?.output)).toBe('NEGATIVE');
    expect(report.cases[1]?.output).toHaveLength(1);
  });

  it('says which input does not fit', async () => {
    const report = await smokeTest(await openFixture('text-classification'), {
      device: 'cpu',
      inputs: ['fine', { inputs: 7 }],
    });
    expect(report).toMatchObject({
      status: 'failed',
      stage: 'plan',
      reason: 'Input 2 does not fit. `inputs` must be a text, not a number.',
    });
  });

  it('tells its progress in order', async () => {
    const stages: string[] = [];
    await smokeTest(await openFixture('text-classification'), {
      device: 'cpu',
      onProgress: ({ stage, detail }) => stages.push(detail === undefined ? stage : `${stage} ${detail}`),
    });
    expect(stages).toEqual([
      'plan',
      'setup',
      'load onnx/model.onnx',
      'run Praise',
      'run Complaint',
      'run repeat',
      'check',
    ]);
  });
});
