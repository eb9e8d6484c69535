import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmod, lstat, mkdir, readdir, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Host } from '../../src/cli/host.js';
import { startProgress } from '../../src/cli/progress.js';
import { canvas } from '../../src/cli/terminal.js';
import { FORMAT_NAMES } from '../../src/report/names.js';
import { HF_TOKEN } from '../secrets/credentials.js';
import { inFolder, runMain, textOf } from './scenario.js';

const GOOD =
  '---\nlanguage: en\nlicense: mit\nlibrary_name: transformers\npipeline_tag: text-classification\n---\n# A\n';
const BAD = GOOD.replace('mit', 'MIT');

const card = (text: string) => new Map([['README.md', text]]);

describe('main', () => {
  it('sends no control sequence of a card to the terminal, whatever the format', async () => {
    const text = GOOD.replace('mit', '"\u009b31m\u001b]0;title\u0007\u202e"').replace('en\n', '"\\e[2J"\n');
    await inFolder(card(text), async (folder) => {
      for (const format of FORMAT_NAMES) {
        const { stdout, stderr, status } = await runMain(['--format', format], folder);
        expect([format, status]).toEqual([format, 1]);
        expect(stderr).toBe('');
        expect(stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u);
      }
    });
  });

  it('shows no control sequence of a card in a diff on a terminal, and hands the very bytes to a program', async () => {
    const title = '\u001b]0;title\u0007';
    await inFolder(card(`---\nlicense: MIT\n---\n${title}\n`), async (folder) => {
      const diff = async (stdout: boolean) =>
        (await runMain(['--fix', '--dry-run'], folder, { isTTY: { stdout, stderr: false } })).stdout;
      expect(await diff(false)).toContain(`\n ${title}\n`);
      expect(await diff(true)).toContain('\n ␛]0;title␇\n');
    });
  });

  it('shows no secret of a card in a diff on a terminal or in a log, and hands the very text to a program', async () => {
    await inFolder(card(`---\nlicense: MIT\n---\nlogin("${HF_TOKEN}")\n`), async (folder) => {
      const diff = async (host: Partial<Host>) =>
        (await runMain(['--fix', '--dry-run'], folder, host)).stdout;
      const hidden = ` login("hf_${'*'.repeat(34)}")\n`;
      const isTTY = { stdout: false, stderr: false };
      expect(await diff({ isTTY })).toContain(` login("${HF_TOKEN}")\n`);
      expect(await diff({ isTTY: { ...isTTY, stdout: true } })).toContain(hidden);
      expect(await diff({ isTTY, env: { CI: 'true' } })).toContain(hidden);
      expect(await diff({ isTTY, env: { GITHUB_ACTIONS: 'true' } })).toContain(hidden);
    });
  });

  it('commands nothing in a log of GitHub Actions, whatever a card, a file or an argument says', async () => {
    const env = { GITHUB_ACTIONS: 'true' };
    const evil = '::error::x\n::stop-commands::y ##[error]z';
    const bad = `---\nlicense: "mit ::a ##[error]${'x '.repeat(30)}::b"\n"::c": 1\n::d: "::\n---\n`;
    const obeyed = /^\s*::|##\[/m;
    await inFolder(card(bad), async (folder) => {
      // The format for GitHub is made of commands, our own: test/report/github.test.ts looks at them.
      for (const format of FORMAT_NAMES.filter((name) => name !== 'github')) {
        expect((await runMain(['--format', format], folder, { env })).stdout).not.toMatch(obeyed);
      }
      const { status, stderr } = await runMain([evil], folder, { env });
      expect(status).toBe(2);
      expect(stderr).toMatch(/stop-commands/);
      expect(stderr).not.toMatch(obeyed);
    });
  });

  it('colours only when told to', async () => {
    await inFolder(card(BAD), async (folder) => {
      const painted = async (args: readonly string[], host: Partial<Host>) =>
        (await runMain(args, folder, host)).stdout.includes('\u001b[');
      const terminal = { isTTY: { stdout: true, stderr: false }, columns: 80 };
      expect(await painted([], {})).toBe(false);
      expect(await painted([], terminal)).toBe(true);
      expect(await painted([], { ...terminal, env: { NO_COLOR: '1' } })).toBe(false);
      expect(await painted([], { ...terminal, env: { TERM: 'dumb' } })).toBe(false);
      expect(await painted([], { env: { FORCE_COLOR: '1' } })).toBe(true);
      expect(await painted([], { ...terminal, env: { FORCE_COLOR: '0' } })).toBe(false);
      expect(await painted(['--no-color'], { env: { FORCE_COLOR: '1' } })).toBe(false);
      expect(await painted(['--color'], { env: { NO_COLOR: '1' } })).toBe(true);
    });
  });

  it('ends with 3 and a short message when the program itself fails', async () => {
    const stdout = {
      write: () => {
        throw new TypeError('no pen');
      },
    };
    await inFolder(card(GOOD), async (folder) => {
      const short = await runMain([], folder, { stdout });
      expect(short.status).toBe(3);
      expect(short.stderr).toBe(
        'error: no pen\n  This is a fault of validate-card. Run with --debug for the stack, and please report it.\n',
      );
      const long = await runMain(['--debug'], folder, { stdout });
      expect(long.stderr).toMatch(/\n +at /);
    });
  });

  it('breaks what it says on a terminal between words', async () => {
    await inFolder(card(GOOD), async (folder) => {
      const isTTY = { stdout: false, stderr: true };
      const { stderr } = await runMain(['--dtype', 'fp23', '--smoke'], folder, { isTTY, columns: 50 });
      expect(stripVTControlCharacters(stderr)).toBe(
        [
          'error: --dtype cannot be "fp23".',
          '  Did you mean fp32? It is one of fp32, fp16, q8,',
          '  int8, uint8, q4, q4f16, bnb4, q2, q2f16, q1,',
          '  q1f16.',
          '',
        ].join('\n'),
      );
    });
  });

  it('says so when it is interrupted', async () => {
    await inFolder(card(GOOD), async (folder) => {
      const signal = AbortSignal.abort(new Error('Interrupted by SIGINT.'));
      const { status, stderr, stdout } = await runMain([], folder, { signal });
      expect([status, stdout, stderr]).toEqual([3, '', 'error: Interrupted.\n']);
    });
  });

  it('does not take a reader that had enough for an error', async () => {
    await inFolder(card(BAD), async (folder) => {
      const entry = fileURLToPath(new URL('../../src/cli/bin.ts', import.meta.url));
      const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), entry], {
        cwd: folder,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      child.stdout.destroy();
      let stderr = '';
      child.stderr.on('data', (chunk) => (stderr += chunk));
      const status = await new Promise((resolve) => child.on('close', resolve));
      expect([status, stderr]).toEqual([1, '']);
    });
  });
});

describe('--fix', () => {
  it('keeps the mode of the card, and leaves nothing behind', async () => {
    await inFolder(card(BAD), async (folder) => {
      await chmod(join(folder, 'README.md'), 0o640);
      const { mode } = await stat(join(folder, 'README.md'));
      expect((await runMain(['--fix'], folder)).status).toBe(0);
      expect((await stat(join(folder, 'README.md'))).mode).toBe(mode);
      expect(await readdir(folder)).toEqual(['README.md']);
      expect(await textOf(join(folder, 'README.md'))).toBe(GOOD);
    });
  });

  it('keeps a byte-order mark and CRLF', async () => {
    const text = `\ufeff${BAD.replaceAll('\n', '\r\n')}`;
    await inFolder(card(text), async (folder) => {
      await runMain(['--fix'], folder);
      expect(await textOf(join(folder, 'README.md'))).toBe(text.replace('MIT', 'mit'));
    });
  });

  it('writes through a link inside the repository, and refuses one that leads out of it', async () => {
    await inFolder(
      new Map([
        ['repo/docs/card.md', BAD],
        ['out.md', BAD],
      ]),
      async (folder) => {
        const link = join(folder, 'repo/README.md');
        await symlink('docs/card.md', link);
        expect((await runMain(['repo', '--fix'], folder)).status).toBe(0);
        expect((await lstat(link)).isSymbolicLink()).toBe(true);
        expect(await textOf(join(folder, 'repo/docs/card.md'))).toBe(GOOD);

        await mkdir(join(folder, 'evil'));
        await symlink('../out.md', join(folder, 'evil/README.md'));
        const { status, stderr } = await runMain(['evil', '--fix'], folder);
        expect(status).toBe(3);
        expect(stderr).toContain('symbolic link that leads out of the repository');
        expect(await textOf(join(folder, 'out.md'))).toBe(BAD);
      },
    );
  });

  it('leaves a card that is no text alone', async () => {
    await inFolder(card(''), async (folder) => {
      const bytes = new Uint8Array([0, 1, 2, 255]);
      await writeFile(join(folder, 'README.md'), bytes);
      const { status, stderr } = await runMain(['--fix'], folder);
      expect([status, stderr]).toEqual([1, 'Nothing to fix in README.md.\n']);
      expect((await stat(join(folder, 'README.md'))).size).toBe(4);
    });
  });
});

describe('--format NAME=FILE', () => {
  it('finds what a report is made from behind links, other names and a target elsewhere', async () => {
    const before = new Map([
      ['model/README.md', GOOD],
      ['model/config.json', '{}'],
      ['model/.gitattributes', '*.bin filter=lfs\n'],
      ['model/.eval_results/a.yaml', '[]\n'],
      ['model/.validate-card.yaml', 'failLevel: never\n'],
      ['ci.yaml', 'failLevel: never\n'],
    ]);
    await inFolder(before, async (folder) => {
      await symlink('README.md', join(folder, 'model', 'alias.md'));
      await symlink('model', join(folder, 'linked'));
      for (const file of [
        'model/alias.md',
        'linked/README.md',
        'model/../model/config.json',
        'model/.gitattributes',
        'linked/.eval_results/a.yaml',
        'model/.eval_results/new.yaml',
        join(folder, 'model', '.validate-card.yaml'),
        'ci.yaml',
      ]) {
        const args = ['model', ...(file === 'ci.yaml' ? ['--config', file] : []), '--format', `json=${file}`];
        expect([file, (await runMain(args, folder)).status]).toEqual([file, 2]);
        const updating = ['model', ...args.slice(1, -2), '--baseline', file, '--update-baseline'];
        expect([file, (await runMain(updating, folder)).status]).toEqual([file, 2]);
      }
      for (const [path, text] of before) expect(await textOf(join(folder, path))).toBe(text);
      expect((await runMain(['model', '--format', 'json=model/report.json'], folder)).status).toBe(0);
    });
  });

  it('says that a folder is no place for a report', async () => {
    await inFolder(card(GOOD), async (folder) => {
      const { status, stderr } = await runMain(['--format', 'json=.'], folder);
      expect(status).toBe(3);
      expect(stderr).toContain('cannot be written (it is a folder).');
    });
  });

  it('replaces a file in one step and keeps its mode', async () => {
    await inFolder(
      new Map([
        ['README.md', GOOD],
        ['out.json', 'old'],
      ]),
      async (folder) => {
        await chmod(join(folder, 'out.json'), 0o600);
        const { mode } = await stat(join(folder, 'out.json'));
        await runMain(['--format', 'json=out.json'], folder);
        expect(JSON.parse((await textOf(join(folder, 'out.json'))) ?? '').schemaVersion).toBe(1);
        expect((await stat(join(folder, 'out.json'))).mode).toBe(mode);
        expect(await readdir(folder)).toEqual(['README.md', 'out.json']);
      },
    );
  });

  it.runIf(process.platform !== 'win32')('writes to a device instead of replacing it', async () => {
    await inFolder(card(GOOD), async (folder) => {
      expect((await runMain(['--format', 'json=/dev/null'], folder)).status).toBe(0);
      expect((await stat('/dev/null')).isCharacterDevice()).toBe(true);
    });
  });
});

describe('the process', () => {
  /** Runs the command as a process of its own, started by a shell. */
  async function run(
    cwd: string,
    args: readonly string[],
    options: { readonly after?: string; readonly signalWhen?: RegExp } = {},
  ): Promise<{ status: number | null; signal: NodeJS.Signals | null; stderr: string }> {
    const entry = fileURLToPath(new URL('../../src/cli/bin.ts', import.meta.url));
    const imports = ['--import', import.meta.resolve('tsx')];
    const command = [process.execPath, ...imports, entry, ...args];
    const line = `exec ${command.map((word) => `'${word}'`).join(' ')} ${options.after ?? ''}`;
    const child = spawn('sh', ['-c', line], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.resume();
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
      if (options.signalWhen?.test(stderr)) child.kill('SIGTERM');
    });
    return new Promise((resolve) =>
      child.on('close', (status, signal) => resolve({ status, signal, stderr })),
    );
  }

  it.runIf(process.platform === 'linux')('ends with 3 when its output is lost on a full disk', async () => {
    await inFolder(card(GOOD), async (folder) => {
      expect(await run(folder, [], { after: '>/dev/full' })).toEqual({
        status: 3,
        signal: null,
        stderr: 'error: Standard output cannot be written (ENOSPC).\n',
      });
    });
  });

  it.runIf(process.platform === 'linux')('says so when the working directory is gone', async () => {
    await inFolder(new Map(), async (folder) => {
      // The built command: what compiles TypeScript cannot start without a working directory.
      const command = fileURLToPath(new URL('../../dist/cli.cjs', import.meta.url));
      const { status, stderr } = spawnSync(
        'sh',
        ['-c', 'mkdir gone && cd gone && rmdir ../gone && exec "$0" "$1"', process.execPath, command],
        { cwd: folder, encoding: 'utf8', timeout: 60_000 },
      );
      expect([status, stderr]).toEqual([
        3,
        'error: The working directory does not exist any more.\n  Change to a folder that exists and run the command again.\n',
      ]);
    });
  });

  it.runIf(process.platform !== 'win32')(
    'ends by the signal when it hangs where it cannot be aborted',
    async () => {
      await inFolder(card(GOOD), async (folder) => {
        execFileSync('mkfifo', [join(folder, 'nobody-writes')]);
        // The line of a slow stage shows that it is waiting.
        const { status, signal } = await run(folder, ['--smoke', '--input', '@nobody-writes'], {
          signalWhen: /Reading the repository/,
        });
        expect([status, signal]).toEqual([null, 'SIGTERM']);
      });
    },
    30_000,
  );
});

describe('--smoke where it cannot be tried', () => {
  const fixture = fileURLToPath(new URL('../../fixtures/text-classification', import.meta.url));
  const device = process.platform === 'win32' ? 'coreml' : 'dml';

  it('reports card and verdict all the same, then says why, and ends with 3', async () => {
    await inFolder(new Map(), async (folder) => {
      const args = [fixture, '--smoke', '--device', device, '--format', 'json=report.json'];
      const { stdout, stderr, status } = await runMain(args, folder);
      expect(status).toBe(3);
      expect(stdout).toContain('Model page');
      expect(stdout).not.toContain('Smoke inference');
      expect(stderr).toContain(`error: The device ${device} does not work here`);
      const report: unknown = JSON.parse((await textOf(join(folder, 'report.json'))) ?? '');
      expect(report).toMatchObject({ support: { api: { enabled: true } } });
      expect(report).not.toHaveProperty('smoke');
    });
  });
});

describe('--input @FILE', () => {
  it.runIf(process.platform !== 'win32')('opens no device, which need not end', async () => {
    await inFolder(card(GOOD), async (folder) => {
      const { status, stderr } = await runMain(['--smoke', '--input', '@/dev/zero'], folder);
      expect([status, stderr.split('\n')[0]]).toEqual([2, 'error: --input @/dev/zero: this is not a file.']);
    });
  });
});

describe('a target', () => {
  it('is not the working directory when it is an empty text', async () => {
    await inFolder(card(GOOD), async (folder) => {
      const { status, stderr } = await runMain([''], folder);
      expect([status, stderr.split('\n')[0]]).toEqual([2, 'error: The target is empty.']);
    });
  });

  it('on the Hub is asked for where HF_ENDPOINT says, with HF_TOKEN, which is never shown', async () => {
    const seen: string[] = [];
    const server = createServer((request, response) => {
      seen.push(`${request.url} ${request.headers.authorization}`);
      response.writeHead(403).end();
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await inFolder(new Map(), async (folder) => {
      const env = { HF_ENDPOINT: `http://127.0.0.1:${port}/`, HF_TOKEN: 'hf_secret' };
      const { status, stdout, stderr } = await runMain(['org/name', '--debug'], folder, { env });
      expect([status, stdout]).toEqual([3, '']);
      expect(stderr).toContain('The Hub refuses access to org/name');
      expect(stderr).not.toContain('secret');
    });
    server.close();
    expect(seen[0]).toMatch(/^\/api\/models\/org\/name\/revision\/main\?.* Bearer hf_secret$/);
  });

  it.each([
    { HF_ENDPOINT: 'file:///secret' },
    { HF_ENDPOINT: 'https://user:secret@hub' },
    { HF_TOKEN: 'secret' },
    { HF_TOKEN: 'hf_secret\nX-Header: 1' },
  ])('on the Hub is not asked for with %j', async (env) => {
    await inFolder(new Map(), async (folder) => {
      const { status, stderr } = await runMain(['org/name'], folder, { env });
      expect([status, stderr.includes('secret')]).toEqual([2, false]);
      expect(stderr).toMatch(/^error: HF_(?:ENDPOINT|TOKEN) is no /);
    });
  });
});

const HOST: Host = {
  stdout: { write: () => true },
  stderr: { write: () => true },
  env: {},
  cwd: '/',
  platform: 'linux',
  isTTY: { stdout: true, stderr: true },
  columns: 90,
};

describe('canvas', () => {
  it.each([
    [{}, true],
    [{ LANG: 'C.UTF-8' }, true],
    [{ LANG: 'de_DE.utf8' }, true],
    [{ LANG: 'C' }, false],
    [{ LANG: 'C.UTF-8', LC_ALL: 'POSIX' }, false],
    [{ LANG: 'C.UTF-8', TERM: 'linux' }, false],
  ])('finds in %j whether there is Unicode: %s', (env, unicode) => {
    expect(canvas({ ...HOST, env }, 'stdout', undefined).unicode).toBe(unicode);
  });

  it('knows the old console of Windows from the new one', () => {
    const windows = { ...HOST, platform: 'win32' };
    expect(canvas(windows, 'stdout', undefined).unicode).toBe(false);
    expect(canvas({ ...windows, env: { WT_SESSION: 'x' } }, 'stdout', undefined).unicode).toBe(true);
  });

  it('takes the width of the terminal, and a fixed one where there is none', () => {
    expect(canvas(HOST, 'stdout', undefined).width).toBe(90);
    expect(canvas({ ...HOST, isTTY: { stdout: false, stderr: false } }, 'stdout', undefined).width).toBe(100);
  });
});

describe('progress', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  /** A host that keeps what is written to stderr. */
  function written(host: Partial<Host>): { readonly text: () => string; readonly host: Host } {
    let text = '';
    const stderr = { write: (part: string) => (text += part) };
    return { text: () => text, host: { ...HOST, ...host, stderr } };
  }

  it('turns on a terminal, and leaves no trace', () => {
    vi.useFakeTimers();
    const { text, host } = written({});
    const progress = startProgress(host, false, false);
    progress.show({ stage: 'load', detail: 'model\u001b[31m.onnx' });
    vi.advanceTimersByTime(100);
    expect(text()).toBe('');
    vi.advanceTimersByTime(300);
    expect(text()).toContain('Loading the model: model␛[31m.onnx');
    progress.stop();
    expect(text().endsWith('\r\u001b[K')).toBe(true);
    const length = text().length;
    vi.advanceTimersByTime(1000);
    expect(text()).toHaveLength(length);
  });

  it('keeps a log free of it, but for stages that take long', () => {
    vi.useFakeTimers();
    const { text, host } = written({ env: { CI: 'true' } });
    const progress = startProgress(host, false, undefined);
    progress.show({ stage: 'read' });
    vi.advanceTimersByTime(4000);
    progress.show({ stage: 'run', detail: 'case 1' });
    vi.advanceTimersByTime(20_000);
    progress.stop();
    expect(text()).toBe('Running the model: case 1...\n');
  });

  it('is silent when quiet', () => {
    vi.useFakeTimers();
    const { text, host } = written({});
    const progress = startProgress(host, true, undefined);
    progress.show({ stage: 'run' });
    vi.advanceTimersByTime(20_000);
    progress.stop();
    expect(text()).toBe('');
  });
});
