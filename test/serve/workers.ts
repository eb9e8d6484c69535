import { execFileSync } from 'node:child_process';

/** Process ids of the models: children of this process that were told to serve. */
export function workers(): readonly number[] {
  const lines = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n');
  return lines.flatMap((line) => {
    const [, pid = '', parent = '', args = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return Number(parent) === process.pid && args.includes('--serve') ? [Number(pid)] : [];
  });
}
