import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Attempt } from '../../src/smoke/attempt.js';
import { compareAttempts } from '../../src/smoke/compare.js';
import { type Heard, NOTHING_HEARD } from '../../src/smoke/hearing.js';
import { answeredNothing } from '../../src/smoke/judge.js';
import { computeType, placed } from '../../src/smoke/placement.js';
import type { RunPlan } from '../../src/smoke/plan/plan.js';
import { planSmoke } from '../../src/smoke/plan/plan.js';
import { readPlacement } from '../../src/smoke/runners/runtime.js';
import { lackOf, setupFailure } from '../../src/smoke/setup-failure.js';
import { smokeTest } from '../../src/smoke/smoke.js';
import { openFixture, temporaryFolder } from './fixture.js';

const VARIANT = { dtype: 'fp32', graphs: {}, dtypes: {}, files: [], checks: [] } as const;

/** An attempt on a GPU that ended well, of which this was heard. */
function attemptOf(heard: Partial<Heard>, other: Partial<Attempt> = {}): Attempt {
  return {
    variant: VARIANT,
    device: 'webgpu',
    requested: 'webgpu',
    optimized: false,
    heard: { ...NOTHING_HEARD, stage: 'run', loadMs: 1, ...heard },
    end: { end: 'finished' },
    tookMs: 1,
    limits: { memoryBytes: 1, totalMs: 1 },
    peakRssBytes: null,
    folders: { root: '/model', others: [] },
    written: '',
    ...other,
  };
}

describe('where operators ran', () => {
  const ran = (placement: Readonly<Record<string, number>> | null, device: Attempt['device'] = 'webgpu') => {
    const attempt = attemptOf({ placement }, { device, requested: device });
    return { ...placed(attempt), computeType: computeType(attempt) };
  };

  it('needs no word when all ran where they should', () => {
    const all = ran({ WebGpuExecutionProvider: 7 });
    expect(all).toEqual({ device: 'webgpu', checks: [], computeType: 'gpu' });
    expect(ran({ CUDAExecutionProvider: 7 }, 'cuda').device).toBe('cuda');
  });

  it('is told by number where some ran elsewhere', () => {
    const some = ran({ WebGpuExecutionProvider: 5, CPUExecutionProvider: 2 });
    expect(some).toMatchObject({ device: 'webgpu', computeType: 'gpu' });
    expect(some.detail).toBe('5 of 7 operators ran on webgpu, the others on cpu.');
  });

  it('is the CPU where none ran there, whatever was asked for', () => {
    const none = ran({ CPUExecutionProvider: 3 }, 'coreml');
    expect(none).toMatchObject({ device: 'cpu', computeType: 'cpu', checks: [{ id: 'device' }] });
    expect(none.detail).toBe('None of the 3 operators has an implementation on coreml; they ran on cpu.');
  });

  it('is said to be unknown where the runtime does not tell', () => {
    expect(ran(null).detail).toContain('does not say which operators ran on webgpu');
  });

  it('is counted in layers for llama.cpp, which runs on the CPU without a word', () => {
    const all = ran({ 'llama.cpp/vulkan': 3 });
    expect(all).toMatchObject({ device: 'webgpu', computeType: 'gpu' });
    expect(all.detail).toBe('3 of 3 layers ran on webgpu (vulkan of llama.cpp).');
    const none = ran({ 'llama.cpp/cpu': 3 });
    expect(none).toMatchObject({ device: 'cpu', computeType: 'cpu', checks: [{ status: 'warning' }] });
    expect(none.detail).toContain('llama.cpp found no GPU');
  });
});

describe('a comparison with a device that ran nothing', () => {
  it('is skipped, since it would compare the CPU with itself', async () => {
    const repo = await openFixture('tabular-regression');
    const plan = await planSmoke({
      repo,
      files: await repo.list(),
      task: 'tabular-regression',
      metadata: null,
      inputs: [],
    });
    expect(plan.kind).toBe('run');
    const first = attemptOf({}, { device: 'cpu', requested: 'cpu' });
    const other = attemptOf({ placement: { CPUExecutionProvider: 1 } });
    const compared = compareAttempts(plan as RunPlan, first, other);
    expect(compared).toMatchObject({ status: 'skipped', device: 'cpu', drift: null });
    expect(compared.reason).toContain('no implementation on webgpu');
  });
});

describe('what a GPU lacks', () => {
  const message = 'Program Gather requires f16 but the device does not support it.';
  const error = { name: 'Error', message };
  const cases: Heard['cases'] = new Map([[0, { type: 'no-answer', role: 'case', index: 0, error }]]);

  it('is told from a fault of the model, at loading and at running', async () => {
    for (const heard of [{ failure: { stage: 'load', error } } as const, { cases }]) {
      expect(lackOf(attemptOf(heard))).toContain('half precision');
      expect(answeredNothing(attemptOf(heard))).toBe(true);
      const failure = await setupFailure(attemptOf(heard));
      expect(failure).toMatchObject({ code: 'device-unavailable', exitCode: 3 });
      expect(failure?.hint).toContain('--dtype fp32');
    }
    expect(lackOf(attemptOf({ cases }, { device: 'cpu' }))).toBeNull();
    const other = { ...error, message: 'Non-zero status code returned while running Gather node.' };
    expect(lackOf(attemptOf({ failure: { stage: 'load', error: other } }))).toBeNull();
  });

  it('is a missing binary for a GGUF file', async () => {
    const repo = await openFixture('text-generation-gguf');
    const failure = await smokeTest(repo, { device: 'cuda' }).catch((reason: unknown) => reason);
    expect(failure).toMatchObject({ code: 'device-unavailable', exitCode: 3 });
    expect(String(failure)).toContain('The device cuda does not work here: node-llama-cpp has no binary');
  });
});

describe('the profile of a session', () => {
  const before = process.cwd();
  afterEach(() => process.chdir(before));
  const event = (name: string, index: number, op: string, provider: string) =>
    `{"cat" : "Node","name" :"${name}_kernel_time","args" : {"op_name" : "${op}","node_index" : "${index}","provider" : "${provider}"}},`;

  it('counts each operator once, and no copies', () => {
    process.chdir(temporaryFolder());
    const run = [
      event('/Gather', 0, 'Gather', 'WebGpuExecutionProvider'),
      event('/MatMul', 1, 'MatMul', 'WebGpuExecutionProvider'),
      event('copy', 2, 'MemcpyToHost', 'WebGpuExecutionProvider'),
      event('/Shape', 3, 'Shape', 'CPUExecutionProvider'),
    ];
    const lines = ['[', '{"cat" : "Session","name" :"model_loading","args" : {}},', ...run, ...run, ']'];
    writeFileSync(join(process.cwd(), 'placement_1.json'), lines.join('\n'));
    // Another graph has nodes of the same names.
    writeFileSync(join(process.cwd(), 'placement_2.json'), lines.join('\n'));
    expect(readPlacement()).toEqual({ WebGpuExecutionProvider: 4, CPUExecutionProvider: 2 });
  });

  it('is read as far as it can be', () => {
    process.chdir(temporaryFolder());
    expect(readPlacement()).toBeNull();
    const lines = [
      event('/a" name', 0, 'Gather', 'CPUExecutionProvider'),
      event('/MatMul', 1, 'MatMul', 'WebGpuExecutionProvider'),
      '{"cat" : "Node","name" :"cut off","args" : {"provider" : "CPUExec',
    ];
    writeFileSync(join(process.cwd(), 'placement_1.json'), lines.join('\n'));
    expect(readPlacement()).toEqual({ WebGpuExecutionProvider: 1 });
  });
});
