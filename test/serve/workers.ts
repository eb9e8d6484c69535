import { type ChildProcess, execFileSync } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { onTestFinished } from 'vitest';

/** Process ids of the models: children of this process that were told to serve. */
export function workers(): readonly number[] {
  const lines = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n');
  return lines.flatMap((line) => {
    const [, pid = '', parent = '', args = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return Number(parent) === process.pid && args.includes('--serve') ? [Number(pid)] : [];
  });
}

/** Holds a process where it is: it gets no further, however quick the machine is, until what is given back is called. */
export function hold(pid: number): () => void {
  process.kill(pid, 'SIGSTOP');
  return () => {
    try {
      process.kill(pid, 'SIGCONT');
    } catch {
      // It is gone.
    }
  };
}

/** Processes that are held. */
export interface HeldStarts {
  /** How many were started. */
  count(): number;
  /** Lets them go on, and holds no more; at the end of the test, too. */
  goOn(): void;
}

/** Holds each process that this one starts from now on before its first instruction. */
export function holdStarts(): HeldStarts {
  const held: (() => void)[] = [];
  const started = (message: unknown) => {
    const { process: child } = message as { readonly process: ChildProcess };
    // It is told of before it has an id.
    process.nextTick(() => {
      if (child.pid !== undefined) held.push(hold(child.pid));
    });
  };
  const goOn = () => {
    unsubscribe('child_process', started);
    for (const release of held.splice(0)) release();
  };
  subscribe('child_process', started);
  onTestFinished(goOn);
  return { count: () => held.length, goOn };
}
