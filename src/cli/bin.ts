import { fstatSync } from 'node:fs';
import { EXIT, RepoError } from '../errors.js';
import { main } from './main.js';

/** Keeps what was compiled for the next run (compiled.ts); null when it is kept already. */
declare const keepCompiled: (() => void) | null | undefined;

/** How long an interrupted run may take to tidy up and say so, in milliseconds. */
let tidyUp = 3000;

const interrupt = new AbortController();
const onInterrupt = (signal: NodeJS.Signals) => {
  // A second signal ends the process at once, as it would have without us; so does a run that hangs where it cannot be
  // aborted. `process.exit` would wait for what hangs.
  process.removeListener('SIGINT', onInterrupt);
  process.removeListener('SIGTERM', onInterrupt);
  setTimeout(() => process.kill(process.pid, signal), tidyUp).unref();
  interrupt.abort(new Error(`Interrupted by ${signal}.`));
};
process.on('SIGINT', onInterrupt);
process.on('SIGTERM', onInterrupt);

// A reader that had enough (`validate-card | head`) is no error; a report that is lost (a full disk) is one.
let lost = false;
const unread = new AbortController();
function guarded(stream: NodeJS.WriteStream): NodeJS.WriteStream {
  return stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' && stream === process.stdout) unread.abort();
    if (error.code === 'EPIPE' || lost) return;
    lost = true;
    process.exitCode = EXIT.failure;
    if (stream === process.stdout) {
      stderr().write(`error: Standard output cannot be written (${error.code ?? error.message}).\n`);
    }
  });
}

// Most runs write nothing there, and a pipe as standard error takes milliseconds to open.
let opened: NodeJS.WriteStream | undefined;
function stderr(): NodeJS.WriteStream {
  opened ??= guarded(process.stderr);
  return opened;
}

/** Whether standard error may be a terminal; asking the stream would open it. */
function mayBeTerminal(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isCharacterDevice();
  } catch {
    // It is closed.
    return false;
  }
}

const stdout = guarded(process.stdout);
const terminal = mayBeTerminal(2) && stderr().isTTY === true;

// No `await` here: the command is bundled as CommonJS, which starts sooner and has none at the top.
void main(process.argv.slice(2), {
  stdout,
  stderr: { write: (text) => stderr().write(text) },
  env: process.env,
  get cwd() {
    try {
      return process.cwd();
    } catch (cause) {
      throw new RepoError('no-folder', 'The working directory does not exist any more.', {
        hint: 'Change to a folder that exists and run the command again.',
        cause,
      });
    }
  },
  stdin: async () => {
    const parts: Uint8Array[] = [];
    for await (const part of process.stdin) parts.push(part as Uint8Array);
    return Buffer.concat(parts).toString('utf8');
  },
  command: [process.execPath, ...process.execArgv, process.argv[1] ?? ''],
  platform: process.platform,
  isTTY: { stdout: stdout.isTTY === true, stderr: terminal },
  columns: stdout.columns ?? (terminal ? stderr().columns : undefined),
  signal: interrupt.signal,
  endsWithin: (ms) => {
    tidyUp = ms;
  },
  unread: unread.signal,
  checked: () => {
    if (typeof keepCompiled === 'function') process.once('exit', keepCompiled);
  },
}).then((code) => {
  process.exitCode = lost ? EXIT.failure : code;
});
