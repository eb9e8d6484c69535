import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** Resident memory of a process tree, in bytes: now, and the most the leader ever had (at least `now`). */
export interface Resident {
  readonly now: number;
  readonly peak: number;
}

/** Most processes of a tree that are counted. */
const MAX_PROCESSES = 256;

/**
 * Measures a process and its descendants: from /proc on Linux (with the kernel’s own record of the peak, which misses
 * nothing between two measurements), with `ps` for the process group on macOS and other POSIX systems. Null when it cannot
 * be measured, as on Windows; there the child’s own watchdog measures (watchdog.ts).
 */
export function residentBytes(pid: number): Promise<Resident | null> {
  if (process.platform === 'linux') return Promise.resolve(fromProc(pid));
  if (process.platform === 'win32') return Promise.resolve(null);
  return fromPs(pid);
}

function fromProc(pid: number): Resident | null {
  let now = 0;
  let peak = 0;
  const queue = [pid];
  for (
    let next = queue.pop(), count = 0;
    next !== undefined && count < MAX_PROCESSES;
    next = queue.pop(), count++
  ) {
    try {
      const status = readFileSync(`/proc/${next}/status`, 'latin1');
      const current = kilobytes(status, 'VmRSS');
      now += current;
      peak += next === pid ? Math.max(kilobytes(status, 'VmHWM'), current) : current;
      for (const thread of readdirSync(`/proc/${next}/task`)) {
        const children = readFileSync(`/proc/${next}/task/${thread}/children`, 'latin1').trim();
        if (children !== '') queue.push(...children.split(' ').map(Number));
      }
    } catch {
      // The process or thread ended meanwhile, or the kernel does not list children.
    }
  }
  return now === 0 ? null : { now, peak };
}

function kilobytes(status: string, key: string): number {
  const match = new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(status);
  return match === null ? 0 : Number(match[1]) * 1024;
}

function fromPs(group: number): Promise<Resident | null> {
  return new Promise((resolve) => {
    execFile('ps', ['-A', '-o', 'pgid=,rss='], { timeout: 2_000 }, (error, stdout) => {
      if (error) {
        resolve(null);
        return;
      }
      let now = 0;
      for (const line of stdout.split('\n')) {
        const [pgid, rss] = line.trim().split(/\s+/).map(Number);
        if (pgid === group && rss !== undefined) now += rss * 1024;
      }
      resolve(now === 0 ? null : { now, peak: now });
    });
  });
}
