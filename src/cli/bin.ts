#!/usr/bin/env node
import { main } from './main.js';

const interrupt = new AbortController();
const onInterrupt = (signal: NodeJS.Signals) => {
  // A second signal ends the process at once, as it would have without us.
  process.removeListener('SIGINT', onInterrupt);
  process.removeListener('SIGTERM', onInterrupt);
  interrupt.abort(new Error(`Interrupted by ${signal}.`));
};
process.on('SIGINT', onInterrupt);
process.on('SIGTERM', onInterrupt);

// A reader that had enough (`validate-card | head`) is no error.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

// No `await` here: the command is bundled as CommonJS, which starts sooner and has none at the top.
void main(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd(),
  platform: process.platform,
  isTTY: { stdout: process.stdout.isTTY === true, stderr: process.stderr.isTTY === true },
  columns: process.stdout.columns ?? process.stderr.columns,
  signal: interrupt.signal,
}).then((code) => {
  process.exitCode = code;
});
