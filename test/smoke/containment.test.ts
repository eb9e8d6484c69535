import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SmokeReport } from '../../src/smoke/report.js';
import { type SmokeOptions, smokeTest } from '../../src/smoke/smoke.js';
import { BY_THE_CLOCK } from '../by-the-clock.js';
import { copyFixture, fixturePath, open, openFixture, temporaryFolder } from './fixture.js';

const linux = process.platform === 'linux';
/** How long after a limit a smoke inference may end at most, in seconds. */
const GRACE = 2;

let temporary: string;
let before: string | undefined;
beforeEach(() => {
  temporary = temporaryFolder();
  before = process.env.TMPDIR;
  process.env.TMPDIR = temporary;
});
afterEach(() => {
  if (before === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = before;
});

/** Process ids of the children of this process that run. */
function children(): readonly number[] {
  return readdirSync(`/proc/${process.pid}/task`)
    .flatMap((thread) =>
      readFileSync(`/proc/${process.pid}/task/${thread}/children`, 'latin1').split(' ').filter(Boolean),
    )
    .map(Number)
    .filter((pid) => {
      try {
        return !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
      } catch {
        return false;
      }
    });
}

/** The processes that a smoke inference started, by the temporary folder they work in. */
function sandboxes(): readonly number[] {
  return children().filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`TMPDIR=${temporary}/`);
    } catch {
      return false;
    }
  });
}

/** Nothing of a smoke inference is left: no folder, no process. */
function expectClean(): void {
  expect(readdirSync(temporary).filter((name) => !name.startsWith('validate-card-test-'))).toEqual([]);
  if (linux) expect(sandboxes()).toEqual([]);
}

/** A sound model whose graph may have variants: its config.json names none. */
function soundModel(): string {
  const folder = copyFixture('faults/long-chain');
  const path = join(folder, 'config.json');
  const { sklearn } = JSON.parse(readFileSync(path, 'utf8')) as { sklearn: { model?: unknown } };
  delete sklearn.model;
  writeFileSync(path, JSON.stringify({ sklearn }));
  return folder;
}

/** A model whose first variant is sound, and the second one (q8) another graph. */
function withSecondVariant(fault: string): string {
  const folder = soundModel();
  copyFileSync(join(fixturePath(fault), 'model.onnx'), join(folder, 'model_quantized.onnx'));
  return folder;
}

interface Timed {
  readonly report: SmokeReport;
  /** From the beginning of the last stage of that name, and in all. */
  readonly since: (stage: string) => number;
  readonly seconds: number;
}

async function timed(folder: string, options: SmokeOptions = {}): Promise<Timed> {
  const begun = new Map<string, number>();
  const start = performance.now();
  const report = await smokeTest(await open(folder), {
    device: 'cpu',
    memoryLimitBytes: 700e6,
    onProgress: ({ stage }) => begun.set(stage, performance.now()),
    ...options,
  });
  const end = performance.now();
  return {
    report,
    since: (stage) => (end - (begun.get(stage) ?? Number.NaN)) / 1000,
    seconds: (end - start) / 1000,
  };
}

describe('a limit ends the smoke inference within two seconds', BY_THE_CLOCK, () => {
  it('of a case', async () => {
    const { report, since } = await timed(fixturePath('faults/infinite-loop'), { caseTimeoutMs: 1_000 });
    expect(report).toMatchObject({ status: 'failed', stage: 'run' });
    expect(report.reason).toContain('did not finish within 1 s');
    // `check` begins when the child has ended; the case began at least a second before.
    expect(since('run')).toBeGreaterThan(1);
    expect(since('run')).toBeLessThan(1 + GRACE);
    expectClean();
  });

  it('of loading', async () => {
    const { report, since } = await timed(fixturePath('faults/slow-load'), { loadTimeoutMs: 1_000 });
    expect(report).toMatchObject({ status: 'failed', stage: 'load' });
    expect(report.reason).toContain('Loading the model did not finish within 1 s');
    expect(since('load')).toBeLessThan(1 + GRACE);
    expectClean();
  });

  it('of the whole, while it runs and while it loads', async () => {
    // Time enough to get as far as that on this machine.
    const sole = await timed(fixturePath('faults/infinite-loop'), { caseTimeoutMs: 100 });
    const limit = Math.ceil(2 + 2 * sole.seconds);
    const running = await timed(fixturePath('faults/infinite-loop'), { timeoutMs: 1000 * limit });
    expect(running.report).toMatchObject({ status: 'failed', stage: 'run' });
    expect(running.report.reason).toContain(`within ${limit} s, the limit of the whole smoke inference`);
    expect(running.seconds).toBeLessThan(limit + GRACE);
    const loading = await timed(fixturePath('faults/slow-load'), { timeoutMs: 1000 * limit });
    expect(loading.report).toMatchObject({ status: 'failed', stage: 'load' });
    expect(loading.seconds).toBeLessThan(limit + GRACE);
    expectClean();
  });

  it('of a generation that has no end of its own', async () => {
    const folder = copyFixture('text-generation');
    const path = join(folder, 'generation_config.json');
    const config = JSON.parse(readFileSync(path, 'utf8')) as object;
    const endless = { max_new_tokens: 1e9, max_length: 1e9, eos_token_id: 1e9, num_beams: 1e6 };
    writeFileSync(path, JSON.stringify({ ...config, ...endless }));
    const { report, seconds } = await timed(folder, { caseTimeoutMs: 8_000 });
    expect(seconds).toBeLessThan(20);
    expect(report.reason ?? '').not.toContain('did not finish');
    for (const { output } of report.cases) expect(JSON.stringify(output).length).toBeLessThan(10_000);
    expectClean();
  });

  it('of memory', async () => {
    const { report, since } = await timed(fixturePath('faults/large-allocation'));
    expect(report).toMatchObject({ status: 'failed', stage: 'run' });
    expect(report.reason).toMatch(/took \d+ MB of memory, more than the limit of 700 MB/);
    expect(report.peakRssBytes).toBeGreaterThan(700e6);
    expect(report.peakRssBytes).toBeLessThan(3e9);
    expect(since('run')).toBeLessThan(10);
    expectClean();
  });
});

describe('a fault of the second variant alone', () => {
  const cases = [
    ['faults/crash', 'run', 'crashed on an arithmetic error of the graph (SIGFPE)'],
    ['faults/infinite-loop', 'run', 'did not finish within 2 s'],
    ['faults/large-allocation', 'run', 'MB of memory, more than the limit of 700 MB'],
    ['faults/slow-load', 'load', 'Loading the model did not finish within'],
  ] as const;

  it.each(cases)('leaves the report of the first one as it was: %s', async (fault, stage, reason) => {
    // What has to be reached has time for it on a busy machine: memory is taken as fast as there is.
    const caseTimeoutMs = fault === 'faults/infinite-loop' ? 2_000 : 20_000;
    const loadTimeoutMs = fault === 'faults/slow-load' ? 6_000 : 30_000;
    const { report } = await timed(withSecondVariant(fault), { caseTimeoutMs, loadTimeoutMs });
    expect(report).toMatchObject({ status: 'failed', stage, dtype: 'fp32', device: 'cpu' });
    expect(report.reason).toContain(`q8: `);
    expect(report.reason).toContain(reason);
    expect(report.cases.length).toBeGreaterThan(0);
    for (const one of report.cases) {
      expect(one.output).toBeDefined();
      expect(one.checks.filter(({ status }) => status === 'failed')).toEqual([]);
    }
    expect(report.comparisons).toHaveLength(1);
    const [comparison] = report.comparisons;
    expect(comparison).toMatchObject({ dtype: 'q8', device: 'cpu', status: 'failed', stage });
    expect(comparison?.reason).toContain(reason);
    expectClean();
  });

  it('is a skip when the whole limit leaves it less time than the first one had', BY_THE_CLOCK, async () => {
    const folder = soundModel();
    for (const suffix of ['_fp16', '_quantized', '_int8', '_uint8', '_q4', '_q4f16', '_bnb4']) {
      copyFileSync(join(folder, 'model.onnx'), join(folder, `model${suffix}.onnx`));
    }
    const attempt = async () => {
      const sole = await timed(folder, { dtypes: ['fp32'] });
      const limit = 2.5 * sole.seconds;
      const { report, seconds } = await timed(folder, { timeoutMs: 1000 * limit });
      expect(seconds).toBeLessThan(limit + GRACE);
      return report;
    };
    let report = await attempt();
    // Where the machine became slower or faster meanwhile, the limit was none that fits.
    for (let tries = 1; tries < 5 && report.comparisons.at(-1)?.status !== 'skipped'; tries++)
      report = await attempt();
    expect(report).toMatchObject({ status: 'passed', dtype: 'fp32' });
    expect(report.comparisons).toHaveLength(7);
    const last = report.comparisons.at(-1);
    expect(last).toMatchObject({ dtype: 'bnb4', status: 'skipped', stage: 'plan', drift: null });
    expect(last?.reason).toContain('There was no time left for it. Raise the limit with --timeout');
    expect(report.comparisons.filter(({ status }) => status === 'failed')).toEqual([]);
    expectClean();
  });
});

const driver = process.env.VK_DRIVER_FILES ?? '';

describe.runIf(linux)('a fault of the second run alone', () => {
  const second = async (options: SmokeOptions, at: 'load' | 'run') => {
    const attempt = async () => {
      let children = 0;
      const { report } = await timed(fixturePath('text-classification'), {
        ...options,
        onProgress: ({ stage }) => {
          if (stage === 'setup') children++;
          if (children < 2 || stage !== at) return;
          for (const pid of sandboxes()) process.kill(pid, 'SIGSEGV');
        },
      });
      return report;
    };
    let report = await attempt();
    // The run may be over before its process is found: then once more.
    for (let tries = 1; tries < 5 && report.status === 'passed'; tries++) report = await attempt();
    expect(report).toMatchObject({ status: 'failed', stage: at, device: 'cpu' });
    expect(report.cases.flatMap(({ checks }) => checks).every(({ status }) => status === 'passed')).toBe(
      true,
    );
    expect(report.comparisons).toHaveLength(1);
    expect(report.comparisons[0]?.reason).toContain('wrong memory access (SIGSEGV)');
    expectClean();
    return report.comparisons[0];
  };

  it.each(['load', 'run'] as const)('leaves the report as it was: optimized execution, %s', async (at) => {
    const comparison = await second({ optimize: true }, at);
    expect(comparison).toMatchObject({ device: 'cpu', status: 'failed', stage: at });
  });

  it.runIf(driver !== '' && existsSync(driver)).each(['load', 'run'] as const)(
    'leaves the report as it was: on another device, %s',
    async (at) => {
      const comparison = await second({ device: ['cpu', 'webgpu'] }, at);
      expect(comparison).toMatchObject({ device: 'webgpu', status: 'failed', stage: at });
    },
  );
});

describe.runIf(linux)('a child that dies of a signal while it runs', () => {
  it.each([
    ['SIGSEGV', 'wrong memory access (SIGSEGV)'],
    ['SIGABRT', 'gave up (SIGABRT), most often for lack of memory'],
    ['SIGBUS', 'wrong memory access (SIGBUS)'],
    ['SIGKILL', 'the system killed the process (SIGKILL)'],
  ] as const)('%s', async (signal, words) => {
    const { report, since } = await timed(fixturePath('faults/infinite-loop'), {
      onProgress: ({ stage }) => {
        if (stage !== 'run') return;
        setTimeout(() => {
          for (const pid of sandboxes()) process.kill(pid, signal);
        }, 200);
      },
    });
    expect(since('run')).toBeNaN();
    expect(report).toMatchObject({ status: 'failed', stage: 'run' });
    expect(report.reason).toContain(words);
    expectClean();
  });
});

describe('the signal of the caller', BY_THE_CLOCK, () => {
  it('stops at every stage, with its own reason, and leaves nothing behind', async () => {
    const reason = new Error('enough');
    for (const at of ['plan', 'setup', 'load', 'run'] as const) {
      const abort = new AbortController();
      let aborted = 0;
      const running = smokeTest(await openFixture('faults/infinite-loop'), {
        device: 'cpu',
        signal: abort.signal,
        onProgress: ({ stage }) => {
          if (stage !== at) return;
          aborted = performance.now();
          abort.abort(reason);
        },
      });
      await expect(running).rejects.toBe(reason);
      expect((performance.now() - aborted) / 1000, at).toBeLessThan(GRACE);
      expectClean();
    }
    await expect(
      smokeTest(await openFixture('faults/infinite-loop'), { signal: AbortSignal.abort(reason) }),
    ).rejects.toBe(reason);
    expectClean();
  });

  it('stops at any time, in the second variant too', async () => {
    const folder = withSecondVariant('faults/infinite-loop');
    for (const ms of [0, 30, 100, 300, 700, 1_500, 3_000, 6_000]) {
      const signal = AbortSignal.timeout(ms);
      const start = performance.now();
      await expect(smokeTest(await open(folder), { device: 'cpu', signal })).rejects.toThrow('aborted');
      expect(performance.now() - start).toBeLessThan(ms + 1000 * GRACE);
      expectClean();
    }
  });
});

describe('the parent', () => {
  it('hears what a listener of its caller throws, and nothing else happens', async () => {
    const error = new TypeError('no such bar');
    for (const at of ['plan', 'load', 'run', 'check'] as const) {
      const running = smokeTest(await openFixture('tabular-classification'), {
        device: 'cpu',
        onProgress: ({ stage }) => {
          if (stage === at) throw error;
        },
      });
      await expect(running).rejects.toBe(error);
      expectClean();
    }
  });

  it('runs two at once, and each ends as it does alone', async () => {
    const [sound, hanging, crashing] = await Promise.all([
      timed(fixturePath('tabular-classification')),
      timed(fixturePath('faults/infinite-loop'), { caseTimeoutMs: 1_500 }),
      timed(fixturePath('faults/crash')),
    ]);
    expect(sound.report.status).toBe('passed');
    expect(hanging.report.reason).toContain('did not finish within 1.5 s');
    expect(crashing.report.reason).toContain('SIGFPE');
    expectClean();
  });

  it.runIf(linux)(
    'keeps its size, its files and its listeners over many runs',
    async () => {
      // Most end before the model is loaded, which takes longest: their child is started and stopped.
      const folders = [
        'tabular-classification',
        'faults/truncated-onnx',
        'faults/external-data-missing',
        'faults/crash',
        'faults/lfs-pointer',
      ];
      const controller = new AbortController();
      const run = async (count: number) => {
        for (let index = 0; index < count; index++) {
          const folder = fixturePath(folders[index % folders.length] ?? '');
          await smokeTest(await open(folder), { device: 'cpu', signal: controller.signal });
        }
      };
      const measure = () => ({
        files: readdirSync('/proc/self/fd').length,
        handles: process.getActiveResourcesInfo().filter((name) => !/^(?:Immediate|Timeout)$/.test(name))
          .length,
        listeners: process
          .eventNames()
          .map((name) => process.listenerCount(name))
          .reduce((a, b) => a + b, 0),
        heap: process.memoryUsage().heapUsed,
      });
      await run(6);
      const first = measure();
      await run(50);
      const last = measure();
      expect(last.files).toBeLessThanOrEqual(first.files + 2);
      expect(last.handles).toBeLessThanOrEqual(first.handles + 2);
      expect(last.listeners).toBe(first.listeners);
      expect(last.heap).toBeLessThan(first.heap + 32e6);
      expectClean();
    },
    240_000,
  );
});
