import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SmokeSetupError } from '../../src/errors.js';
import { isSoftware } from '../../src/smoke/devices.js';
import { smokeTest } from '../../src/smoke/smoke.js';
import { openFixture, statusOf, topAnswer } from './fixture.js';

/**
 * WebGPU runs for real, on the Vulkan driver that VK_DRIVER_FILES names (SwiftShader, in software, in CI). Without it
 * these tests cannot run; where it is required (VALIDATE_CARD_REQUIRE_WEBGPU=1, set in CI) its absence makes them fail.
 */
const driver = process.env.VK_DRIVER_FILES ?? '';
const runs = process.env.VALIDATE_CARD_REQUIRE_WEBGPU === '1' || (driver !== '' && existsSync(driver));

if (runs) describe('on WebGPU', onWebgpu);

function onWebgpu(): void {
  it('the driver is there', () => {
    expect(existsSync(driver)).toBe(true);
  });

  it('runs a transformers.js pipeline, with the answers of the CPU', async () => {
    const repo = await openFixture('text-classification');
    const [gpu, cpu] = [
      await smokeTest(repo, { device: 'webgpu' }),
      await smokeTest(repo, { device: 'cpu' }),
    ];
    expect(gpu.status, gpu.reason).toBe('passed');
    expect(gpu).toMatchObject({ runner: 'transformers', device: 'webgpu', computeType: 'gpu' });
    // Shapes are worked out on the CPU, the rest on the GPU.
    const [, there, all] = /(\d+) of (\d+) operators ran on webgpu/.exec(gpu.deviceDetail ?? '') ?? [];
    expect(Number(there)).toBeGreaterThan(Number(all) / 2);
    expect(statusOf(gpu, 'same-answer-twice')).toBe('passed');
    const scores = (report: typeof gpu) =>
      report.cases.flatMap(({ output }) => (output as { score: number }[]).map(({ score }) => score));
    const expected = scores(cpu);
    for (const [index, score] of scores(gpu).entries())
      expect(score).toBeCloseTo(expected[index] ?? Number.NaN, 5);
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
