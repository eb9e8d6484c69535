import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Checkout, newCheckout } from './checkout.js';
import { type GitHubApi, startGitHub } from './github-api.js';
import { node24 } from './node24.js';
import { runStep, type Step } from './runner.js';

const HEALTHY = `---
license: mit
language: en
library_name: transformers
pipeline_tag: text-classification
---
# A model
`;
const SLIP = HEALTHY.replace('text-classification', 'text-clasification');

let checkout: Checkout;
let github: GitHubApi;
let base: string;
let head: string;
beforeEach(async () => {
  github = await startGitHub('owner/models', 12);
  checkout = await newCheckout();
  await checkout.write('models/a/README.md', HEALTHY);
  await checkout.write('models/b/README.md', HEALTHY);
  base = checkout.commit('Base');
  await checkout.write('models/b/README.md', SLIP);
  head = checkout.commit('@everyone ::error::pwned');
});
afterEach(async () => {
  await github.close();
  await checkout.remove();
});

/** The parts of a payload that matter, and what strangers can write into the others. */
function pullRequest(fork: boolean) {
  const text = '::error::pwned %0A::set-env name=X::1';
  return {
    name: 'pull_request',
    payload: {
      action: 'synchronize',
      number: 12,
      pull_request: {
        number: 12,
        title: text,
        body: text,
        user: { login: text },
        base: { sha: base, ref: 'main', repo: { id: 1, full_name: 'owner/models' } },
        head: {
          sha: head,
          ref: text,
          repo: { id: fork ? 2 : 1, full_name: fork ? `stranger/${text}` : 'owner/models' },
        },
      },
    },
  };
}

function step(
  inputs: Record<string, string>,
  event = pullRequest(false),
  token = 'the-token',
): Promise<Step> {
  return runStep({
    node: node24(),
    workspace: checkout.folder,
    inputs: { path: 'models/*', 'changed-only': 'true', ...inputs },
    event,
    token,
    env: { GITHUB_API_URL: github.url },
  });
}

it('a pull request gets one comment, which later runs bring up to date', async () => {
  const first = await step({ comment: 'true', fix: 'suggest', 'fail-level': 'warning' });
  expect(first.exitCode).toBe(1);
  expect(first.outputs).toMatchObject({ repositories: '1', warnings: '1', patch: '' });
  expect(first.log).toContain('The pull request touched 1 of 2 repositories.');
  expect(first.log).toContain('The report is also a comment: https://github.example/');
  const [comment] = github.comments;
  expect(github.comments).toHaveLength(1);
  expect(comment?.body).toMatch(
    /^<!-- validate-model-card:[0-9a-f]{16} -->\n## ✅ The model repository is ready/,
  );
  expect(comment?.body).toContain('-pipeline_tag: text-clasification\n+pipeline_tag: text-classification\n');
  expect(first.summary).toContain('### Fixes');

  await checkout.write('models/b/README.md', HEALTHY);
  expect((await step({ comment: 'true', fix: 'suggest', 'fail-level': 'warning' })).exitCode).toBe(0);
  expect(github.comments).toHaveLength(1);
  expect(github.comments[0]?.body).not.toContain('### Fixes');
});

it('the token is masked, and shown nowhere else', async () => {
  const { commands, log, summary } = await step({ comment: 'true' });
  expect(commands[0]).toEqual({ name: 'add-mask', properties: {}, message: 'the-token' });
  expect(log.split('the-token')).toHaveLength(2);
  expect(summary).not.toContain('the-token');
});

it('the pull request of a fork is checked all the same, and its lack of a comment is no failure', async () => {
  github.refuse(403, '{"message": "Resource not accessible by integration"}');
  const { exitCode, log, commands, outputs } = await step({ comment: 'true' }, pullRequest(true));
  expect(exitCode).toBe(0);
  expect(outputs).toMatchObject({ publishable: 'true', repositories: '1' });
  expect(log).toContain('No comment was written: the token may not comment here');
  expect(commands.filter(({ name }) => name === 'error')).toEqual([]);
});

it('nothing is asked of GitHub without comment: true', async () => {
  await step({ fix: 'suggest' });
  expect(github.requests).toEqual([]);
});

it.each([
  ['workflow_dispatch', { inputs: null }, 'the-token', 'the run belongs to no pull request'],
  [
    'push',
    { before: '0'.repeat(40), after: '0'.repeat(40) },
    'the-token',
    'the run belongs to no pull request',
  ],
  ['pull_request', { pull_request: { number: 12 } }, '', 'the input token is empty'],
])('on %s with %j and the token %j there is no comment', async (name, payload, token, why) => {
  const { exitCode, log } = await runStep({
    node: node24(),
    workspace: checkout.folder,
    inputs: { path: 'models/a', comment: 'true' },
    event: { name, payload },
    token,
    env: { GITHUB_API_URL: github.url },
  });
  expect(exitCode).toBe(0);
  expect(log).toContain(`No comment was written: ${why}`);
  expect(github.requests).toEqual([]);
});

it('fixes come as a patch that git applies, and nothing is changed', async () => {
  const { patch, outputs, summary } = await step({ fix: 'patch' });
  expect(outputs.patch).toMatch(/fixes\.patch$/);
  expect(summary).not.toContain('### Fixes');
  const file = join(checkout.folder, 'models/b/README.md');
  expect(readFileSync(file, 'utf8')).toBe(SLIP);
  expect(checkout.git('status', '--porcelain')).toBe('');
  await writeFile(join(checkout.folder, 'fixes.patch'), patch ?? '');
  execFileSync('git', ['apply', 'fixes.patch'], { cwd: checkout.folder });
  expect(readFileSync(file, 'utf8')).toBe(HEALTHY);
  expect((await step({ fix: 'patch' })).outputs.patch).toBe('');
});
