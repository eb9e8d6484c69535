import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { SmokeSetupError } from '../errors.js';
import { writeFault } from '../write-fault.js';
import { residentBytes } from './memory.js';
import {
  decode,
  FOLDER_PREFIX,
  MAX_ITEMS,
  MAX_MESSAGE_BYTES,
  MAX_MESSAGES,
  MAX_NESTED,
  MAX_TOTAL_BYTES,
  weigh,
} from './protocol.js';
import { RUNTIME_FOLDER } from './runtime-place.js';

/** How often the memory of the process tree is measured, in milliseconds. */
const POLL_MS = process.platform === 'linux' ? 50 : 250;
/** How much of the end of stdout and stderr is kept, in characters. */
const KEPT_OUTPUT = 16_384;
/** How long a killed process may take to vanish before it is left behind, in milliseconds. */
const KILL_GRACE_MS = 1_000;

/**
 * Environment variables the child gets. Tokens and whatever else the parent knows stay outside; the rest is what native
 * libraries need to find themselves, the GPU and its drivers.
 */
const ENVIRONMENT = new RegExp(
  `^(?:${[
    'PATH',
    'PATHEXT',
    'LANG',
    'LC_[A-Z]+',
    'TZ',
    'SystemRoot',
    'SystemDrive',
    'windir',
    'ComSpec',
    'NUMBER_OF_PROCESSORS',
    'PROCESSOR_ARCHITECTURE',
    'LOCALAPPDATA',
    'ProgramData',
    'ProgramFiles',
    'LD_LIBRARY_PATH',
    'DYLD_[A-Z_]+',
    'XDG_RUNTIME_DIR',
    'XDG_DATA_DIRS',
    'DISPLAY',
    'WAYLAND_DISPLAY',
    'VK_[A-Z_]+',
    'CUDA_[A-Z_0-9]+',
    'NVIDIA_[A-Z_]+',
    'HIP_[A-Z_]+',
    'ROCR_[A-Z_]+',
    'MESA_[A-Z_]+',
    'LIBGL_[A-Z_]+',
    'LIBVA_[A-Z_]+',
    '__EGL_[A-Z_]+',
    '__NV_[A-Z_]+',
    '__GLX_[A-Z_]+',
    RUNTIME_FOLDER,
  ].join('|')})$`,
  process.platform === 'win32' ? 'i' : '',
);

/** The environment of a child whose files all lie in `folder`. */
export function childEnvironment(env: NodeJS.ProcessEnv, folder: string): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && ENVIRONMENT.test(name)) kept[name] = value;
  }
  // Caches and temporary files of runtimes and drivers go with the folder.
  for (const name of ['HOME', 'USERPROFILE', 'TMPDIR', 'TEMP', 'TMP']) kept[name] = folder;
  // onnxruntime reports its use to its maker, from native code that `blockNetwork` does not reach.
  kept.ORT_DISABLE_TELEMETRY = '1';
  return kept;
}

/** Why a child ended. */
export type SandboxEnd =
  /** It said all it had to say. */
  | { readonly end: 'finished' }
  | { readonly end: 'exited'; readonly code: number | null; readonly signal: NodeJS.Signals | null }
  | { readonly end: 'over-time'; readonly limitMs: number; readonly total: boolean }
  | { readonly end: 'over-memory'; readonly rssBytes: number }
  /** It said more than it may. */
  | { readonly end: 'over-output' }
  /** The caller’s signal. */
  | { readonly end: 'aborted' }
  /** The process could not be started at all. */
  | { readonly end: 'not-started'; readonly error: Error };

/** Limits of a run, and who listens. */
export interface SandboxRun {
  readonly memoryLimitBytes: number;
  /** For the whole run, in milliseconds from now. */
  readonly totalMs: number;
  /** Called with each value the child says. Returns true after the last one; `allow` sets the time until the next. */
  readonly onMessage: (message: unknown, allow: (ms: number) => void) => boolean;
  readonly signal?: AbortSignal;
}

/** A child process that is already starting, and waits for its job. */
export interface Sandbox {
  /** Process id; undefined when it could not be started. */
  readonly pid: number | undefined;
  /** The temporary folder that is the child’s working directory, home and temp folder. */
  readonly folder: string;
  /**
   * Hands the job over and lets the child work. Settles once, at the latest one second after a limit; by then the process
   * group is killed and the folder removed. Rejects only for a job that is no JSON.
   */
  run(job: unknown, options: SandboxRun): Promise<SandboxEnd>;
  /** Kills the child that got no job. */
  stop(): Promise<void>;
  /** Most resident memory of the process tree that was seen, in bytes; null where it cannot be measured. */
  peakRssBytes(): number | null;
  /** The end of what the child wrote to stdout and stderr. */
  written(): string;
}

/** Children that are alive, for the case that this process ends first. */
const alive = new Set<() => void>();

function killAll(): void {
  for (const kill of alive) kill();
}

/**
 * Starts a script in a child process of its own: its own process group, a temporary folder as home and working directory,
 * an environment without secrets, no inherited file descriptors. The script gets its job as JSON on standard input and
 * answers with lines of JSON on file descriptor 3.
 *
 * When this process ends, the child is killed; when it is killed itself, the child’s watchdog notices (watchdog.ts).
 */
export function startSandbox(
  script: string,
  nodeOptions: readonly string[] = [],
  args: readonly string[] = [],
): Sandbox {
  const folder = temporaryFolder();
  const posix = process.platform !== 'win32';
  const child = spawnIn(folder, [...nodeOptions, script, ...args], posix);
  let exited = false;
  const kill = () => killGroup(child, posix);
  const atExit = () => {
    kill();
    rmSync(folder, { recursive: true, force: true });
  };
  if (alive.size === 0) process.on('exit', killAll);
  alive.add(atExit);

  let startError: Error | undefined;
  const gone = new Promise<Extract<SandboxEnd, { end: 'exited' | 'not-started' }>>((resolve) => {
    child.once('exit', (code, signal) => {
      exited = true;
      resolve({ end: 'exited', code, signal });
    });
    child.once('error', (error) => {
      startError ??= error;
      if (child.pid === undefined) resolve({ end: 'not-started', error });
    });
  });

  let written = '';
  const keep = (chunk: Buffer) => {
    written = (written + chunk.toString('utf8')).slice(-KEPT_OUTPUT);
  };
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', keep);
    stream?.on('error', () => undefined);
  }
  // A child that dies before it has read its job makes the write fail; its exit says why.
  child.stdin?.on('error', () => undefined);
  const channel = child.stdio[3] as Readable | null | undefined;
  channel?.on('error', () => undefined);

  let peak: number | null = null;

  let cleaned: Promise<void> | undefined;
  const cleanUp = (): Promise<void> => {
    cleaned ??= killAndRemove();
    return cleaned;
  };

  async function killAndRemove(): Promise<void> {
    kill();
    if (!exited && child.pid !== undefined) {
      await Promise.race([gone, new Promise((resolve) => setTimeout(resolve, KILL_GRACE_MS).unref())]);
    }
    alive.delete(atExit);
    if (alive.size === 0) process.off('exit', killAll);
    child.stdin?.destroy();
    child.stdout?.destroy();
    child.stderr?.destroy();
    channel?.destroy();
    child.unref();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
  }

  function work(job: string, options: SandboxRun): Promise<SandboxEnd> {
    return new Promise((resolve) => {
      let settled = false;
      let stageTimer: NodeJS.Timeout | undefined;
      const settle = (end: SandboxEnd) => {
        if (settled) return;
        settled = true;
        clearTimeout(stageTimer);
        clearTimeout(totalTimer);
        clearInterval(poll);
        options.signal?.removeEventListener('abort', abort);
        resolve(end);
      };
      const abort = () => settle({ end: 'aborted' });
      const allow = (ms: number) => {
        clearTimeout(stageTimer);
        stageTimer = setTimeout(() => settle({ end: 'over-time', limitMs: ms, total: false }), ms);
      };
      const totalTimer = setTimeout(
        () => settle({ end: 'over-time', limitMs: options.totalMs, total: true }),
        options.totalMs,
      );
      const poll = setInterval(() => {
        if (child.pid === undefined) return;
        void residentBytes(child.pid).then((memory) => {
          if (memory === null) return;
          peak = Math.max(peak ?? 0, memory.peak);
          if (memory.peak > options.memoryLimitBytes) settle({ end: 'over-memory', rssBytes: memory.peak });
        });
      }, POLL_MS);
      options.signal?.addEventListener('abort', abort, { once: true });
      if (options.signal?.aborted) abort();
      if (startError !== undefined) settle({ end: 'not-started', error: startError });

      const said = { messages: 0, nested: 0, items: 0 };
      readLines(
        channel,
        (line) => {
          if (settled) return;
          // A message is weighed before it is parsed: a few megabytes of brackets become gigabytes of lists.
          const weight = weigh(line);
          said.messages++;
          said.nested += weight?.nested ?? 0;
          said.items += weight?.items ?? 0;
          if (said.messages > MAX_MESSAGES || said.nested > MAX_NESTED || said.items > MAX_ITEMS) {
            settle({ end: 'over-output' });
            return;
          }
          let message: unknown;
          try {
            if (weight === null) return;
            message = decode(line);
          } catch {
            return;
          }
          if (options.onMessage(message, allow)) settle({ end: 'finished' });
        },
        () => settle({ end: 'over-output' }),
      );
      // What the child said before it died must be read first: its pipe ends after it.
      void gone.then((end) => {
        if (channel === null || channel === undefined || channel.readableEnded) settle(end);
        else {
          channel.once('close', () => settle(end));
          channel.once('end', () => settle(end));
          // A grandchild may hold the pipe open.
          setTimeout(() => settle(end), 200).unref();
        }
      });
      child.stdin?.end(job);
    });
  }

  return {
    pid: child.pid,
    folder,
    async run(job, options) {
      try {
        return await work(JSON.stringify(job), options);
      } finally {
        await cleanUp();
      }
    },
    stop: cleanUp,
    peakRssBytes: () => peak,
    written: () => written,
  };
}

/** Throws `SmokeSetupError` for what the system refuses at once; the rest comes as an event. */
function spawnIn(folder: string, args: readonly string[], posix: boolean): ChildProcess {
  try {
    return spawn(process.execPath, args, {
      cwd: folder,
      env: childEnvironment(process.env, folder),
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
      // On POSIX this makes the child the leader of a process group; on Windows it would open a console.
      detached: posix,
      windowsHide: true,
    });
  } catch (cause) {
    rmSync(folder, { recursive: true, force: true });
    throw notStarted(cause);
  }
}

/** The error of a child that cannot be started. */
export function notStarted(cause: unknown): SmokeSetupError {
  return new SmokeSetupError('child', 'The process for the smoke inference cannot be started.', {
    hint: cause instanceof Error ? cause.message : String(cause),
    cause,
  });
}

/** Throws `SmokeSetupError`. */
function temporaryFolder(): string {
  try {
    return mkdtempSync(join(tmpdir(), FOLDER_PREFIX));
  } catch (cause) {
    throw new SmokeSetupError(
      'temporary-folder',
      `No folder for the smoke inference can be made in ${tmpdir()} (${writeFault(cause)}).`,
      {
        hint: 'Name a folder that you may write to in the environment variable TMPDIR (TEMP on Windows).',
        cause,
      },
    );
  }
}

function killGroup(child: ChildProcess, posix: boolean): void {
  const { pid } = child;
  if (pid === undefined) return;
  try {
    if (posix) process.kill(-pid, 'SIGKILL');
    else {
      spawn('taskkill', ['/pid', String(pid), '/T', '/F'], { stdio: 'ignore', windowsHide: true }).on(
        'error',
        () => child.kill('SIGKILL'),
      );
    }
  } catch {
    // The group is gone already.
  }
}

/** Splits a stream into lines; stops listening and calls `tooMuch` when a line or the whole is too long. */
function readLines(
  stream: Readable | null | undefined,
  onLine: (line: string) => void,
  tooMuch: () => void,
): void {
  let parts: Buffer[] = [];
  let length = 0;
  let total = 0;
  stream?.on('data', (chunk: Buffer) => {
    total += chunk.length;
    let rest = chunk;
    for (let end = rest.indexOf(10); end !== -1; end = rest.indexOf(10)) {
      parts.push(rest.subarray(0, end));
      const line = Buffer.concat(parts).toString('utf8');
      parts = [];
      length = 0;
      rest = rest.subarray(end + 1);
      onLine(line);
    }
    if (rest.length > 0) parts.push(rest);
    length += rest.length;
    if (length > MAX_MESSAGE_BYTES || total > MAX_TOTAL_BYTES) {
      stream.removeAllListeners('data');
      tooMuch();
    }
  });
}
