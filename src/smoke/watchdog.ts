import { rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { Worker } from 'node:worker_threads';
import { FOLDER_PREFIX } from './protocol.js';

/** How often the watchdog looks, in milliseconds. */
const INTERVAL_MS = 100;

/**
 * The watchdog’s thread. Native code blocks the main thread for as long as it likes, so nothing there can notice that the
 * parent died or that memory runs out; a thread can, and kills the whole process. It is the second line behind the
 * parent’s own limits, and the only memory limit on Windows, where the parent cannot measure.
 */
const THREAD = `
const { workerData } = require('node:worker_threads');
const { rmSync, writeSync } = require('node:fs');
const { basename } = require('node:path');
const { parent, limit } = workerData;
function parentIsGone() {
  if (process.platform !== 'win32') return process.ppid !== parent;
  try { process.kill(parent, 0); return false; } catch { return true; }
}
setInterval(() => {
  const rssBytes = process.memoryUsage.rss();
  if (rssBytes > limit) {
    try { writeSync(3, JSON.stringify({ type: 'over-memory', rssBytes }) + '\\n'); } catch {}
    process.kill(process.pid, 'SIGKILL');
  }
  if (parentIsGone()) {
    // Nobody else is left to remove the temporary folder this process works in.
    const folder = process.cwd();
    try { if (basename(folder).startsWith('${FOLDER_PREFIX}')) rmSync(folder, { recursive: true, force: true }); } catch {}
    try { process.kill(-process.pid, 'SIGKILL'); } catch {}
    process.kill(process.pid, 'SIGKILL');
  }
}, ${INTERVAL_MS});
`;

/**
 * Puts this (child) process first in line for the kernel of Linux, should the memory of the machine run out before a limit
 * is noticed: its parent, and whatever else runs, is not to pay for a model.
 */
export function dieFirst(): void {
  if (process.platform !== 'linux') return;
  try {
    writeFileSync('/proc/self/oom_score_adj', '1000');
  } catch {
    // Not all containers allow it.
  }
}

/** Ends this (child) process, with the temporary folder it works in; nobody else is left to remove it. */
export function leave(): never {
  const folder = process.cwd();
  if (basename(folder).startsWith(FOLDER_PREFIX)) rmSync(folder, { recursive: true, force: true });
  process.exit(1);
}

/** Starts the watchdog of this (child) process; `limit` in bytes. */
export function startWatchdog(limit: number, parent: number): void {
  new Worker(THREAD, { eval: true, workerData: { parent, limit }, stdout: true, stderr: true }).unref();
}
