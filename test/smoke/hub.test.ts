import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openRepo } from '../../src/repo/open.js';
import { planSmokeTest, smokeTest } from '../../src/smoke/smoke.js';
import { type HubServer, startHub } from '../hub-server/hub-server.js';
import type { FixtureFile } from '../hub-server/repository.js';
import { fixturePath, temporaryFolder } from './fixture.js';

let hub: HubServer | undefined;
afterEach(() => hub?.close());

/** The files of a fixture, weights in Xet as on the Hub. */
function filesOf(name: string): Record<string, FixtureFile> {
  const root = fixturePath(name);
  return Object.fromEntries(
    readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => {
        const path = join(entry.parentPath, entry.name);
        const storage = /\.(?:onnx|onnx_data|gguf|safetensors)$/.test(path) ? 'xet' : 'git';
        return [relative(root, path).replaceAll('\\', '/'), { content: readFileSync(path), storage }];
      }),
  );
}

async function open(fixture: string, without = '') {
  const { [without]: _, ...files } = filesOf(fixture);
  hub = await startHub({ models: { 'org/name': { files } } });
  const cacheFolder = temporaryFolder();
  return {
    hub,
    repo: await openRepo('org/name', { hub: { endpoint: hub.endpoint, cacheFolder } }),
    cacheFolder,
  };
}

const sentFrom = (server: HubServer) =>
  server.requests
    .filter(({ host }) => host === 'cdn')
    .reduce((sum, { headers }) => {
      const [, start = Number.NaN, end = Number.NaN] = (
        /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? []
      ).map(Number);
      return sum + end - start + 1;
    }, 0);

describe('a smoke inference of a model on the Hub', () => {
  it('downloads what it needs and runs in the folder of the cache', async () => {
    const { hub: server, repo, cacheFolder } = await open('text-classification');
    const stages: string[] = [];
    const report = await smokeTest(repo, { device: 'cpu', onProgress: ({ stage }) => stages.push(stage) });
    expect(report).toMatchObject({ status: 'passed', runner: 'transformers', device: 'cpu' });
    expect(stages.indexOf('download')).toBeGreaterThan(stages.indexOf('plan'));
    const [commit = ''] = readdirSync(join(cacheFolder, 'models--org--name', 'snapshots'));
    const snapshot = join(cacheFolder, 'models--org--name', 'snapshots', commit);
    expect(readdirSync(snapshot).sort()).not.toContain('model.safetensors');
    expect(readdirSync(snapshot)).toEqual(
      expect.arrayContaining(['README.md', 'config.json', 'tokenizer.json']),
    );
    expect(
      server.requests.filter(({ host }) => host === 'cdn').every(({ headers }) => !headers.authorization),
    ).toBe(true);
  });

  it('finds weights beside the graph, through the links of the cache', async () => {
    const { repo, cacheFolder } = await open('text-classification-external-data');
    const report = await smokeTest(repo, { device: 'cpu' });
    expect(report).toMatchObject({ status: 'passed', runner: 'transformers' });
    expect(report.files).toContainEqual(expect.objectContaining({ path: 'onnx/model.onnx_data' }));
    expect(readdirSync(cacheFolder)).toEqual(['models--org--name']);
  });

  it('reads safetensors in place, through the links of the cache', async () => {
    const { repo } = await open('text-classification', 'onnx/model.onnx');
    const plan = await planSmokeTest(repo, { device: 'cpu' });
    expect(plan).toMatchObject({ status: 'runs', runner: 'safetensors' });
    expect(await smokeTest(repo, { device: 'cpu' })).toMatchObject({
      status: 'passed',
      runner: 'safetensors',
    });
  });

  it('downloads one variant, unless others are asked for', async () => {
    const { hub: server, repo, cacheFolder } = await open('text-generation-gguf');
    const plan = await planSmokeTest(repo, { device: 'cpu' });
    expect(plan).toMatchObject({ status: 'runs', runner: 'llama', variants: [{ dtype: 'Q8_0' }] });
    expect(plan.variants).toHaveLength(1);
    const both = await planSmokeTest(repo, { device: 'cpu', dtypes: ['F16', 'Q8_0'] });
    expect(both.variants.map(({ dtype }) => dtype)).toEqual(['Q8_0', 'F16']);
    expect(readdirSync(cacheFolder)).toEqual([]);
    expect(server.requests.some(({ host }) => host === 'cdn')).toBe(true);
  });

  it('is planned from the heads of the files, without their weights', async () => {
    const files = filesOf('text-generation-gguf');
    const head = readFileSync(join(fixturePath('text-generation-gguf'), 'tiny-llama-stories.Q8_0.gguf'));
    hub = await startHub({
      models: {
        'org/name': {
          files: {
            ...files,
            'tiny-llama-stories.F16.gguf': 'x',
            // As large as a model is: what comes behind the head is never asked for.
            'tiny-llama-stories.Q8_0.gguf': {
              content: Buffer.concat([head, Buffer.alloc(20_000_000)]),
              storage: 'xet',
            },
          },
        },
      },
    });
    const repo = await openRepo('org/name', {
      hub: { endpoint: hub.endpoint, cacheFolder: temporaryFolder() },
    });
    const plan = await planSmokeTest(repo, { device: 'cpu', dtypes: ['Q8_0'] });
    expect(plan.status).toBe('runs');
    expect(sentFrom(hub)).toBeLessThan(3_000_000);
  });

  it('downloads nothing that does not fit into the memory, and nothing of what cannot run', async () => {
    const { hub: server, repo, cacheFolder } = await open('text-classification');
    expect(await smokeTest(repo, { device: 'cpu', memoryLimitBytes: 1000 })).toMatchObject({
      status: 'skipped',
      reason: expect.stringContaining('memory'),
    });
    expect(await smokeTest(repo, { device: 'cpu', task: 'translation' })).not.toMatchObject({
      status: 'passed',
    });
    expect(readdirSync(cacheFolder)).toEqual([]);
    expect(server.requests.length).toBeGreaterThan(0);
  });
});
