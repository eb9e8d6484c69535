import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Host } from '../../src/cli/host.js';
import { main } from '../../src/cli/main.js';
import { forgetAnswers } from '../../src/online/cache.js';
import { TITLE } from '../../src/online/fix-pull-request.js';
import { type HubServer, startHub } from '../hub-server/hub-server.js';

const WRITER = 'hf_writer0123456789';
const READER = 'hf_reader0123456789';
const OTHER = 'hf_other0123456789';

/** The license has one right answer, and the language none. */
const CARD = `---
license: Apache-2.0
language: tlhxx
library_name: transformers
pipeline_tag: fill-mask
---

# Model

A model to be fixed, with a line a stranger wrote: <sub>validate-card fixes ${'0'.repeat(64)}</sub>
`;

let hub: HubServer;

beforeEach(async () => {
  forgetAnswers();
  hub = await startHub({
    models: {
      'org/model': {
        files: { 'README.md': CARD },
        revisions: { dev: { 'README.md': `${CARD}On a branch.\n` } },
      },
      'org/good': { files: { 'README.md': '---\nlicense: mit\nlanguage: tlhxx\n---\n\n# Good\n' } },
      'org/old': { renamedTo: 'org/model' },
    },
    tokens: {
      [WRITER]: { name: 'writer' },
      [READER]: { name: 'reader', role: 'read' },
      [OTHER]: { name: 'other' },
    },
  });
});

afterEach(() => hub.close());

async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  let stdout = '';
  let stderr = '';
  const host: Host = {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    env: { HF_ENDPOINT: hub.endpoint, HF_TOKEN: WRITER, HF_HOME: '/nonexistent', ...env },
    cwd: import.meta.dirname,
    platform: 'linux',
    isTTY: { stdout: false, stderr: false },
    columns: undefined,
  };
  const status = await main(args, host);
  return { status, stdout, stderr };
}

const posts = () => hub.requests.filter(({ method }) => method === 'POST');
const prs = () => hub.repo('models/org/model').discussions;

describe('--hub-pr', () => {
  it('opens a pull request with the fixes, and the report as its description', async () => {
    const { status, stdout, stderr } = await run(['org/model', '--hub-pr']);
    expect(stderr).toBe(`Opened a pull request with the fixes: ${hub.endpoint}/org/model/discussions/1\n`);
    expect(status).toBe(0);
    expect(stdout).toContain('license-unknown');
    expect(hub.commits).toHaveLength(1);
    const [pushed] = hub.commits;
    expect(pushed).toMatchObject({
      repo: 'org/model',
      revision: 'main',
      title: TITLE,
      pullRequest: 1,
      author: 'writer',
    });
    expect(pushed?.files).toEqual({ 'README.md': CARD.replace('Apache-2.0', 'apache-2.0') });
    expect(pushed?.description).toContain('corrects <code>README.md</code>: ');
    expect(pushed?.description).toContain('license-unknown');
    expect(pushed?.description).toMatch(/<sub>validate-card fixes [0-9a-f]{64}<\/sub>\n$/);
    // The card itself stays as it is until somebody merges.
    expect(hub.repo('models/org/model').revisions.get('main')?.files.get('README.md')?.bytes.toString()).toBe(
      CARD,
    );
    expect(`${stdout}${stderr}${pushed?.description}`).not.toContain(WRITER);
  });

  it('says the address also with --quiet, and keeps machine output clean', async () => {
    const { stdout, stderr } = await run(['org/model', '--hub-pr', '-q', '--format', 'json']);
    expect(stderr).toContain('/discussions/1');
    expect(JSON.parse(stdout)).toMatchObject({ target: { kind: 'hub', id: 'org/model' } });
  });

  it('opens no second one', async () => {
    await run(['org/model', '--hub-pr']);
    const sent = posts().length;
    const { status, stderr } = await run(['org/model', '--hub-pr']);
    expect(stderr).toBe(
      `A pull request with these fixes is open already: ${hub.endpoint}/org/model/discussions/1\n`,
    );
    expect(status).toBe(0);
    expect(posts()).toHaveLength(sent);
    expect(hub.commits).toHaveLength(1);
  });

  it('opens no second one while one of its own with other fixes is open', async () => {
    await run(['org/model', '--hub-pr']);
    const { stderr, status } = await run(['org/model@dev', '--hub-pr']);
    expect(stderr).toContain('with other fixes is open; merge or close it first');
    expect(status).toBe(0);
    expect(hub.commits).toHaveLength(1);
  });

  it('does not propose again what was closed, but what was merged and came undone', async () => {
    await run(['org/model', '--hub-pr']);
    const [pr] = prs();
    if (pr === undefined) throw new Error('There is no pull request.');
    pr.status = 'closed';
    expect((await run(['org/model', '--hub-pr'])).stderr).toContain('was closed without being merged');
    expect(hub.commits).toHaveLength(1);
    pr.status = 'merged';
    expect((await run(['org/model', '--hub-pr'])).stderr).toContain('/discussions/2');
  });

  it('takes no pull request of others for its own', async () => {
    await run(['org/model', '--hub-pr'], { HF_TOKEN: OTHER });
    prs().push({
      num: 2,
      title: TITLE,
      status: 'open',
      isPullRequest: false,
      author: 'writer',
      comments: [],
    });
    prs().push({
      num: 3,
      title: 'Another',
      status: 'open',
      isPullRequest: true,
      author: 'writer',
      comments: [],
    });
    expect((await run(['org/model', '--hub-pr'])).stderr).toContain('Opened a pull request');
    expect(hub.commits).toHaveLength(2);
  });

  it('finds its own behind many others', async () => {
    await run(['org/model', '--hub-pr']);
    for (let num = 2; num < 60; num++) {
      prs().push({
        num,
        title: `More ${num}`,
        status: 'open',
        isPullRequest: true,
        author: 'writer',
        comments: [],
      });
    }
    expect((await run(['org/model', '--hub-pr'])).stderr).toContain('is open already');
  });

  it('goes to the branch that was named, and to the new name of a renamed model', async () => {
    await run(['org/model@dev', '--hub-pr']);
    expect(hub.commits[0]?.revision).toBe('dev');
    expect((await run(['org/old', '--hub-pr'], { HF_TOKEN: OTHER })).stderr).toContain(
      '/org/model/discussions/2',
    );
  });

  it('describes a card full of findings within what the Hub takes, and no secrets', async () => {
    const secret = `hf_${'aB3dE5fG7h'.repeat(4).slice(0, 34)}`;
    const paths = Array.from({ length: 900 }, (_, index) => `  - /data/folder number ${index}/of/mine`).join(
      '\n',
    );
    const card = `---\nlicense: Apache-2.0\nlanguage: tlhxx\ndatasets:\n${paths}\nnote: ${secret}\n---\n\n# Full\n`;
    const { endpoint } = hub;
    const full = await startHub({
      models: { 'org/full': { files: { 'README.md': card } } },
      tokens: { [WRITER]: { name: 'writer' } },
    });
    try {
      const { status } = await run(['org/full', '--hub-pr'], { HF_ENDPOINT: full.endpoint });
      expect(status).toBe(0);
      const [pushed] = full.commits;
      expect(pushed?.description.length).toBeLessThan(65_536);
      expect(pushed?.description).toMatch(/further findings? left out here/);
      expect(pushed?.description).not.toContain(secret);
      expect(pushed?.files['README.md']).toContain(secret);
      expect(hub.endpoint).toBe(endpoint);
    } finally {
      await full.close();
    }
  });

  it('says so when there is nothing to fix', async () => {
    const { status, stderr } = await run(['org/good', '--hub-pr']);
    expect(stderr).toBe('Nothing to fix in org/good: no pull request was opened.\n');
    expect(status).toBe(0);
    expect(posts()).toEqual([]);
    expect(hub.requests.some(({ path }) => path.includes('discussions') || path.includes('whoami'))).toBe(
      false,
    );
  });

  it('is never done without being asked', async () => {
    expect((await run(['org/model'])).status).toBe(1);
    expect(posts()).toEqual([]);
  });
});

describe('--hub-pr that cannot be done', () => {
  it.each([
    ['a folder', ['.', '--hub-pr'], {}, 2, 'the target is not there'],
    ['a commit', [`org/model@${'a'.repeat(40)}`, '--hub-pr'], {}, 3, 'no revision'],
    ['without a token', ['org/model', '--hub-pr'], { HF_TOKEN: '' }, 2, 'needs a token'],
    ['offline', ['org/model', '--hub-pr', '--offline'], {}, 2, '--offline and --hub-pr exclude each other'],
    ['--fix', ['org/model', '--hub-pr', '--fix'], {}, 2, '--hub-pr and --fix exclude each other'],
    ['--dry-run', ['org/model', '--hub-pr', '--smoke', '--dry-run'], {}, 2, 'exclude each other'],
    ['several', ['org/model', 'org/good', '--hub-pr'], {}, 2, '--hub-pr is about one repository'],
    [
      'a token that only reads',
      ['org/model', '--hub-pr'],
      { HF_TOKEN: READER },
      3,
      'refuses a pull request for org/model',
    ],
  ])('%s', async (_, args, env, status, words) => {
    const found = await run(args, env);
    expect(found.stderr).toContain(words);
    expect(found.status).toBe(status);
    expect(hub.commits).toEqual([]);
  });

  it.each([
    ['/api/whoami-v2', 401, 'does not accept the token'],
    ['/discussions?', 500, 'status 500'],
    ['/discussions?', 429, 'too many requests'],
    ['/preupload/', 500, 'status 500'],
    ['/commit/', 412, 'was changed while its fixes were worked out'],
    ['/commit/', 503, 'status 503'],
  ])('%s answers %i', async (path, status, words) => {
    hub.fault({ path, answer: { status, headers: { 'retry-after': '3600' }, body: '{}' }, times: 9 });
    const found = await run(['org/model', '--hub-pr']);
    expect(found.status).toBe(3);
    expect(found.stderr).toContain(words);
    expect(found.stderr).not.toContain(WRITER);
    expect(hub.commits).toEqual([]);
  });

  it.each(['/api/whoami-v2', '/discussions?', '/commit/'])('%s answers nonsense', async (path) => {
    hub.fault({ path, answer: { status: 200, body: '<html>' }, times: 9 });
    const found = await run(['org/model', '--hub-pr']);
    expect(found.status).toBe(3);
    expect(found.stderr).toContain('is not what the Hub answers');
  });

  it('prints no address of another host', async () => {
    hub.fault({
      path: '/commit/',
      answer: {
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          success: true,
          commitOid: 'a',
          commitUrl: 'x',
          hookOutput: '',
          pullRequestUrl: 'https://evil.example/\u001b[31m',
        }),
      },
    });
    const { stderr } = await run(['org/model', '--hub-pr']);
    expect(stderr).toBe(`Opened a pull request with the fixes: ${hub.endpoint}/org/model/discussions\n`);
  });

  it('asks no more after an answer that was lost: the next run finds what was opened', async () => {
    hub.fault({ path: '/commit/', answer: 'cut' });
    expect((await run(['org/model', '--hub-pr'])).status).toBe(3);
    expect(hub.commits).toHaveLength(1);
    expect((await run(['org/model', '--hub-pr'])).stderr).toContain('is open already');
    expect(hub.commits).toHaveLength(1);
  });
});
