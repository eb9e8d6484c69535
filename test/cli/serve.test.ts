import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runMain } from './scenario.js';

const entry = fileURLToPath(new URL('../../dist/cli.cjs', import.meta.url));
const fixtures = fileURLToPath(new URL('../../fixtures', import.meta.url));

/** Starts the built command and gives the lines of its standard error as they come. */
function start(args: readonly string[]) {
  const child = spawn(process.execPath, [entry, 'serve', ...args], { cwd: fixtures });
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
        /^text-classification is loaded · text-classification · [\d.]+ ms( · \d+ MB)?$/,
      );
      expect(await next()).toMatch(
        /^200 POST text-classification · text-classification · [\d.]+ ms · cpu [\d.]+ ms$/,
      );
      expect((await fetch(`${url}/status/nothing`)).status).toBe(404);
      expect(await next()).toMatch(/^404 GET \/status\/\* · [\d.]+ ms · not-found$/);
    } finally {
      expect(await end()).toBe(0);
    }
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
        expect.stringMatching(/text-classification cannot be loaded: it needs \S+, which is not installed\./),
      ]);
    } finally {
      await rm(alone, { recursive: true, force: true });
    }
  });

  it.each([
    [['nothing'], 2, 'There is no file or folder nothing'],
    [['nothing/*'], 2, 'No model repository matches nothing/*.'],
    [['--port', '70000'], 2, '--port cannot be "70000"'],
    [['--prot', '8080'], 2, 'Did you mean --port?'],
    [['--format', 'html'], 2, '--format cannot be "html"'],
    [['--max-memory', 'much'], 2, '--max-memory cannot be "much"'],
    [['--workers', '0'], 2, '--workers cannot be "0"'],
    [['--queue', 'long'], 2, '--queue cannot be "long"'],
    [['text-classification', '--host', '0.0.0.0'], 2, 'there is no token'],
    [['text-classification', '--pin', 'other'], 2, 'There is no model "other" to pin'],
  ] as const)('refuses %j', async (args, status, says) => {
    const run = await runMain(['serve', ...args], fixtures);
    expect([run.status, run.stderr]).toEqual([status, expect.stringContaining(says)]);
  });
});
