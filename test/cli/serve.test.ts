import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { UsageReport } from '../../src/serve/usage/report.js';
import { runMain } from './scenario.js';

const entry = fileURLToPath(new URL('../../dist/cli.cjs', import.meta.url));
const fixtures = fileURLToPath(new URL('../../fixtures', import.meta.url));

/** Where the command keeps what it counted. */
let state: string;
beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'serve-state-'));
});
afterAll(() => rm(state, { recursive: true, force: true }));

/** A device of another system. */
const NO_DEVICE = process.platform === 'darwin' ? 'dml' : 'coreml';

/** Starts the built command and gives the lines of its standard error as they come. */
function start(args: readonly string[]) {
  const env = { ...process.env, XDG_STATE_HOME: state };
  const child = spawn(process.execPath, [entry, 'serve', ...args], { cwd: fixtures, env });
  const lines = createInterface({ input: child.stderr })[Symbol.asyncIterator]();
  const next = async () => String((await lines.next()).value);
  const end = async (): Promise<number | null> => {
    if (child.exitCode !== null) return child.exitCode;
    child.kill('SIGINT');
    const [code] = (await once(child, 'exit')) as [number | null];
    return code;
  };
  return { child, next, end };
}

const question = (url: string) =>
  fetch(`${url}/models/text-classification`, {
    method: 'POST',
    body: JSON.stringify({ inputs: 'The movie was great!' }),
    headers: { 'x-wait-for-model': 'true' },
  });

describe('serve', () => {
  it('says where, answers, and ends at Ctrl-C', async () => {
    const { next, end } = start(['text-classification']);
    try {
      const [, url = ''] = /^Serving a model at (http:\/\/127\.0\.0\.1:\d+)$/.exec(await next()) ?? [];
      expect(await next()).toBe(`  ${url}/models/text-classification`);
      const response = await question(url);
      expect([response.status, await response.json()]).toEqual([200, [expect.any(Array)]]);
      expect(await next()).toMatch(
        /^\d\d:\d\d:\d\d text-classification is loaded · text-classification · [\d.]+ ms( · \d+ MB)?$/,
      );
      expect(await next()).toMatch(
        /^\d\d:\d\d:\d\d 200 POST text-classification · text-classification · [\d.]+ ms · cpu [\d.]+ ms$/,
      );
      expect((await fetch(`${url}/status/nothing`)).status).toBe(404);
      expect(await next()).toMatch(/^\d\d:\d\d:\d\d 404 GET \/status\/\* · [\d.]+ ms · not-found$/);
    } finally {
      expect(await end()).toBe(0);
    }
  });

  it('answers at Ctrl-C what is under way, however long that takes', async () => {
    const { child, next } = start(['text-classification', '--no-usage', '--quiet']);
    const [, url = '', port = ''] =
      /^Serving a model at (http:\/\/127\.0\.0\.1:(\d+))$/.exec(await next()) ?? [];
    // Loaded before, for that may take longer than what is under way has.
    expect((await question(url)).status).toBe(200);
    const ended = once(child, 'exit');
    const socket = connect(Number(port), '127.0.0.1');
    let got = '';
    socket.on('data', (chunk) => {
      got += chunk.toString('utf8');
    });
    const body = JSON.stringify({ inputs: 'The movie was great!' });
    socket.write(
      `POST /models/text-classification HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: ${body.length}\r\n\r\n`,
    );
    // It is under way when the server waits for the body.
    await expect.poll(() => got).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    socket.write(body.slice(0, 5));
    child.kill('SIGTERM');
    // Longer than a check has to tidy up.
    await pause(3500);
    socket.write(body.slice(5));
    expect(await ended).toEqual([0, null]);
    expect(got).toMatch(/\r\n\r\nHTTP\/1\.1 200 [\s\S]*POSITIVE/);
  });

  it('tells the same as JSON', async () => {
    const { next, end } = start(['text-*', '--format', 'json']);
    try {
      const ready = JSON.parse(await next()) as { url: string; models: readonly string[] };
      expect(ready).toMatchObject({ event: 'ready', url: expect.stringMatching(/^http:/) });
      expect(ready.models).toContain('text-classification');
      expect(ready.models.length).toBeGreaterThan(5);
      expect((await question(ready.url)).status).toBe(200);
      const at = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
      expect(JSON.parse(await next())).toMatchObject({ at, event: 'load', ok: true });
      expect(JSON.parse(await next())).toMatchObject({
        at,
        event: 'request',
        status: 200,
        model: 'text-classification',
        computeType: 'cpu',
      });
    } finally {
      expect(await end()).toBe(0);
    }
  });

  it('keeps usage figures in the state folder of the user, a file that is named, or nowhere', async () => {
    const ask = async (args: readonly string[]): Promise<number> => {
      const { next, end } = start(['text-classification', '--quiet', ...args]);
      try {
        const [url = ''] = /http:\S+/.exec(await next()) ?? [];
        expect((await question(url)).status).toBe(200);
        let requests = 0;
        await expect
          .poll(async () => {
            const usage = await (await fetch(`${url}/api/usage`)).json();
            requests = (usage as UsageReport).hour.total.requests;
            return requests;
          })
          .toBeGreaterThan(0);
        return requests;
      } finally {
        expect(await end()).toBe(0);
      }
    };
    const file = join(state, 'named.json');
    expect(await ask(['--usage', file])).toBe(1);
    expect(await ask(['--usage', file])).toBe(2);
    expect(await ask(['--no-usage'])).toBe(1);
    const kept = join(state, 'validate-model-card', 'usage.json');
    const before = JSON.parse(await readFile(kept, 'utf8')) as { readonly format: string };
    expect(before.format).toBe('validate-model-card usage');
    const count = await ask([]);
    expect(await ask([])).toBe(count + 1);
  });

  it('says which runtime is not installed', async () => {
    const alone = await mkdtemp(join(tmpdir(), 'serve-alone-'));
    try {
      await cp(join(entry, '..'), alone, { recursive: true });
      const args = ['serve', join(fixtures, 'text-classification'), '--pin', 'text-classification'];
      const run = spawnSync(process.execPath, [join(alone, 'cli.cjs'), ...args], {
        cwd: alone,
        encoding: 'utf8',
      });
      expect([run.status, run.stderr]).toEqual([
        3,
        expect.stringMatching(
          /text-classification cannot be loaded: it needs \S+, which is not installed\. Run this in a folder of its own, and start the server from there: npm install /,
        ),
      ]);
    } finally {
      await rm(alone, { recursive: true, force: true });
    }
  });

  it.each([
    [['nothing'], 2, 'There is no file or folder nothing'],
    [['nothing/*'], 2, 'No model repository matches nothing/*.'],
    [['.'], 2, "Name what lies in it: validate-card serve '*'"],
    [['text-classification/onnx', '../fixtures'], 2, '"../fixtures" is no model repository'],
    [['text-classification', '--device', NO_DEVICE], 3, `The device ${NO_DEVICE} does not work here`],
    [['--port', '70000'], 2, '--port cannot be "70000"'],
    [['--prot', '8080'], 2, 'Did you mean --port?'],
    [['--format', 'html'], 2, '--format cannot be "html"'],
    [['--usage', 'a.json', '--no-usage'], 2, '--usage and --no-usage exclude each other'],
    [['--max-memory', 'much'], 2, '--max-memory cannot be "much"'],
    [['--timeout', '0s'], 2, '--timeout cannot be "0s"'],
    [['--workers', '0'], 2, '--workers cannot be "0"'],
    [['--queue', 'long'], 2, '--queue cannot be "long"'],
    [['text-classification', '--host', '0.0.0.0'], 2, 'there is no token'],
    [['text-classification', '--pin', 'other'], 2, 'There is no model "other" to pin'],
  ] as const)('refuses %j', async (args, status, says) => {
    const run = await runMain(['serve', ...args], fixtures);
    expect([run.status, run.stderr]).toEqual([status, expect.stringContaining(says)]);
  });

  it.each([
    [{}, 2, 'there is no token'],
    [{ VALIDATE_CARD_TOKEN: '' }, 2, 'there is no token'],
    [{ VALIDATE_CARD_TOKEN: 'two words' }, 2, 'cannot be sent in a header'],
    [{ VALIDATE_CARD_TOKEN: 'sesame' }, 0, 'Serving a model at'],
  ])('takes the token of the environment %j', async (env, status, says) => {
    const args = ['serve', 'text-classification', '--host', '0.0.0.0', '--no-usage'];
    const run = await runMain(args, fixtures, { env, signal: AbortSignal.abort() });
    expect([run.status, run.stderr]).toEqual([status, expect.stringContaining(says)]);
    expect(run.stderr).not.toContain('sesame');
  });
});
