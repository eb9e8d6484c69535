import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';

let found: string | undefined;

/**
 * Path of a Node 24, the runtime `action.yml` asks for: this process when it is one, else the npm package `node`, which
 * npx keeps in its cache.
 */
export function node24(): string {
  found ??= process.versions.node.startsWith('24.')
    ? process.execPath
    : execFileSync(
        'npx',
        // The package fetches the binary of this system in its install script.
        ['--yes', '--ignore-scripts=false', '--package=node@24', 'node', '-p', 'process.execPath'],
        { cwd: tmpdir(), encoding: 'utf8', shell: process.platform === 'win32' },
      ).trim();
  return found;
}
