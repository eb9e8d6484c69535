import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SmokeSetupError } from '../../src/errors.js';
import { isSoftware } from '../../src/smoke/devices.js';
import { smokeTest } from '../../src/smoke/smoke.js';
import { TASKS } from '../../src/tasks/index.js';
import { copyFixture, open, openFixture, statusOf, topAnswer } from './fixture.js';

/**
 * WebGPU runs for real, on the Vulkan driver that VK_DRIVER_FILES names (SwiftShader, in software, in CI). Without it
 * these tests cannot run; where it is required (VALIDATE_CARD_REQUIRE_WEBGPU=1, set in CI) its absence makes them fail.
 */
const driver = process.env.VK_DRIVER_FILES ?? '';
const runs = process.env.VALIDATE_CARD_REQUIRE_WEBGPU === '1' || (driver !== '' && existsSync(driver));

/** Fixtures whose model answers on WebGPU as it does on the CPU; named as their task, but for what stands behind the others. */
const ON_WEBGPU = [
  'audio-classification',
  'audio-to-audio',
  'automatic-speech-recognition',
  'depth-estimation',
  'document-question-answering',
  'feature-extraction',
  'fill-mask',
  'image-classification',
  'image-feature-extraction',
  'image-segmentation',
  'image-text-to-text',
  'image-to-image',
  'image-to-text',
  'object-detection',
  'question-answering',
  'reinforcement-learning',
  'sentence-similarity',
  'summarization',
  'summarization-merged-decoder',
  'table-question-answering',
  'tabular-classification-network',
  'text-classification',
  'text-classification-external-data',
  'text-classification-quantized',
  'text-generation',
  'text-generation-chat',
  'text-generation-no-kv',
  'text-ranking',
  'text-to-image',
  'text-to-speech',
  'time-series-forecasting',
  'token-classification',
  'translation',
  'unconditional-image-generation',
  'video-classification',
  'visual-question-answering',
  'zero-shot-audio-classification',
  'zero-shot-classification',
  'zero-shot-image-classification',
  'zero-shot-object-detection',
] as const;

/** Tasks that are not run on WebGPU, and why. */
const NOT_ON_WEBGPU: Readonly<Record<string, string>> = {
  conversational: 'text-generation-chat is one',
  'tabular-classification':
    'trees and linear models have no implementation there; tabular-classification-network is run',
  'tabular-regression': 'trees and linear models have no implementation there',
  'text-to-audio': 'another name for text-to-speech',
  'text2text-generation': 'the graphs of summarization and translation',
};

if (runs) describe('on WebGPU', onWebgpu);

function onWebgpu(): void {
  it('the driver is there', () => {
    expect(existsSync(driver)).toBe(true);
  });

  it('every task is run, or it is said why not', () => {
    const named = new Set<string>([...ON_WEBGPU, ...Object.keys(NOT_ON_WEBGPU)]);
    expect([...TASKS.keys()].filter((tag) => !named.has(tag))).toEqual([]);
  });

  it.each(ON_WEBGPU)('%s gives the answers of the CPU', async (name) => {
    const report = await smokeTest(await openFixture(name), { device: ['cpu', 'webgpu'] });
    expect(report.status, report.reason).toBe('passed');
    const gpu = report.comparisons.find(({ computeType }) => computeType === 'gpu');
    expect(gpu).toMatchObject({ status: 'passed', device: 'webgpu' });
    expect(gpu?.checks.filter(({ id }) => id === 'same-as-first-device')).toMatchObject([
      { status: 'passed' },
    ]);
    if (gpu?.deviceDetail === undefined) return;
    const [, there, all] = /^(\d+) of (\d+) operators ran on webgpu/.exec(gpu.deviceDetail) ?? [];
    expect(Number(there), gpu.deviceDetail).toBeGreaterThan(0);
    expect(Number(there), gpu.deviceDetail).toBeLessThan(Number(all));
  });

  it('runs a transformers.js pipeline, and says how many operators ran there', async () => {
    const report = await smokeTest(await openFixture('text-classification'), { device: 'webgpu' });
    expect(report.status, report.reason).toBe('passed');
    expect(report).toMatchObject({ runner: 'transformers', device: 'webgpu', computeType: 'gpu' });
    // Shapes are worked out on the CPU, the rest on the GPU. Each operator counts once, though it ran for both examples.
    const [, there, all] = /(\d+) of (\d+) operators ran on webgpu/.exec(report.deviceDetail ?? '') ?? [];
    expect(Number(there)).toBeGreaterThan(Number(all) / 2);
    expect(Number(all)).toBeLessThan(200);
    expect(statusOf(report, 'same-answer-twice')).toBe('passed');
    expect(statusOf(report, 'expected-output')).toBe('passed');
  });

  it('runs weights in place, with a graph that was built for them', async () => {
    const folder = copyFixture('text-classification');
    rmSync(join(folder, 'onnx'), { recursive: true });
    const report = await smokeTest(await open(folder), { device: ['cpu', 'webgpu'] });
    expect(report).toMatchObject({ status: 'passed', runner: 'safetensors' });
    expect(report.comparisons).toMatchObject([{ status: 'passed', device: 'webgpu', computeType: 'gpu' }]);
    expect(report.comparisons[0]?.drift).toBeLessThan(1e-4);
  });

  it('runs a bare graph', async () => {
    const report = await smokeTest(await openFixture('tabular-classification-network'), { device: 'webgpu' });
    expect(report.status, report.reason).toBe('passed');
    expect(report).toMatchObject({ runner: 'onnx', device: 'webgpu', computeType: 'gpu' });
    expect(topAnswer(report.cases[0]?.output)).toBe(0);
    if (isSoftware(process.env)) expect(report.deviceDetail).toContain('in software');
  });

  it('says it when nothing of a graph can run there', async () => {
    const report = await smokeTest(await openFixture('tabular-classification'), { device: 'webgpu' });
    expect(report).toMatchObject({ status: 'passed', device: 'cpu', computeType: 'cpu' });
    expect(report.deviceDetail).toContain('no implementation on webgpu; it ran on cpu');
    expect(statusOf(report, 'device')).toBe('warning');
  });

  it('compares nothing when nothing of a graph can run there', async () => {
    const { status, comparisons } = await smokeTest(await openFixture('tabular-regression'), {
      device: ['cpu', 'webgpu'],
    });
    expect(status).toBe('passed');
    expect(comparisons).toMatchObject([
      { status: 'skipped', device: 'cpu', computeType: 'cpu', drift: null, checks: [{ id: 'device' }] },
    ]);
    expect(comparisons[0]?.reason).toContain('no implementation on webgpu');
  });

  it('takes half precision as a lack of the GPU, not as a fault of the model', async () => {
    const half = { device: ['cpu', 'webgpu'], dtypes: ['fp16'] } as const;
    const report = await smokeTest(await openFixture('text-classification-variants'), half);
    const [gpu] = report.comparisons;
    // SwiftShader computes in full precision alone; other GPUs may do both.
    expect(report.status, report.reason).toBe('passed');
    if (isSoftware(process.env)) {
      expect(gpu).toMatchObject({ status: 'skipped', device: 'webgpu' });
      expect(gpu?.reason).toContain('does not compute in half precision');
    } else expect(gpu?.status).not.toBe('failed');
  });

  it('tells a fault of the model from one of the device', async () => {
    const report = await smokeTest(await openFixture('faults/opset-too-new'), { device: 'webgpu' });
    expect(report).toMatchObject({ status: 'failed', stage: 'load' });
  });

  it('is an error without a driver', async () => {
    const before = process.env.VK_DRIVER_FILES;
    process.env.VK_DRIVER_FILES = '/nonexistent/icd.json';
    try {
      const repo = await openFixture('tabular-classification-network');
      const error = await smokeTest(repo, { device: 'webgpu' }).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(SmokeSetupError);
      expect(String(error)).toContain('WebGPU finds no GPU with a driver that it can use');
    } finally {
      if (before === undefined) delete process.env.VK_DRIVER_FILES;
      else process.env.VK_DRIVER_FILES = before;
    }
  });
}

if (!runs) {
  it('NOT RUN on WebGPU: VK_DRIVER_FILES names no driver (CONTRIBUTING.md says how to get one)', () => {
    expect(process.env.VALIDATE_CARD_REQUIRE_WEBGPU).not.toBe('1');
  });
}
