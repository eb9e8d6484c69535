import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type HubServer, startHub } from '../hub-server/hub-server.js';
import { node24 } from './node24.js';
import { runStep, type Step } from './runner.js';

const TOKEN = 'hf_writer0123456789';
/** The license has one right answer. */
const CARD = `---
license: Apache-2.0
language: en
library_name: transformers
pipeline_tag: fill-mask
---

# Model
`;

let hub: HubServer;
let workspace: string;
beforeEach(async () => {
  hub = await startHub({
    models: { 'org/model': { files: { 'README.md': CARD } } },
    tokens: { [TOKEN]: { name: 'writer' } },
  });
  workspace = await realpath(await mkdtemp(join(tmpdir(), 'hub-')));
  // A folder of that name is not what is meant.
  await mkdir(join(workspace, 'org/model'), { recursive: true });
  await writeFile(join(workspace, 'org/model/README.md'), 'not this one');
});
afterEach(async () => {
  await hub.close();
  await rm(workspace, { recursive: true, force: true });
});

function step(
  inputs: Record<string, string>,
  env: Record<string, string> = { HF_TOKEN: TOKEN },
): Promise<Step> {
  return runStep({
    node: node24(),
    workspace,
    inputs,
    env: { HF_ENDPOINT: hub.endpoint, HF_HOME: join(workspace, 'hf'), ...env },
  });
}

it('a model on the Hub is checked, and its token masked', async () => {
  const { exitCode, outputs, commands, log, report, patch } = await step({
    'hub-repo': 'org/model',
    fix: 'patch',
  });
  expect(exitCode).toBe(1);
  expect(report).toMatchObject({ target: { kind: 'hub', id: 'org/model' } });
  expect(outputs).toMatchObject({ publishable: 'false', repositories: '1' });
  expect(commands[0]).toMatchObject({ name: 'add-mask', message: TOKEN });
  expect(log.split(TOKEN)).toHaveLength(2);
  // No annotation points at a file of the workspace.
  const files = commands.flatMap(({ properties }) => properties.file ?? []);
  expect(new Set(files)).toEqual(new Set(['org/model/README.md']));
  expect(patch).toContain('--- a/README.md\n+++ b/README.md\n');
});

it('gets one pull request with the fixes', async () => {
  const inputs = { 'hub-repo': 'org/model', 'hub-pr': 'true', 'fail-level': 'never' };
  const first = await step(inputs);
  expect(first.exitCode).toBe(0);
  expect(first.log).toContain('Opened a pull request with the fixes: ');
  expect(first.summary).toContain('Opened a pull request with the fixes: ');
  const second = await step(inputs);
  expect(second.log).toContain('A pull request with these fixes is open already: ');
});

it('what stops the pull request fails the step, and the report is written all the same', async () => {
  const { exitCode, commands, outputs } = await step(
    { 'hub-repo': 'org/model', 'hub-pr': 'true', 'fail-level': 'never' },
    {},
  );
  expect(exitCode).toBe(1);
  expect(commands.at(-1)).toMatchObject({ name: 'error', message: expect.stringContaining('needs a token') });
  expect(outputs.repositories).toBe('1');
});

it.each([
  ['no name', /The input hub-repo cannot be "no name"/],
  ['datasets/org/data', /dataset/],
  ['org/missing', /org\/missing/],
])('%s is refused', async (name, message) => {
  const { exitCode, commands } = await step({ 'hub-repo': name });
  expect(exitCode).toBe(1);
  expect(commands.filter((one) => one.name === 'error').map((one) => one.message)).toEqual([
    expect.stringMatching(message),
  ]);
});

it('nothing is asked of the Hub without it', async () => {
  await step({ path: 'org/model' });
  expect(hub.requests).toEqual([]);
});
