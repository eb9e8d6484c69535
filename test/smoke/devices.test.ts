import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { SmokeSetupError } from '../../src/errors.js';
import { RUNTIME_FOLDER } from '../../src/smoke/child-environment.js';
import {
  chooseDevice,
  deviceError,
  firstThatWorks,
  isSoftware,
  probeDevice,
  whyNoGpu,
} from '../../src/smoke/devices.js';
import { NOTHING_HEARD } from '../../src/smoke/hearing.js';
import { setupFailure } from '../../src/smoke/setup-failure.js';
import { smokeTest } from '../../src/smoke/smoke.js';
import { openFixture } from './fixture.js';

describe('auto', () => {
  it('tries no GPU where Linux shows none, or where Vulkan is drawn in software', () => {
    expect(whyNoGpu('linux', {}, [])).toContain('no GPU');
    expect(whyNoGpu('linux', {}, ['renderD128'])).toBeNull();
    const software = { VK_DRIVER_FILES: '/usr/lib/chromium/vk_swiftshader_icd.json' };
    expect(whyNoGpu('linux', software, ['renderD128'])).toContain('in software');
    expect(whyNoGpu('linux', software, [])).toContain('in software');
    expect(whyNoGpu('darwin', {}, [])).toBeNull();
    expect(whyNoGpu('win32', {}, [])).toBeNull();
    expect(isSoftware({ VK_ICD_FILENAMES: '/usr/share/vulkan/icd.d/lvp_icd.x86_64.json' })).toBe(true);
    expect(isSoftware({ VK_DRIVER_FILES: '/usr/share/vulkan/icd.d/nvidia_icd.json' })).toBe(false);
  });

  it('says what it took and why', async () => {
    const { device, detail } = await chooseDevice('auto');
    expect(detail).toMatch(new RegExp(`^auto took ${device}`));
    expect(await chooseDevice('cpu')).toEqual({ device: 'cpu' });
    const report = await smokeTest(await openFixture('tabular-classification'), { device: 'auto' });
    expect(report.deviceDetail).toContain(`auto took ${device}`);
  });
});

describe('the first that works', () => {
  const broken = async () => 'no driver';

  it('is taken in order of preference, however fast the others are', async () => {
    const slow = (device: string) =>
      new Promise<null>((resolve) => setTimeout(resolve, device === 'cuda' ? 30 : 0, null));
    expect(await firstThatWorks(['cuda', 'webgpu'], slow)).toEqual({
      device: 'cuda',
      detail: 'auto took cuda, which works on this machine.',
    });
    expect(
      await firstThatWorks(['cuda', 'webgpu'], async (device) => (device === 'cuda' ? 'no driver' : null)),
    ).toMatchObject({ device: 'webgpu' });
  });

  it('is the CPU where none does, with the fault of each', async () => {
    expect(await firstThatWorks(['dml', 'webgpu'], broken)).toEqual({
      device: 'cpu',
      detail: 'auto took cpu: dml does not work (no driver); webgpu does not work (no driver).',
    });
    expect((await firstThatWorks([], broken)).device).toBe('cpu');
  });

  it('stops the probes that are not needed any more', async () => {
    const stopped: string[] = [];
    const probe = (device: string, signal: AbortSignal) =>
      device === 'dml'
        ? Promise.resolve(null)
        : new Promise<string>((resolve) =>
            signal.addEventListener('abort', () => {
              stopped.push(device);
              resolve('stopped');
            }),
          );
    expect(await firstThatWorks(['dml', 'webgpu'], probe)).toMatchObject({ device: 'dml' });
    expect(stopped).toEqual(['webgpu']);
  });

  it('is not looked for when the caller has given up', async () => {
    const caller = new AbortController();
    const probe = (_: string, signal: AbortSignal) =>
      new Promise<string>((resolve) => signal.addEventListener('abort', () => resolve('stopped')));
    const found = firstThatWorks(['webgpu'], probe, caller.signal);
    caller.abort(new Error('enough'));
    await expect(found).rejects.toThrow('enough');
    await expect(firstThatWorks(['webgpu'], broken, caller.signal)).rejects.toThrow('enough');
  });
});

describe('a device that does not work', () => {
  // DirectML exists on Windows only, CoreML on macOS only.
  const foreign = process.platform === 'darwin' ? 'dml' : 'coreml';

  it('is an error about the machine, not about the model', async () => {
    const error = await smokeTest(await openFixture('text-classification'), { device: foreign }).catch(
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(SmokeSetupError);
    expect(error).toMatchObject({ code: 'device-unavailable', exitCode: 3 });
    expect(String(error)).toContain(`The device ${foreign} does not work here`);
  });

  it('is told by a probe from one that works', async () => {
    expect(await probeDevice('cpu')).toBeNull();
    expect(await probeDevice(foreign)).toContain(`no ${foreign}`);
  });
});

describe('runtimes that are not there', () => {
  const attempt = {
    variant: { dtype: 'fp32', graphs: {}, dtypes: {}, files: [], checks: [] },
    optimized: false,
    device: 'cpu',
    requested: 'auto',
    heard: NOTHING_HEARD,
    end: { end: 'finished' },
    limits: { memoryBytes: 1, totalMs: 1 },
    tookMs: 1,
    peakRssBytes: null,
    folders: { root: '/model', others: [] },
    written: '',
  } as const;
  const failure = (code: string, message: string) => ({
    ...attempt,
    heard: {
      ...NOTHING_HEARD,
      failure: { stage: 'setup', error: { name: 'RuntimeMissingError', code, message } } as const,
    },
  });

  it('names the one command that installs them', async () => {
    const error = await setupFailure(failure('not-installed', '@huggingface/transformers'));
    expect(error).toMatchObject({ code: 'runtime-missing', exitCode: 3 });
    expect(error?.message).toContain('@huggingface/transformers, which is not installed');
    expect(error?.hint).toContain(
      'npm install --ignore-scripts validate-model-card onnxruntime-node @huggingface/transformers',
    );
  });

  it('that no device works without is what a device lacks', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'no-runtime-'));
    vi.stubEnv(RUNTIME_FOLDER, empty);
    try {
      const why = await probeDevice('webgpu');
      expect(why).toBe('onnxruntime-node is not installed');
      expect(deviceError('webgpu', why ?? '').hint).toContain('npm install --ignore-scripts');
    } finally {
      vi.unstubAllEnvs();
      rmSync(empty, { recursive: true });
    }
  });

  it('tells one that is broken, and a child that dies before it is loaded', async () => {
    expect(
      await setupFailure(failure('not-loadable', 'onnxruntime-node does not load: bad ELF')),
    ).toMatchObject({
      code: 'runtime-broken',
    });
    const died = {
      ...attempt,
      end: { end: 'exited', code: null, signal: 'SIGSEGV' },
      written: 'oh\nno',
    } as const;
    expect(await setupFailure(died)).toMatchObject({ code: 'runtime-broken', hint: 'oh no.' });
    const limits = [
      [{ end: 'over-memory', rssBytes: 48e6 }, '--memory-limit'],
      [{ end: 'over-time', limitMs: 1, total: true }, '--timeout'],
    ] as const;
    for (const [end, option] of limits) {
      const stopped = await setupFailure({ ...attempt, end });
      expect(stopped?.hint).toContain(option);
    }
    expect(await setupFailure(attempt)).toBeNull();
  });
});

describe('a second device that does not work', () => {
  it('fails the comparison, and keeps what the first one showed', async () => {
    const absent = process.platform === 'win32' ? 'coreml' : 'dml';
    const repo = await openFixture('tabular-classification');
    const report = await smokeTest(repo, { device: ['cpu', absent] });
    expect(report).toMatchObject({ status: 'failed', stage: 'setup', device: 'cpu' });
    expect(report.reason).toMatch(new RegExp(`^${absent}: .*does not work here`));
    expect(report.cases.map(({ output }) => output)).not.toContain(undefined);
    expect(report.comparisons).toMatchObject([{ device: absent, status: 'failed', stage: 'setup' }]);
  });
});
