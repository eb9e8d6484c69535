import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { forgetAnswers } from '../../src/online/cache.js';
import { type HubServer, startHub } from '../hub-server/hub-server.js';
import { WITHOUT_TENSORS } from '../safetensors/without-tensors.js';
import { runMain } from './scenario.js';

const TOKEN = 'hf_reader0123456789';
const CARD = `---
license: mit
language: en
library_name: transformers
pipeline_tag: fill-mask
base_model:
- org/nowhere
- org/nowhere-either
---

# Model

A model for tests of what only the Hub knows.
`;

let hub: HubServer;
let folder: string;
let verdict: { errors?: readonly string[]; warnings?: readonly string[] };

beforeEach(async () => {
  forgetAnswers();
  verdict = {};
  folder = await mkdtemp(join(tmpdir(), 'validate-card-online-'));
  await writeFile(join(folder, 'README.md'), CARD);
  hub = await startHub({
    models: { 'org/model': { files: { 'README.md': CARD, 'model.safetensors': WITHOUT_TENSORS } } },
    tokens: { [TOKEN]: { name: 'reader', role: 'read' } },
    validateYaml: () => verdict,
  });
});

afterEach(async () => {
  await hub.close();
  await rm(folder, { recursive: true, force: true });
});

const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  runMain(args, folder, {
    env: {
      HF_ENDPOINT: hub.endpoint,
      HF_TOKEN: TOKEN,
      HF_HOME: join(folder, 'hf'),
      XDG_CACHE_HOME: join(folder, 'cache'),
      ...env,
    },
  });

const questions = () => hub.requests.filter(({ path }) => path.includes('expand[]'));

describe('--online', () => {
  it('asks about a folder, which nobody does otherwise', async () => {
    expect((await run(['.'])).stdout).not.toContain('base-model-not-found');
    expect(hub.requests).toEqual([]);
    const { stdout, stderr, status } = await run(['.', '--online']);
    expect(stdout).toContain('warning[base-model-not-found]: The Hub has no model "org/nowhere".');
    expect(stdout).toContain('README.md:7:3 (asked the Hub)');
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect((await run(['.', '--online', '--fail-level', 'warning'])).status).toBe(1);
  });

  it('is the default for a model on the Hub', async () => {
    const { stdout } = await run(['org/model']);
    expect(stdout).toContain('base-model-not-found');
    expect(stdout).toContain('No inference provider serves the model');
    expect(stdout).not.toContain(TOKEN);
  });

  it('keeps what anybody may know in the cache of the tool', async () => {
    await run(['org/model']);
    const first = questions().length;
    forgetAnswers();
    await run(['org/model']);
    expect(questions().length).toBe(2 * first - 1);
    expect(await readdir(join(folder, 'cache', 'validate-model-card', 'hub'))).toHaveLength(1);
  });

  it('asks no more than --online-budget allows, which means --online', async () => {
    const { stdout, status } = await run(['.', '--online-budget', '1']);
    expect(questions()).toHaveLength(1);
    expect(stdout).toContain(
      'info[hub-not-asked]: The budget of 1 request is spent. So one question has no answer.',
    );
    expect(status).toBe(0);
  });

  it('fails nothing where the Hub is not there', async () => {
    await hub.close();
    const { stdout, status } = await run(['.', '--online', '--fail-level', 'warning', '--format', 'json']);
    const { diagnostics } = JSON.parse(stdout) as { diagnostics: { rule: string; online?: boolean }[] };
    expect(diagnostics.filter(({ online }) => online).map(({ rule }) => rule)).toEqual(['hub-not-asked']);
    expect(status).toBe(0);
    hub = await startHub();
  });

  it('is not needed for a baseline that knows what the Hub answered', async () => {
    await run(['.', '--online', '--baseline', 'known.json', '--update-baseline']);
    const online = await run(['.', '--online', '--baseline', 'known.json', '--fail-level', 'warning']);
    expect(online.stdout).not.toContain('base-model-not-found');
    expect(online.status).toBe(0);
    // Not asked is not gone.
    expect((await run(['.', '--baseline', 'known.json'])).stderr).toBe('');
  });

  it('asks nothing where the environment says offline', async () => {
    const { status } = await run(['.', '--online'], { HF_HUB_OFFLINE: '1' });
    expect(hub.requests).toEqual([]);
    expect(status).toBe(0);
  });

  it.each([
    [['--offline', '--online'], '--offline and --online exclude each other'],
    [['--offline', '--online-budget', '3'], '--offline and --online-budget exclude each other'],
    [['--offline', '--remote-validate'], '--offline and --remote-validate exclude each other'],
    [['--online-budget', '0'], '--online-budget cannot be "0"'],
    [['--online-budget', '1e3'], '--online-budget cannot be "1e3"'],
    [['--online-budget'], '--online-budget needs a value'],
    [['--onlin'], 'Did you mean --online?'],
    [['--remote-validat'], 'Did you mean --remote-validate?'],
    [['--hub-p'], 'Did you mean --hub-pr?'],
    [['.', '.', '--online'], '--online is about one repository'],
    [['.', '.', '--remote-validate'], '--remote-validate is about one repository'],
  ])('%j is refused', async (args, words) => {
    const { stderr, status } = await run(args);
    expect(stderr).toContain(words);
    expect(status).toBe(2);
    expect(hub.requests).toEqual([]);
  });
});

describe('--remote-validate', () => {
  it('reports what the Hub alone refuses', async () => {
    verdict = { errors: ['"license" must be blessed \u001b[31mby someone'] };
    const { stdout, status } = await run(['.', '--remote-validate']);
    expect(stdout).toContain('error[remote-validator-differs]');
    expect(stdout).toContain('The Hub says: "license" must be blessed');
    expect(stdout).not.toContain('\u001b');
    expect(status).toBe(1);
    expect(hub.requests.map(({ path }) => path)).toEqual(['/api/validate-yaml']);
  });

  it('finds nothing where both agree', async () => {
    const { stdout, status } = await run(['.', '--remote-validate']);
    expect(stdout).not.toContain('remote-validator-differs');
    expect(status).toBe(0);
  });

  it('cannot finish where the Hub does not answer', async () => {
    await hub.close();
    const { stdout, stderr, status } = await run(['.', '--remote-validate']);
    expect(stdout).toBe('');
    expect(stderr).toContain('could not be reached to validate the card');
    expect(stderr).toContain('leave out --remote-validate');
    expect(status).toBe(3);
    hub = await startHub();
  });
});
