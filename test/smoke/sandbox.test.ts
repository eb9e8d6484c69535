import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { childEnvironment } from '../../src/smoke/child-environment.js';
import { type SandboxEnd, type SandboxRun, startSandbox } from '../../src/smoke/sandbox.js';
import { smokeTest } from '../../src/smoke/smoke.js';
import { BY_THE_CLOCK } from '../by-the-clock.js';
import { openFixture, temporaryFolder } from './fixture.js';

const MODEL = join(process.cwd(), 'fixtures/faults/infinite-loop');

/** Runs a script in a sandbox; each value it says is kept, and the one with `last` ends the run. */
async function run(
  code: string,
  options: Partial<SandboxRun> = {},
): Promise<{
  readonly end: SandboxEnd;
  readonly said: readonly unknown[];
  readonly seconds: number;
  readonly folder: string;
  readonly peak: number | null;
  readonly pid: number;
  readonly written: string;
}> {
  const script = join(temporaryFolder(), 'script.mjs');
  writeFileSync(
    script,
    `import { writeSync } from 'node:fs';\nconst say = (value) => writeSync(3, JSON.stringify(value) + '\\n');\n${code}`,
  );
  const sandbox = startSandbox(script);
  const said: unknown[] = [];
  const start = performance.now();
  const end = await sandbox.run(
    { greeting: 'hello' },
    {
      memoryLimitBytes: 2e9,
      totalMs: 20_000,
      onMessage(message) {
        said.push(message);
        return typeof message === 'object' && message !== null && 'last' in message;
      },
      ...options,
    },
  );
  return {
    end,
    said,
    seconds: (performance.now() - start) / 1000,
    folder: sandbox.folder,
    peak: sandbox.peakRssBytes(),
    pid: sandbox.pid ?? -1,
    written: sandbox.written(),
  };
}

/** Whether a process runs; a dead one that nobody has reaped yet does not count. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    if (process.platform !== 'linux') return true;
    return !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}

/** Waits until a process is gone. */
async function gone(pid: number, ms: number): Promise<boolean> {
  const end = performance.now() + ms;
  while (isAlive(pid)) {
    if (performance.now() > end) return false;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return true;
}

describe('the sandbox', BY_THE_CLOCK, () => {
  it('hands over the job, hears the answer, and leaves nothing behind', async () => {
    const { end, said, folder, pid } = await run(
      `import { readFileSync } from 'node:fs'; say({ cwd: process.cwd(), last: JSON.parse(readFileSync(0, 'utf8')) }); setInterval(() => {}, 1000);`,
    );
    expect(end).toEqual({ end: 'finished' });
    expect(said).toMatchObject([{ last: { greeting: 'hello' } }]);
    expect(existsSync(folder)).toBe(false);
    expect(await gone(pid, 1_000)).toBe(true);
  });

  it('ends a script that blocks its thread', async () => {
    const { end, seconds, pid } = await run(`say('busy'); for (;;);`, { totalMs: 1_000 });
    expect(end).toEqual({ end: 'over-time', limitMs: 1_000, total: true });
    expect(seconds).toBeLessThan(3);
    expect(await gone(pid, 1_000)).toBe(true);
  });

  it('limits the time between two messages', async () => {
    const { end, seconds } = await run(`say('busy'); for (;;);`, {
      onMessage: (_, allow) => {
        allow(500);
        return false;
      },
    });
    expect(end).toEqual({ end: 'over-time', limitMs: 500, total: false });
    expect(seconds).toBeLessThan(4);
  });

  it('ends a script that takes too much memory', async () => {
    const { end, peak } = await run(
      `say('greedy'); const kept = []; for (;;) kept.push(Buffer.alloc(16e6, 1));`,
      { memoryLimitBytes: 300e6 },
    );
    expect(end.end).toBe('over-memory');
    expect(peak).toBeGreaterThan(300e6);
    expect(peak).toBeLessThan(2e9);
  });

  it.runIf(process.platform === 'linux')(
    'counts the memory of grandchildren, and ends them too',
    async () => {
      const { end, said } = await run(
        `import { spawn } from 'node:child_process';
       const child = spawn(process.execPath, ['-e', 'const kept = []; setInterval(() => kept.push(Buffer.alloc(16e6, 1)), 5)'], { stdio: 'ignore' });
       say({ pid: child.pid }); for (;;);`,
        { memoryLimitBytes: 400e6 },
      );
      expect(end.end).toBe('over-memory');
      const [{ pid }] = said as [{ pid: number }];
      expect(await gone(pid, 1_000)).toBe(true);
    },
  );

  it('does not wait for a grandchild that holds the pipe', async () => {
    const { end, seconds } = await run(
      `import { spawn } from 'node:child_process';
       spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: ['ignore', 'inherit', 'inherit', 3] }).unref();
       process.exit(7);`,
    );
    expect(end).toEqual({ end: 'exited', code: 7, signal: null });
    expect(seconds).toBeLessThan(5);
  });

  it.each(['SIGSEGV', 'SIGABRT', 'SIGFPE'] as const)('survives a script that dies of %s', async (signal) => {
    const { end, said } = await run(`say('before'); process.kill(process.pid, '${signal}'); for (;;);`);
    expect(end).toEqual({ end: 'exited', code: null, signal });
    expect(said).toEqual(['before']);
  });

  it('survives a script that says too much, in one line or in many', async () => {
    const endless = await run(`for (;;) writeSync(3, 'x'.repeat(65536));`);
    expect(endless.end).toEqual({ end: 'over-output' });
    const many = await run(
      `const line = JSON.stringify('x'.repeat(1e6)) + '\\n'; for (;;) writeSync(3, line);`,
    );
    expect(many.end).toEqual({ end: 'over-output' });
  });

  it.each([
    ['lists in lists', `'[' + '[[]],'.repeat(3e6) + '0]'`],
    ['objects', `'[' + '{},'.repeat(2e6) + '0]'`],
    ['items', `'[' + '0,'.repeat(8e6 - 9) + '0]'`],
    ['messages', `'1\\n'.repeat(1e5)`],
  ])('survives a script that says more than there is memory for: %s', async (_, text) => {
    const before = process.memoryUsage().rss;
    const said: number[] = [];
    const { end, seconds } = await run(
      `const text = ${text} + '\\n'; for (;;) for (let at = 0; at < text.length;) at += writeSync(3, text.slice(at, at + 65536));`,
      {
        onMessage: () => {
          said.push(1);
          return false;
        },
      },
    );
    expect(end).toEqual({ end: 'over-output' });
    expect(said.length).toBeLessThanOrEqual(20_000);
    expect(seconds).toBeLessThan(15);
    expect(process.memoryUsage().rss - before).toBeLessThan(900e6);
  });

  it('does not hear what nests too deep', async () => {
    const { end, said } = await run(
      `writeSync(3, '['.repeat(1e4) + ']'.repeat(1e4) + '\\n' + '{"a":'.repeat(101) + '1' + '}'.repeat(101) + '\\n'); say({ last: 1 });`,
    );
    expect(end).toEqual({ end: 'finished' });
    expect(said).toEqual([{ last: 1 }]);
  });

  it('leaves nothing behind when its job is no JSON', async () => {
    const circle: { self?: unknown } = {};
    circle.self = circle;
    const sandbox = startSandbox(join(temporaryFolder(), 'script.mjs'));
    const running = sandbox.run(circle, { memoryLimitBytes: 2e9, totalMs: 20_000, onMessage: () => false });
    await expect(running).rejects.toThrow(TypeError);
    expect(existsSync(sandbox.folder)).toBe(false);
    expect(await gone(sandbox.pid ?? -1, 1_000)).toBe(true);
  });

  it('ignores what is no JSON', async () => {
    const { end, said } = await run(`writeSync(3, 'rubbish\\n{"a":\\n'); say({ last: 1 });`);
    expect(end).toEqual({ end: 'finished' });
    expect(said).toEqual([{ last: 1 }]);
  });

  it('keeps only the end of what is written to stdout and stderr', async () => {
    const { written } = await run(
      `writeSync(1, 'begin'.padEnd(60000, '.')); writeSync(2, 'the end'); setTimeout(() => say({ last: 1 }), 100);`,
    );
    expect(written.length).toBeLessThanOrEqual(16_384);
    expect(written).not.toContain('begin');
  });

  it('passes no secrets on', async () => {
    process.env.HF_TOKEN = 'hf_secret';
    process.env.NODE_OPTIONS_TEST = 'x';
    try {
      const { said, folder } = await run(`say({ last: process.env });`);
      const [{ last }] = said as [{ last: Record<string, string> }];
      expect(last.PATH).toBe(process.env.PATH);
      expect(last.HF_TOKEN).toBeUndefined();
      expect(last.HOME).toBe(folder);
      expect(JSON.stringify(last)).not.toContain('secret');
    } finally {
      delete process.env.HF_TOKEN;
      delete process.env.NODE_OPTIONS_TEST;
    }
    const kept = childEnvironment(
      {
        GITHUB_TOKEN: 'a',
        NODE_OPTIONS: '--inspect',
        VK_DRIVER_FILES: 'b',
        XDG_RUNTIME_DIR: 'c',
        AWS_SECRET: 'd',
      },
      '/tmp/x',
    );
    const temporary = ['HOME', 'TEMP', 'TMP', 'TMPDIR', 'USERPROFILE'];
    expect(Object.keys(kept).sort()).toEqual(
      [...temporary, 'ORT_DISABLE_TELEMETRY', 'VK_DRIVER_FILES', 'XDG_RUNTIME_DIR'].sort(),
    );
    expect(kept.ORT_DISABLE_TELEMETRY).toBe('1');
  });

  it('stops on a signal of the caller', async () => {
    const { end, seconds } = await run(`for (;;);`, { signal: AbortSignal.timeout(300) });
    expect(end).toEqual({ end: 'aborted' });
    expect(seconds).toBeLessThan(3);
  });
});

describe('a machine without room', () => {
  it('is told from a fault of the model', async () => {
    const before = process.env.TMPDIR;
    process.env.TMPDIR = join(temporaryFolder(), 'not-there');
    try {
      await expect(smokeTest(await openFixture('tabular-classification'))).rejects.toMatchObject({
        code: 'temporary-folder',
        exitCode: 3,
        message: expect.stringMatching(
          /No folder for the smoke inference can be made in .* \(its folder does not exist\)/,
        ) as unknown,
        hint: expect.stringContaining('TMPDIR') as unknown,
      });
    } finally {
      if (before === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = before;
    }
  });
});

describe('the child process', BY_THE_CLOCK, () => {
  it('ends when its parent is killed, even while native code blocks it', async () => {
    const folder = temporaryFolder();
    const script = join(folder, 'parent.mts');
    const source = (path: string) => JSON.stringify(pathToFileURL(join(process.cwd(), path)).href);
    writeFileSync(
      script,
      `const { startChild } = await import(${source('src/smoke/start-child.ts')});
       const child = startChild();
       await child.run(
         { kind: 'inference', task: 'tabular-classification', way: 0, root: ${JSON.stringify(MODEL)}, fences: [${JSON.stringify(MODEL)}],
           graphs: { model: 'model.onnx' }, dtypes: { model: 'fp32' }, device: 'cpu', optimized: false, config: null, probes: [],
           media: {}, wantFiles: false, json: [], tokenRows: null, memoryLimitBytes: 2e9,
           cases: [{ input: { data: { a: [1], b: [1] } }, parameters: {} }] },
         { memoryLimitBytes: 2e9, totalMs: 60000, onMessage(message) {
           if (message.type === 'running') console.log(JSON.stringify([child.pid, child.folder]));
           return false;
         } },
       );`,
    );
    const parent = spawn(process.execPath, ['--import', 'tsx', script], { cwd: process.cwd() });
    const [pid, workingFolder] = await new Promise<[number, string]>((resolve, reject) => {
      let text = '';
      let errors = '';
      parent.stderr.on('data', (chunk: Buffer) => {
        errors += chunk.toString();
      });
      parent.stdout.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        if (text.includes('\n')) resolve(JSON.parse(text) as [number, string]);
      });
      parent.once('exit', (code) => reject(new Error(`the parent ended with ${code}: ${errors}`)));
    });
    expect(isAlive(pid)).toBe(true);
    expect(existsSync(workingFolder)).toBe(true);
    parent.removeAllListeners('exit');
    parent.kill('SIGKILL');
    expect(await gone(pid, 3_000)).toBe(true);
    expect(existsSync(workingFolder)).toBe(false);
  });

  it('ends when its parent is killed before it had a job', async () => {
    const script = join(temporaryFolder(), 'parent.mts');
    const source = pathToFileURL(join(process.cwd(), 'src/smoke/start-child.ts')).href;
    writeFileSync(
      script,
      `const { startChild } = await import(${JSON.stringify(source)});
       const child = startChild('onnx');
       console.log(JSON.stringify([child.pid, child.folder]));
       setInterval(() => {}, 1000);`,
    );
    const parent = spawn(process.execPath, ['--import', 'tsx', script], { cwd: process.cwd() });
    const [pid, folder] = await new Promise<[number, string]>((resolve) => {
      parent.stdout.once('data', (chunk: Buffer) =>
        resolve(JSON.parse(chunk.toString()) as [number, string]),
      );
    });
    expect(existsSync(folder)).toBe(true);
    parent.kill('SIGKILL');
    expect(await gone(pid, 10_000)).toBe(true);
    expect(existsSync(folder)).toBe(false);
  });
});
