import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SmokeSetupError } from '../errors.js';
import { writeFault } from '../write-fault.js';
import { childEnvironment } from './child-environment.js';
import { FOLDER_PREFIX } from './protocol.js';

/** What Node is told for each child: warnings about its own features would only clutter what the child writes. */
export const NODE_OPTIONS: readonly string[] = ['--no-warnings'];

/** How a child ended by itself. */
export type ChildEnd =
  | { readonly end: 'exited'; readonly code: number | null; readonly signal: NodeJS.Signals | null }
  /** The process could not be started at all. */
  | { readonly end: 'not-started'; readonly error: Error };

/** A child process to which nobody listens yet. When this process ends, it is killed, and its folder removed. */
export interface SpawnedChild {
  readonly process: ChildProcess;
  /** The temporary folder that is its working directory, home and temp folder. */
  readonly folder: string;
  /** Settles when it ended. */
  readonly gone: Promise<ChildEnd>;
  /** Whether it did. */
  ended(): boolean;
  /** What went wrong with it first. */
  error(): Error | undefined;
  /** Kills its process group. */
  kill(): void;
  /** It was killed, and whoever listened to it removes the folder. */
  forget(): void;
}

/** Children that are alive, for the case that this process ends first. */
const alive = new Set<() => void>();

function killAll(): void {
  for (const kill of alive) kill();
}

/**
 * Starts a script in a child process of its own: its own process group, a temporary folder as home and working directory,
 * an environment without secrets, no inherited file descriptors. Throws `SmokeSetupError` for what the system refuses at once;
 * the rest is told by `gone`.
 */
export function spawnChild(
  script: string,
  nodeOptions: readonly string[] = [],
  args: readonly string[] = [],
): SpawnedChild {
  const folder = temporaryFolder();
  const posix = process.platform !== 'win32';
  const child = spawnIn(folder, [...nodeOptions, script, ...args], posix);
  const kill = () => killGroup(child, posix);
  const atExit = () => {
    kill();
    rmSync(folder, { recursive: true, force: true });
  };
  if (alive.size === 0) process.on('exit', killAll);
  alive.add(atExit);

  let ended = false;
  let firstError: Error | undefined;
  const gone = new Promise<ChildEnd>((resolve) => {
    child.once('exit', (code, signal) => {
      ended = true;
      resolve({ end: 'exited', code, signal });
    });
    child.on('error', (error) => {
      firstError ??= error;
      if (child.pid === undefined) resolve({ end: 'not-started', error });
    });
  });
  return {
    process: child,
    folder,
    gone,
    ended: () => ended,
    error: () => firstError,
    kill,
    forget() {
      alive.delete(atExit);
      if (alive.size === 0) process.off('exit', killAll);
    },
  };
}

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
