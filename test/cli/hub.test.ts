import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { downloadInWords } from '../../src/cli/download-bar.js';
import { safetensorsOf } from '../architectures/reference-models.js';
import { type HubServer, startHub } from '../hub-server/hub-server.js';
import { inFolder, runMain } from './scenario.js';

const CARD =
  '---\nlicense: mit\nlanguage: en\nlibrary_name: transformers\npipeline_tag: fill-mask\n---\n# A model\n\nText.\n';
/** No token, but in the form of one; in two parts, so that nothing takes it for one that leaked. */
const TOKEN = `hf_${'tQ7mZx2LpK9rVbN4sWdY'}${'c6HjFg1TaEuXwR'}`;

/** Two megabytes of weights. */
const WEIGHTS = safetensorsOf({ tensors: { 'a.weight': [500, 1000] }, dtype: 'F32', seed: 1 });

let hub: HubServer;
beforeEach(async () => {
  hub = await startHub({
    models: {
      'org/name': {
        files: { 'README.md': CARD, 'model.safetensors': { content: WEIGHTS, storage: 'xet' } },
      },
      'org/private': { files: { 'README.md': CARD }, private: true, readers: [TOKEN] },
      'org/old': { renamedTo: 'org/name' },
    },
    tokens: { hf_other: { name: 'other' } },
  });
});
afterEach(() => hub.close());

/** Runs the command in an empty folder, with the Hub of the test and a home of its own. */
function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return inFolder(new Map(), async (folder) => {
    const HF_HOME = join(folder, 'hf');
    const outcome = await runMain(args, folder, { env: { HF_ENDPOINT: hub.endpoint, HF_HOME, ...env } });
    return { ...outcome, left: readdirSync(folder) };
  });
}

describe('a model on the Hub as target', () => {
  it('is checked without a weight but for what comes with the header, and without a file on the disk', async () => {
    const { status, stdout, stderr, left } = await run(['org/name']);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain('fill-mask');
    const parts = hub.requests.filter(({ host }) => host === 'cdn').map(({ headers }) => headers.range);
    expect(parts).toEqual(['bytes=0-99999']);
    expect(left).toEqual([]);
  });

  it('is told what its weights lack, or nothing where they cannot be had', async () => {
    const config = { model_type: 'bert', architectures: ['BertModel'], vocab_size: 8 };
    await hub.close();
    hub = await startHub({
      models: {
        'org/other': {
          files: {
            'README.md': CARD,
            'config.json': JSON.stringify(config),
            'model.safetensors': { content: WEIGHTS, storage: 'xet' },
          },
        },
        'org/split': {
          files: {
            'README.md': CARD,
            'model.safetensors.index.json': '{"weight_map": {"a": "b.safetensors"}}',
          },
        },
      },
    });
    const { stdout } = await run(['org/other']);
    expect(stdout).toContain('warning[weights-tensor-missing]: model.safetensors lacks bert.embeddings');
    const split = await run(['org/split']);
    expect(split.stdout).toMatch(/names b\.safetensors, which is not\s+there/);
    expect(split.status).toBe(1);
  });

  it('is told by its new name', async () => {
    const { status, stdout, stderr } = await run(['org/old', '--format', 'json']);
    expect([status, stderr]).toEqual([0, 'org/old is called org/name on the Hub today.\n']);
    expect(JSON.parse(stdout)).toMatchObject({ target: { kind: 'hub', id: 'org/name', revision: 'main' } });
  });

  it.each([
    ['datasets/org/data', /is a dataset, not a model/],
    [`https://huggingface.co/spaces/org/app`, /is a Space, not a model/],
    ['https://example.com/org/name', /none of the Hub/],
  ])('%s is refused', async (target, words) => {
    const { status, stderr } = await run([target]);
    expect(status).toBe(2);
    expect(stderr).toMatch(words);
    expect(hub.requests).toEqual([]);
  });

  it('is not written to', async () => {
    const { status, stderr } = await run(['org/name', '--fix']);
    expect(status).toBe(2);
    expect(stderr).toContain('not one on the Hub');
  });
});

describe('several models on the Hub as targets', () => {
  it('are told by their new names', async () => {
    const { status, stderr } = await run(['org/old', 'org/name']);
    expect([status, stderr]).toEqual([0, 'org/old is called org/name on the Hub today.\n']);
  });

  it('are told to be from the cache where nobody asks the Hub', () => {
    const commit = '0123456789abcdef0123456789abcdef01234567';
    const cache = 'hf/hub/models--org--name';
    const files = new Map([
      [`${cache}/refs/main`, commit],
      [`${cache}/snapshots/${commit}/README.md`, CARD],
      ['model/README.md', CARD],
    ]);
    return inFolder(files, async (folder) => {
      const env = { HF_ENDPOINT: hub.endpoint, HF_HOME: join(folder, 'hf') };
      const { status, stderr } = await runMain(['org/name', 'model', '--offline'], folder, { env });
      expect([status, stderr]).toEqual([
        0,
        'Offline: 1 file of org/name at commit 0123456 from the cache; files that were never downloaded are missing.\n',
      ]);
    });
  });

  it('are not asked about beyond what they hold', async () => {
    await run(['org/name', 'org/private'], { HF_TOKEN: TOKEN });
    expect(hub.requests.length).toBeGreaterThan(0);
    expect(hub.requests.filter(({ path }) => path.includes('expand[]'))).toEqual([]);
  });
});

describe('a token', () => {
  it.each([
    [['--token', TOKEN], {}],
    [[`--token=${TOKEN}`], {}],
    [[], { HF_TOKEN: TOKEN }],
    [['--token', TOKEN], { HF_TOKEN: 'hf_other' }],
  ])('in %j %j opens what is private', async (args, env) => {
    const { status, stdout, stderr } = await run(['org/private', '--format', 'json', ...args], env);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).not.toContain(TOKEN);
  });

  it.each([
    [['org/private', '--debug'], { HF_TOKEN: 'hf_other' }, 'hf_other'],
    [['org/name', '--debug', '--token', 'hf_bad'], {}, 'hf_bad'],
    [['org/name', '--debug', '--token=hf_bad'], {}, 'hf_bad'],
    // Slips of the pen put it where messages quote it.
    [['--tokn', TOKEN, 'org/name', '--debug'], {}, TOKEN],
    [[TOKEN, '--debug'], {}, TOKEN],
    [['org/name', '--format', TOKEN], {}, TOKEN],
    [['org/name', '--debug'], { HF_ENDPOINT: 'http://127.0.0.1:1', HF_TOKEN: 'hf_other' }, 'hf_other'],
    [['org/name', '--debug'], { HF_TOKEN: 'no-token-at-all' }, 'no-token-at-all'],
    [['org/name', '--debug', '--token', 'no-token-at-all'], {}, 'no-token-at-all'],
  ])('is not shown by %j %j', async (args, env, token) => {
    const { status, stdout, stderr } = await run(args, env);
    expect(status).toBeGreaterThan(1);
    expect(stderr).toMatch(/^error: /);
    expect(stdout + stderr).not.toContain(token);
  });

  it('is not shown by what throws it in its stack', async () => {
    hub.fault({
      path: '/',
      answer: { status: 302, headers: { location: `https://x.invalid/${TOKEN}` } },
      times: 9,
    });
    const { stderr } = await run(['org/private', '--debug'], { HF_TOKEN: TOKEN });
    expect(stderr).toMatch(/^error: /);
    expect(stderr).not.toContain(TOKEN);
  });
});

describe('the bar of a download', () => {
  it.each([
    [{ done: 0, total: 2e9, received: 0, elapsedMs: 0 }, '──────────────────── 0 %, 0 B of 2.0 GB'],
    [
      { done: 5e8, total: 2e9, received: 1e8, elapsedMs: 10_000 },
      '━━━━━─────────────── 25 %, 500 MB of 2.0 GB, 10 MB/s, 3 min left',
    ],
    [
      { done: 2e9, total: 2e9, received: 2e9, elapsedMs: 10_000 },
      '━━━━━━━━━━━━━━━━━━━━ 100 %, 2.0 GB of 2.0 GB',
    ],
    [{ done: 3, total: 2, received: 3, elapsedMs: 10 }, '━━━━━━━━━━━━━━━━━━━━ 100 %, 3 B of 2 B'],
  ])('%j', (state, words) => {
    expect(downloadInWords(state, true)).toBe(words);
  });

  it('is drawn in ASCII where there is nothing else', () => {
    expect(downloadInWords({ done: 1, total: 2, received: 1, elapsedMs: 0 }, false)).toBe(
      '##########---------- 50 %, 1 B of 2 B',
    );
  });
});
