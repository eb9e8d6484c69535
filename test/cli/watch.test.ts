import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseOptions } from '../../src/cli/options.js';
import { watchRun } from '../../src/cli/watch.js';
import type { ExitCode } from '../../src/errors.js';
import { BAD, GOOD } from './checkout.js';
import { runMain } from './scenario.js';

let cwd: string;
beforeEach(() => {
  cwd = realpathSync.native(mkdtempSync(join(tmpdir(), 'watch-')));
  write('README.md', GOOD);
});
afterEach(() => rmSync(cwd, { recursive: true, force: true, maxRetries: 3 }));

function write(path: string, text: string): void {
  writeFileSync(join(cwd, path), text);
}

/** A watching command in this process: what it wrote, and its end. */
function watching(args: readonly string[], isTTY = false, folder = cwd) {
  const stop = new AbortController();
  let text = '';
  const told: (() => void)[] = [];
  const writer = {
    write(part: string) {
      text += part;
      for (const tell of told.splice(0)) tell();
    },
  };
  const ended: Promise<{ readonly status: ExitCode }> = runMain(['--watch', ...args], folder, {
    stdout: writer,
    stderr: writer,
    signal: stop.signal,
    isTTY: { stdout: isTTY, stderr: isTTY },
    columns: 80,
  });
  let at = 0;
  return {
    /** What is written from the last call on, up to where it matches. */
    async until(pattern: RegExp): Promise<string> {
      const late = AbortSignal.timeout(45_000);
      for (;;) {
        const found = pattern.exec(text.slice(at));
        if (found !== null) {
          const part = text.slice(at, at + found.index + found[0].length);
          at += found.index + found[0].length;
          return part;
        }
        if (late.aborted) throw new Error(`No ${String(pattern)} in ${JSON.stringify(text.slice(at))}`);
        await new Promise<void>((resolve) => {
          told.push(resolve);
          setTimeout(resolve, 100);
        });
      }
    },
    written: () => text,
    async end(): Promise<ExitCode> {
      stop.abort(new Error('Interrupted.'));
      return (await ended).status;
    },
  };
}

const READY = /✔ Ready to publish.*\n/;
const NOT_READY = /✖ Not ready to publish.*\n/;

describe('--watch', () => {
  it('checks again when the card changes, however it is saved, and ends with the last exit code', async () => {
    const watch = watching([]);
    await watch.until(READY);
    write('README.md', BAD);
    expect(await watch.until(NOT_READY)).toMatch(/^[\s\S]*README\.md changed\.\n/);
    // As editors do it: a draft that takes the place of the file.
    write('.README.md.swp', GOOD);
    renameSync(join(cwd, '.README.md.swp'), join(cwd, 'README.md'));
    await watch.until(READY);
    unlinkSync(join(cwd, 'README.md'));
    expect(await watch.until(NOT_READY)).toContain('card-missing');
    write('README.md', GOOD);
    await watch.until(READY);
    renameSync(join(cwd, 'README.md'), join(cwd, 'README.md~'));
    write('README.md', BAD);
    await watch.until(NOT_READY);
    expect(await watch.end()).toBe(1);
    expect(watch.written()).not.toContain('\u001b');
  });

  it('checks again when files, folders and settings come and go', async () => {
    const watch = watching(['--quiet']);
    await watch.until(READY);
    mkdirSync(join(cwd, 'onnx'));
    await watch.until(READY);
    write('onnx/model.onnx', '');
    await watch.until(READY);
    write('.validate-card.yaml', 'required: [datasets]\n');
    await watch.until(NOT_READY);
    write('.validate-card.yaml', 'required: [');
    expect(await watch.until(/error: .*\n/)).toContain('.validate-card.yaml');
    rmSync(join(cwd, '.validate-card.yaml'));
    await watch.until(READY);
    expect(await watch.end()).toBe(0);
  });

  it('waits for a folder that is away', async () => {
    mkdirSync(join(cwd, 'model'));
    write('model/README.md', GOOD);
    const watch = watching(['model', '--quiet']);
    await watch.until(READY);
    renameSync(join(cwd, 'model'), join(cwd, 'elsewhere'));
    await watch.until(/There is no file or folder model/);
    renameSync(join(cwd, 'elsewhere'), join(cwd, 'model'));
    await watch.until(READY);
    write('model/README.md', BAD);
    await watch.until(NOT_READY);
    expect(await watch.end()).toBe(1);
  });

  it('watches what a pattern matches, also what comes later', async () => {
    for (const name of ['a', 'b']) mkdirSync(join(cwd, 'models', name), { recursive: true });
    write('models/a/README.md', GOOD);
    const watch = watching(['models/*', '--quiet']);
    await watch.until(/1 repository · 1 ready/);
    write('models/b/README.md', BAD);
    await watch.until(/2 repositories · 1 ready to publish · 1 not/);
    expect(await watch.end()).toBe(1);
  });

  it('watches where a pattern with a whole path begins', async () => {
    for (const name of ['a', 'b']) mkdirSync(join(cwd, 'models', name), { recursive: true });
    write('models/a/README.md', GOOD);
    const watch = watching([`${cwd.split(sep).join('/')}/models/*`, '--quiet']);
    await watch.until(/1 repository · 1 ready/);
    write('models/b/README.md', BAD);
    await watch.until(/2 repositories · 1 ready to publish · 1 not/);
    expect(await watch.end()).toBe(1);
  });

  it('watches nothing more for a pattern that takes out', async () => {
    for (const name of ['a', 'drafts']) mkdirSync(join(cwd, 'models', name), { recursive: true });
    write('models/a/README.md', GOOD);
    write('models/drafts/README.md', BAD);
    const watch = watching(['models/*', '!models/drafts']);
    await watch.until(/1 repository · 1 ready/);
    write('notes.txt', 'Beside the models.');
    // Far longer than a change needs to be noticed.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    write('models/a/README.md', BAD);
    expect(await watch.until(/0 ready|1 not ready/)).toMatch(/models\/a\/README\.md changed/);
    await watch.end();
    expect(watch.written()).not.toContain('notes.txt');
  });

  it('draws each report in the place of the last on a terminal', async () => {
    const watch = watching([], true);
    const page = await watch.until(/Checked in \d+ ms; watching for changes \(Ctrl-C ends\)/);
    expect(page.startsWith('\u001b[2J\u001b[3J\u001b[H')).toBe(true);
    write('README.md', BAD);
    await watch.until(NOT_READY);
    expect(await watch.end()).toBe(1);
    expect(watch.written().split('\u001b[2J')).toHaveLength(3);
    expect(watch.written().endsWith('\n')).toBe(true);
  });

  it('writes reports to files anew, and does not take them for a change', async () => {
    const watch = watching(['--format', 'json=report.json', '--format', 'pretty']);
    await watch.until(READY);
    write('README.md', BAD);
    await watch.until(NOT_READY);
    expect(JSON.parse(readFileSync(join(cwd, 'report.json'), 'utf8')).summary.publishable).toBe(false);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(watch.written().match(/ready to publish/gi)).toHaveLength(2);
    await watch.end();
  });

  it.each([
    [['--fix'], /--watch and --fix exclude each other/],
    [['--format', 'json'], /not as json/],
    [['org/name'], /org\/name is none/],
    [['--changed'], /--watch and --changed/],
  ])('refuses %j', async (args, message) => {
    const { status, stderr } = await runMain(['--watch', ...args], cwd);
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
  });
});

describe('--watch --smoke', () => {
  it('runs the model when the files rest, and stops it when one changes', async () => {
    const runs: { readonly smoke: boolean; aborted: boolean }[] = [];
    const options = parseOptions(['--watch', '--smoke']);
    if (options.kind !== 'run') throw new Error('These options run a check.');
    const stop = new AbortController();
    const lastly = watchRun(
      options,
      {
        stdout: { write: () => undefined },
        stderr: { write: () => undefined },
        env: {},
        cwd,
        platform: process.platform,
        isTTY: { stdout: false, stderr: false },
        columns: undefined,
        signal: stop.signal,
      },
      async ({ smoke }, { signal }) => {
        const run = { smoke, aborted: false };
        runs.push(run);
        if (!smoke) return 0;
        // A model that runs until it is stopped, the first time; it fails the second time.
        if (runs.filter((one) => one.smoke).length > 1) return 1;
        await new Promise<void>((resolve) => {
          signal?.addEventListener('abort', () => {
            run.aborted = true;
            resolve();
          });
        });
        return 3;
      },
    );
    const smokeRuns = () => runs.filter((one) => one.smoke).length;
    await expect.poll(smokeRuns).toBe(1);
    write('README.md', BAD);
    // Changes one after the other put it off.
    await expect.poll(() => runs.filter((one) => one.aborted).length).toBe(1);
    write('README.md', GOOD);
    await expect.poll(smokeRuns).toBe(2);
    await expect.poll(() => runs.at(-1)?.smoke).toBe(true);
    stop.abort();
    expect(await lastly).toBe(1);
    expect(runs[0]).toEqual({ smoke: false, aborted: false });
  });
});

describe('--watch as a process', () => {
  const entry = fileURLToPath(new URL('../../src/cli/bin.ts', import.meta.url));
  const start = (): ChildProcessWithoutNullStreams =>
    spawn(process.execPath, ['--import', import.meta.resolve('tsx'), entry, '--watch'], {
      cwd,
      env: { ...process.env, CI: 'true', LANG: 'C.UTF-8' },
    });
  const seen = (child: ChildProcessWithoutNullStreams, pattern: RegExp) =>
    new Promise<void>((resolve) => {
      let text = '';
      child.stdout.on('data', (part: Buffer) => {
        text += part.toString('utf8');
        if (pattern.test(text)) resolve();
      });
    });
  const end = (child: ChildProcessWithoutNullStreams) =>
    new Promise<number | null>((resolve) => child.on('exit', (code) => resolve(code)));

  // Windows has no such signals: there a process is ended without a word.
  if (process.platform !== 'win32') {
    it.each([
      [GOOD, 0],
      [BAD, 1],
    ])('ends at Ctrl-C with the last exit code', async (card, code) => {
      write('README.md', card);
      const child = start();
      const ended = end(child);
      await seen(child, /eady to publish/);
      child.kill('SIGINT');
      expect(await ended).toBe(code);
    });

    it('ends when nobody reads any more', async () => {
      const child = start();
      const ended = end(child);
      await seen(child, /eady to publish/);
      child.stdout.destroy();
      write('README.md', BAD);
      expect(await ended).not.toBeNull();
    });
  }
});
