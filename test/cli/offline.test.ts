import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRepo } from '../../src/repo/open.js';
import { type HubServer, startHub } from '../hub-server/hub-server.js';

const COMMAND = fileURLToPath(new URL('../../dist/cli.cjs', import.meta.url));
const FIXTURE = fileURLToPath(new URL('../../fixtures/text-classification', import.meta.url));

/** Loaded into the command and every process it starts: writes down each socket that is opened, and each name that is looked up. */
const TRAP = `
const { appendFileSync } = require('node:fs');
const told = (what) => appendFileSync(process.env.SOCKET_LOG, what + '\\n');
const net = require('node:net');
const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...args) {
  told('connect ' + JSON.stringify(args[0]));
  return connect.apply(this, args);
};
const dns = require('node:dns');
for (const holder of [dns, dns.promises]) {
  for (const name of ['lookup', 'resolve', 'resolve4', 'resolve6']) {
    const original = holder[name];
    holder[name] = function (...args) {
      told('dns ' + args[0]);
      return original.apply(this, args);
    };
  }
}
const dgram = require('node:dgram');
const createSocket = dgram.createSocket;
dgram.createSocket = (...args) => {
  told('dgram');
  return createSocket(...args);
};
`;

let hub: HubServer;
let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'validate-card-offline-'));
  writeFileSync(join(folder, 'trap.cjs'), TRAP);
  cpSync(FIXTURE, join(folder, 'model'), { recursive: true });
  const card = readFileSync(join(FIXTURE, 'README.md'));
  hub = await startHub({ models: { 'org/name': { files: { 'README.md': card } } } });
});
afterEach(async () => {
  await hub.close();
  rmSync(folder, { recursive: true });
});

/** What a run of the command said, and the sockets it opened. */
async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const log = join(folder, 'sockets.log');
  rmSync(log, { force: true });
  const { NODE_OPTIONS: _, HF_TOKEN: __, ...rest } = process.env;
  return new Promise<{ status: number; stdout: string; stderr: string; sockets: string }>((done) => {
    const child = execFile(
      process.execPath,
      ['--require', join(folder, 'trap.cjs'), COMMAND, ...args],
      {
        cwd: folder,
        env: {
          ...rest,
          NODE_OPTIONS: `--require ${join(folder, 'trap.cjs')}`,
          SOCKET_LOG: log,
          HF_HOME: join(folder, 'hf'),
          HF_ENDPOINT: hub.endpoint,
          ...env,
        },
      },
      (_error, stdout, stderr) =>
        done({
          status: child.exitCode ?? -1,
          stdout,
          stderr,
          sockets: existsSync(log) ? readFileSync(log, 'utf8') : '',
        }),
    );
  });
}

describe('--offline opens no socket', () => {
  it('where a run without it does', async () => {
    const { stdout, sockets } = await run(['org/name']);
    expect(stdout).toContain('Model page');
    expect(sockets).toContain(`"port":"${new URL(hub.endpoint).port}"`);
    expect(hub.requests.length).toBeGreaterThan(0);
  });

  it.each([
    [['model', '--offline'], {}, 0],
    [['model', '--offline', '--smoke', '--device', 'cpu'], {}, 0],
    [['org/name', '--offline'], {}, 2],
    [['org/name'], { HF_HUB_OFFLINE: '1' }, 2],
    [['https://huggingface.co/org/name', '--offline', '--smoke'], {}, 2],
    // Nor does a folder without it, unless it is asked for.
    [['model'], {}, 0],
  ])(
    '%j %j',
    async (args, env, expected) => {
      const { status, stderr, sockets } = await run(args, env);
      expect([sockets, hub.requests]).toEqual(['', []]);
      expect([status, stderr]).toEqual([
        expected,
        expected === 0 ? '' : expect.stringContaining('offline the Hub is not asked'),
      ]);
    },
    60_000,
  );

  it('and takes a model from the cache', async () => {
    const repo = await openRepo('org/name', {
      hub: { endpoint: hub.endpoint, cacheFolder: join(folder, 'hf', 'hub') },
    });
    await repo.download?.(['README.md']);
    const before = hub.requests.length;
    const { stdout, stderr, sockets } = await run(['org/name', '--offline']);
    expect(stdout).toContain('Model page');
    expect(stderr).toMatch(/^Offline: 1 file of org\/name/);
    expect([sockets, hub.requests.length]).toEqual(['', before]);
  });
});
