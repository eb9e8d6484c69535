import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Host } from '../../src/cli/host.js';
import { main } from '../../src/cli/main.js';
import type { ExitCode } from '../../src/errors.js';

/** What a run of the command left behind. */
export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
}

/**
 * One case of the command, read from a text file: what it shows, then sections that begin `=== name`. `args` holds one
 * argument a line, `env` one `NAME=value` a line, `file PATH` a file before the run and `after PATH` the same file
 * afterwards; `stdout`, `stderr` and `status` are what is expected. In what is expected, a line `[...]` stands for any
 * lines, and `[..]` inside a line for any characters. `child` says to run it as a child process too.
 */
export interface Scenario {
  readonly title: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly files: ReadonlyMap<string, string>;
  readonly after: ReadonlyMap<string, string>;
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number;
  readonly child: boolean;
}

/** Reads the text of a case. */
export function parseScenario(text: string): Scenario {
  const [title = '', ...sections] = text.split(/^=== /m);
  const named = sections.map((section) => {
    const end = section.indexOf('\n');
    return { name: section.slice(0, end).trim(), body: section.slice(end + 1) };
  });
  const body = (name: string) => named.find((section) => section.name === name)?.body ?? '';
  const lines = (name: string) => body(name).split('\n').filter(Boolean);
  const files = (kind: string) =>
    new Map(
      named
        .filter((section) => section.name.startsWith(`${kind} `))
        .map((section) => [section.name.slice(kind.length + 1), section.body]),
    );
  return {
    title: title.replace(/\s+/g, ' ').trim(),
    args: lines('args'),
    env: Object.fromEntries(lines('env').map((line) => line.split(/=(.*)/s).slice(0, 2))),
    files: files('file'),
    after: files('after'),
    stdout: body('stdout'),
    stderr: body('stderr'),
    status: Number(body('status')),
    child: named.some((section) => section.name === 'child'),
  };
}

/** The expected text as an expression: `[...]` for any lines, `[..]` for anything in a line. */
export function expected(text: string): RegExp {
  const pattern = text
    .split('\n')
    .map((line) => (line === '[...]' ? '\u0000' : line.split('[..]').map(escapeExpression).join('[^\n]*?')))
    .join('\n')
    .replaceAll('\u0000\n', '(?:[^\n]*\n)*?');
  return new RegExp(`^${pattern}$`);
}

function escapeExpression(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

/** Writes the files of a case into a new folder, runs `work` in it and removes it. */
export async function inFolder<T>(
  files: ReadonlyMap<string, string>,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'validate-card-'));
  try {
    for (const [path, text] of files) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Runs the command in this process, in a folder, with a host that is no terminal unless `host` says otherwise. */
export async function runMain(
  args: readonly string[],
  cwd: string,
  host: Partial<Host> = {},
): Promise<Outcome & { readonly status: ExitCode }> {
  let stdout = '';
  let stderr = '';
  const status = await main(args, {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    env: {},
    cwd,
    platform: 'linux',
    isTTY: { stdout: false, stderr: false },
    columns: undefined,
    ...host,
  });
  return { stdout, stderr, status };
}

/** The text of a file; undefined when there is none. */
export function textOf(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}
