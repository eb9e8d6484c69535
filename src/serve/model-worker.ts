import { rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { childScript } from '../smoke/child-script.js';
import { installCommand } from '../smoke/install-command.js';
import { readLines } from '../smoke/lines.js';
import { residentBytes } from '../smoke/memory.js';
import {
  type ChildError,
  MAX_ITEMS,
  MAX_MESSAGE_BYTES,
  MAX_NESTED,
  SERVE_FLAG,
  weigh,
} from '../smoke/protocol.js';
import type { RunnerName } from '../smoke/session.js';
import { type SpawnedChild, spawnChild } from '../smoke/spawn-child.js';
import type { MadeToken, WrittenText } from '../tasks/following.js';
import { deferred } from './deferred.js';
import { WorkerError } from './worker-error.js';
import { parsedMessage } from './worker-message-check.js';
import type { AnsweredFile, Ask, ServeJob, Stop, TaskInference, WorkerMessage } from './worker-messages.js';

/** How often the memory of a process is measured, in milliseconds. */
const POLL_MS = 250;
/** How long an inference that is to stop may go on, before its process is ended, in milliseconds. */
const GRACE_MS = 1000;
/** How much of the end of stderr is kept, in characters. */
const KEPT_OUTPUT = 4096;

/** What a model answered. */
export interface WorkerAnswer {
  readonly output: unknown;
  readonly files: readonly AnsweredFile[];
  /** Texts that the model wrote; empty where it does not write. */
  readonly written: readonly WrittenText[];
  readonly latencyMs: number;
  /** The length of the recordings that were listened to. */
  readonly heardSeconds: number;
  /** How many tokens of texts it read; 0 where its task does not count them. */
  readonly tokensRead: number;
}

/** Who follows an inference. */
export interface Follower {
  /** Told each token of a text as it is made. A promise makes the model wait, in the end, until it settles. */
  readonly token?: ((token: MadeToken) => Promise<void> | undefined) | undefined;
  /** Aborted when nobody wants the answer any more: then it is stopped. */
  readonly left?: AbortSignal | undefined;
}

/** A process that holds one model. */
export interface ModelWorker {
  /** Settles when the model is loaded, to the time that took in milliseconds. Throws `WorkerError`. */
  readonly loaded: Promise<number>;
  /** Settles when the process is gone, to the reason. */
  readonly gone: Promise<WorkerError>;
  /**
   * Runs an inference; one at a time, unless several go `together`. It settles when the process is free for the next one, or gone. Throws
   * `WorkerError`: an inference that is not wanted any more, or takes too long, is stopped between two tokens; where that does not help, its process is
   * ended, unless others run there that are wanted.
   */
  ask(inference: TaskInference, limitMs: number, follower?: Follower): Promise<WorkerAnswer>;
  /** Whether it can be asked. */
  alive(): boolean;
  /** Whether it can run several inferences at the same time; known when it is loaded. */
  together(): boolean;
  /** Whether all of it runs on the CPU, although another device was asked for; known when it is loaded. */
  onCpu(): boolean;
  /** Resident memory in bytes, as it was measured last; null where it cannot be measured. */
  memoryBytes(): number | null;
  /** Ends the process; what it was asked fails with the reason. */
  stop(reason: WorkerError): Promise<void>;
}

/** Limits of a process that holds a model. */
export interface WorkerLimits {
  readonly memoryBytes: number;
  readonly loadMs: number;
}

interface Waiting {
  readonly token: Follower['token'];
  readonly resolve: (answer: WorkerAnswer) => void;
  readonly reject: (error: WorkerError) => void;
}

/** Starts a process in the sandbox of smoke inferences (spawn-child.ts), and loads a model there. */
export function startWorker(job: ServeJob, runner: RunnerName, limits: WorkerLimits): ModelWorker {
  const { script, nodeOptions } = childScript();
  const spawned = spawnChild(script, nodeOptions, [runner, SERVE_FLAG]);
  const { process: child } = spawned;
  let written = '';
  child.stdout?.resume().on('error', ignore);
  child.stderr
    ?.on('data', (chunk: Buffer) => {
      written = (written + chunk.toString('utf8')).slice(-KEPT_OUTPUT);
    })
    .on('error', ignore);
  // A process that dies makes the write fail; its exit says why.
  child.stdin?.on('error', ignore);

  /** By id. */
  const waiting = new Map<number, Waiting>();
  let together = false;
  let onCpu = false;
  let memory: number | null = null;
  let ended: WorkerError | null = null;
  let asked = 0;
  const load = deferred<number>();
  // Whoever waits for it is told; nobody may.
  load.promise.catch(ignore);

  /** Lines that are not written yet: what is asked in one turn goes as one. */
  let unwritten = '';
  const say = (message: Ask | Stop) => {
    if (unwritten === '') {
      setImmediate(() => {
        const lines = unwritten;
        unwritten = '';
        if (ended === null) child.stdin?.write(lines);
      });
    }
    unwritten += `${JSON.stringify(message)}\n`;
  };

  const end = (reason: WorkerError) => {
    if (ended !== null) return;
    ended = reason;
    clearInterval(poll);
    clearTimeout(loading);
    load.reject(reason);
    for (const { reject } of waiting.values()) reject(reason);
    waiting.clear();
    spawned.kill();
  };
  const loading = setTimeout(
    () => end(new WorkerError('over-time', `The model was not loaded within ${limits.loadMs / 1000} s.`)),
    limits.loadMs,
  );
  const tooMuchMemory = (bytes: number) =>
    end(new WorkerError('over-memory', `The model took ${bytes} bytes of memory.`));
  const measure = async () => {
    const resident = child.pid === undefined ? null : await residentBytes(child.pid);
    memory = resident?.now ?? memory;
    if (resident !== null && resident.now > limits.memoryBytes) tooMuchMemory(resident.now);
  };
  const poll = setInterval(() => void measure(), POLL_MS);
  poll.unref();

  const hear = (message: WorkerMessage) => {
    switch (message.type) {
      case 'loaded':
        clearTimeout(loading);
        together = message.together;
        onCpu = message.onCpu;
        void measure().then(() => load.resolve(message.loadMs));
        break;
      case 'token': {
        const full = waiting.get(message.id)?.token?.(message.token);
        if (full === undefined) break;
        // The pipe fills, and the process waits for room in it.
        channel?.pause();
        void full.finally(() => channel?.resume());
        break;
      }
      case 'answer':
      case 'no-answer': {
        // What nobody waits for any more.
        const asker = waiting.get(message.id);
        if (asker === undefined) break;
        waiting.delete(message.id);
        if (message.type === 'answer') asker.resolve(message);
        else asker.reject(new WorkerError('inference', message.error.message));
        break;
      }
      case 'over-memory':
        tooMuchMemory(message.rssBytes);
        break;
      case 'failed':
        end(new WorkerError('ended', inWords(message.error)));
    }
  };
  // Where the system has no files left to open, there are no pipes; that it was not started is told all the same.
  const pipes = (child.stdio as typeof child.stdio | undefined) ?? [];
  const channel = (pipes[3] ?? null) as Readable | null;
  readLines(
    channel,
    (line) => {
      const weight = weigh(line);
      if (weight === null || weight.nested > MAX_NESTED || weight.items > MAX_ITEMS) {
        end(new WorkerError('ended', 'An answer nests too deep, or has too many parts.'));
        return;
      }
      const message = parsedMessage(line);
      if (message !== null) hear(message);
    },
    { line: MAX_MESSAGE_BYTES, total: Number.POSITIVE_INFINITY },
    () => end(new WorkerError('ended', 'An answer is too long.')),
  );

  const gone = spawned.gone.then(async (exit) => {
    const how =
      exit.end === 'not-started'
        ? exit.error.message
        : `It ended with ${exit.signal ?? `code ${exit.code}`}. ${written.trim().split('\n').at(-1) ?? ''}`;
    end(new WorkerError('ended', how));
    await cleanUp(spawned);
    return ended ?? new WorkerError('ended', how);
  });
  child.stdin?.write(`${JSON.stringify(job)}\n`);

  return {
    loaded: load.promise,
    gone,
    async ask(inference, limitMs, { token, left } = {}) {
      if (ended !== null) throw ended;
      const id = ++asked;
      const answer = deferred<WorkerAnswer>();
      waiting.set(id, { token, resolve: answer.resolve, reject: answer.reject });
      let why: WorkerError | null = null;
      let grace: NodeJS.Timeout | undefined;
      const stop = (reason: WorkerError) => {
        if (why !== null) return;
        why = reason;
        if (together && waiting.size > 1 && reason.fault === 'left') {
          // The others are wanted; what it answers to this one is not listened to.
          waiting.delete(id);
          answer.reject(reason);
          return;
        }
        const asker = waiting.get(id);
        // A process that waits for a reader does not hear that it is to stop.
        if (asker !== undefined) waiting.set(id, { ...asker, token: undefined });
        channel?.resume();
        // In two steps: where the server itself was busy during the first one, the process has the second one to be told and heard.
        grace = setTimeout(() => {
          grace = setTimeout(() => end(reason), GRACE_MS / 2);
        }, GRACE_MS / 2);
        say({ stop: id });
      };
      const leave = () => stop(new WorkerError('left', 'Nobody wanted the answer any more.'));
      const timer = setTimeout(
        () => stop(new WorkerError('over-time', `The inference took longer than ${limitMs / 1000} s.`)),
        limitMs,
      );
      left?.addEventListener('abort', leave, { once: true });
      say({ id, inference, tokens: token !== undefined });
      if (left?.aborted) leave();
      try {
        return await answer.promise;
      } catch (error) {
        throw why ?? error;
      } finally {
        clearTimeout(timer);
        clearTimeout(grace);
        left?.removeEventListener('abort', leave);
      }
    },
    alive: () => ended === null,
    together: () => together,
    onCpu: () => onCpu,
    memoryBytes: () => memory,
    async stop(reason) {
      end(reason);
      await gone;
    },
  };
}

/** Of a runtime that is not there the process knows the name alone. */
function inWords({ code, message }: ChildError): string {
  if (code !== 'not-installed') return message;
  // Not beside what is there already: the command for GGUF files takes the decoder of pictures away.
  return `it needs ${message}, which is not installed. Run this in a folder of its own, and start the server from there: ${installCommand(message)}`;
}

async function cleanUp(spawned: SpawnedChild): Promise<void> {
  const { process: child, folder } = spawned;
  spawned.forget();
  for (const stream of (child.stdio as typeof child.stdio | undefined) ?? []) stream?.destroy();
  await rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch(ignore);
}

function ignore(): void {
  // What went wrong is told elsewhere.
}
