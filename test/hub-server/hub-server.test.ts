import {
  commit as commitTo,
  downloadFile,
  fileDownloadInfo,
  listFiles,
  modelInfo,
  whoAmI,
} from '@huggingface/hub';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HubServer, startHub } from './hub-server.js';

let hub: HubServer;
const repo = { type: 'model' as const, name: 'org/name' };

beforeEach(async () => {
  hub = await startHub({
    pageSize: 2,
    models: {
      'org/name': {
        files: {
          'README.md': '---\nlicense: mit\n---\n',
          'onnx/model.onnx': { content: '0123456789', storage: 'xet' },
          'model.gguf': { content: 'GGUF......', storage: 'lfs' },
        },
        revisions: { 'refs/pr/9': { 'README.md': 'another' } },
        pipelineTag: 'text-classification',
      },
      'org/old': { renamedTo: 'org/name' },
      'org/gated': { files: { 'README.md': 'x' }, gated: 'manual', readers: ['hf_reader'] },
      'org/private': { files: { 'README.md': 'x' }, private: true, readers: ['hf_reader'] },
    },
    tokens: { hf_writer: { name: 'someone' } },
  });
});
afterEach(() => hub.close());

const text = async (path: string, revision = 'main') =>
  (await downloadFile({ repo, path, revision, hubUrl: hub.endpoint, xet: false }))?.text();

describe('the Hub of the tests answers the Hub’s own client', () => {
  it('with info, pages of a listing and files of all storages', async () => {
    const info = await modelInfo({ name: 'org/old', hubUrl: hub.endpoint, additionalFields: ['sha'] });
    expect(info).toMatchObject({ name: 'org/name', task: 'text-classification' });
    const paths: string[] = [];
    for await (const entry of listFiles({
      repo,
      recursive: true,
      revision: info.sha,
      hubUrl: hub.endpoint,
    })) {
      paths.push(`${entry.type} ${entry.path} ${entry.size}`);
    }
    expect(paths).toEqual([
      'directory onnx 0',
      'file README.md 21',
      'file model.gguf 10',
      'file onnx/model.onnx 10',
    ]);
    expect(hub.requests.filter(({ path }) => path.includes('/tree/'))).toHaveLength(2);
    expect(await text('README.md')).toContain('license: mit');
    expect(await text('README.md', 'refs/pr/9')).toBe('another');
    expect(await text('onnx/model.onnx')).toBe('0123456789');
    expect(await text('model.gguf')).toBe('GGUF......');
    expect(await text('absent')).toBeUndefined();
    expect(hub.requests.some(({ host }) => host === 'cdn')).toBe(true);
    const xet = await fileDownloadInfo({ repo, path: 'onnx/model.onnx', hubUrl: hub.endpoint });
    expect(xet).toMatchObject({ size: 10, xet: { hash: expect.stringMatching(/^[0-9a-f]{64}$/) } });
  });

  it('with its errors', async () => {
    const status = (name: string, accessToken?: string) =>
      text2(name, accessToken).catch((error: { statusCode: number }) => error.statusCode);
    const text2 = async (name: string, accessToken?: string) =>
      (
        await downloadFile({
          repo: { type: 'model', name },
          path: 'README.md',
          hubUrl: hub.endpoint,
          ...(accessToken === undefined ? {} : { accessToken }),
        })
      )?.text();
    expect(await status('org/gated')).toBe(401);
    expect(await status('org/gated', 'hf_writer')).toBe(403);
    expect(await status('org/gated', 'hf_reader')).toBe('x');
    expect(await status('org/private')).toBe(401);
    expect(await status('org/private', 'hf_writer')).toBe(404);
    expect(await status('org/none', 'hf_unknown')).toBe(401);
    await expect(
      modelInfo({ name: 'org/name', revision: 'none', hubUrl: hub.endpoint }),
    ).rejects.toMatchObject({
      statusCode: 404,
    });
  });

  it('with a pull request', async () => {
    const accessToken = 'hf_writer';
    expect(await whoAmI({ accessToken, hubUrl: hub.endpoint })).toMatchObject({ name: 'someone' });
    const made = await commitTo({
      repo,
      title: 'Repair the card',
      description: 'Why',
      operations: [{ operation: 'addOrUpdate', path: 'README.md', content: new Blob(['new']) }],
      isPullRequest: true,
      accessToken,
      hubUrl: hub.endpoint,
    });
    expect(made?.pullRequestUrl).toBe(`${hub.endpoint}/org/name/discussions/1`);
    expect(hub.commits).toMatchObject([{ pullRequest: 1, files: { 'README.md': 'new' }, author: 'someone' }]);
    expect(await text('README.md', 'refs/pr/1')).toBe('new');
    expect(await text('README.md')).toContain('license: mit');
    const list = await fetch(`${hub.endpoint}/api/models/org/name/discussions?type=pull_request&status=open`);
    expect(await list.json()).toMatchObject({
      count: 1,
      discussions: [{ num: 1, title: 'Repair the card' }],
    });
  });

  it('with faults on demand', async () => {
    const get = () => fetch(`${hub.endpoint}/api/models/org/name`);
    hub.fault({ path: '/api/models/', answer: { status: 429, headers: { 'retry-after': '7' } } });
    hub.fault({ path: '/api/models/', answer: 'close' });
    hub.fault({ path: '/api/models/', answer: 'cut' });
    const limited = await get();
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '7']);
    await expect(get()).rejects.toThrow();
    await expect(get().then((response) => response.text())).rejects.toThrow();
    expect((await get()).status).toBe(200);
  });
});
