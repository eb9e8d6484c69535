/** A server of the built command in a process of its own, and what it and its models take of the machine. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { builtCommand } from './measure.js';

/** A server that runs. */
export interface ServedProcess {
  readonly url: string;
  /** The server first, then the processes of its models, as they are now. */
  usage(): readonly ProcessUsage[];
  stop(): Promise<void>;
}

/** What a process took so far. */
export interface ProcessUsage {
  readonly pid: number;
  readonly rssBytes: number;
  readonly cpuMs: number;
}

/** Starts `validate-card serve` on a free port; settles when it listens. */
export async function startServed(...args: readonly string[]): Promise<ServedProcess> {
  const child = spawn(
    process.execPath,
    [builtCommand(), 'serve', ...args, '--port', '0', '--format', 'json', '--quiet', '--offline'],
    { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ORT_DISABLE_TELEMETRY: '1' } },
  );
  const url = await readyAt(child);
  return {
    url,
    usage: () => usageOf(child.pid ?? 0),
    async stop() {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await gone;
    },
  };
}

function readyAt(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let told = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      told = `${told}${chunk.toString('utf8')}`.slice(-10_000);
      const url = /"url":"([^"]+)"/.exec(told)?.[1];
      if (url !== undefined) resolve(url);
    });
    child.once('exit', () => reject(new Error(`The server ended: ${told}`)));
  });
}

/** A process and its children. */
function usageOf(server: number): readonly ProcessUsage[] {
  const lines = execFileSync('ps', ['-eo', 'pid=,ppid=,rss=,time='], { encoding: 'utf8' }).split('\n');
  return lines
    .map((line) => line.trim().split(/\s+/))
    .filter(([pid, parent]) => Number(pid) === server || Number(parent) === server)
    .map(([pid, , rss, time = '']) => ({
      pid: Number(pid),
      rssBytes: Number(rss) * 1024,
      cpuMs: time.split(/[:-]/).reduce((sum, part) => sum * 60 + Number(part), 0) * 1000,
    }))
    .sort((a, b) => Number(b.pid === server) - Number(a.pid === server));
}
