import { rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { readLines } from './lines.js';
import { residentBytes } from './memory.js';
import {
  decode,
  MAX_ITEMS,
  MAX_MESSAGE_BYTES,
  MAX_MESSAGES,
  MAX_NESTED,
  MAX_TOTAL_BYTES,
  weigh,
} from './protocol.js';
import { type ChildEnd, type SpawnedChild, spawnChild } from './spawn-child.js';

/** How often the memory of the process tree is measured, in milliseconds. */
const POLL_MS = process.platform === 'linux' ? 50 : 250;
/** How much of the end of stdout and stderr is kept, in characters. */
const KEPT_OUTPUT = 16_384;
/** How long a killed process may take to vanish before it is left behind, in milliseconds. */
const KILL_GRACE_MS = 1_000;

/** Why a child ended. */
export type SandboxEnd =
  /** It said all it had to say. */
  | { readonly end: 'finished' }
  | ChildEnd
  | { readonly end: 'over-time'; readonly limitMs: number; readonly total: boolean }
  | { readonly end: 'over-memory'; readonly rssBytes: number }
  /** It said more than it may. */
  | { readonly end: 'over-output' }
  /** The caller’s signal. */
  | { readonly end: 'aborted' };

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

/**
 * Starts a script in a child process of its own (spawn-child.ts). The script gets its job as JSON on standard input and
 * answers with lines of JSON on file descriptor 3.
 *
 * When this process ends, the child is killed; when it is killed itself, the child’s watchdog notices (watchdog.ts).
 */
export function startSandbox(
  script: string,
  nodeOptions: readonly string[] = [],
  args: readonly string[] = [],
): Sandbox {
  return sandboxOf(spawnChild(script, nodeOptions, args));
}

/** Listens to a child that was started before. */
export function sandboxOf(spawned: SpawnedChild): Sandbox {
  const { process: child, folder, gone } = spawned;
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
    spawned.kill();
    if (!spawned.ended() && child.pid !== undefined) {
      await Promise.race([gone, new Promise((resolve) => setTimeout(resolve, KILL_GRACE_MS).unref())]);
    }
    spawned.forget();
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
      const startError = spawned.error();
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
        { line: MAX_MESSAGE_BYTES, total: MAX_TOTAL_BYTES },
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
