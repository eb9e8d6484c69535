import { cp, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServedModels } from '../../src/serve/server-options.js';
import { FIXTURES, post, read, serve } from './served.js';

const TEXT = 'text-classification';

let folder: string;
let server: ServedModels;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'serve-status-'));
  for (const name of ['damaged', 'huge', 'unreadable']) {
    await cp(`${FIXTURES}${TEXT}`, join(folder, name), { recursive: true });
  }
  await writeFile(join(folder, 'damaged', 'tokenizer.json'), '{"version": "1.0"}');
  await writeFile(join(folder, 'unreadable', 'README.md'), '---\nlicense: [mit\n---\n');
  // As many bytes as no disk has to hold: the file is a hole.
  await writeFile(join(folder, 'huge', 'model.safetensors'), '');
  await truncate(join(folder, 'huge', 'model.safetensors'), 60 * 1024 ** 3);
  server = await serve([], {
    targets: [
      ...[TEXT, 'broken', 'conversational', 'faults/truncated-onnx', 'faults/nan-logits'].map(
        (id) => `${FIXTURES}${id}`,
      ),
      join(folder, 'damaged'),
      join(folder, 'huge'),
      join(folder, 'unreadable'),
    ],
  });
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

const get = async (path: string, init: RequestInit = {}) => read(await fetch(`${server.url}${path}`, init));
const status = async (id: string) => (await get(`/status/${id}`)).json;
const cold = { loaded: false, compute_type: 'cpu', framework: 'transformers' };

describe('the status of a model', () => {
  it('is Loadable, then Loaded', async () => {
    expect(await status(TEXT)).toEqual({ ...cold, state: 'Loadable' });
    expect((await post(`${server.url}/models/${TEXT}`, { inputs: 'Great!' })).status).toBe(200);
    expect(await status(TEXT)).toEqual({ ...cold, loaded: true, state: 'Loaded' });
  });

  it('is Loaded where the Hub knows no task, and it answers for one that was asked for', async () => {
    const { state, error } = (await status('conversational')) as Record<string, unknown>;
    expect([state, error]).toEqual(['error', expect.stringContaining('`pipeline_tag: conversational`')]);
    const asked = `${server.url}/pipeline/conversational/conversational`;
    expect((await post(asked, { inputs: { text: 'Who are you?' } })).status).toBe(200);
    expect(await status('conversational')).toMatchObject({ loaded: true, state: 'Loaded' });
    expect((await get('/models/conversational')).json).toMatchObject({ state: { state: 'loaded' } });
  });

  it('is an error once it could not be loaded', async () => {
    expect(await status('damaged')).toEqual({ ...cold, state: 'Loadable' });
    expect((await post(`${server.url}/models/damaged`, { inputs: 'Great!' })).status).toBe(500);
    expect(await status('damaged')).toEqual({
      ...cold,
      state: 'error',
      error: expect.stringMatching(/^damaged cannot be loaded: /),
    });
  });

  it('is an error where its files show that it cannot be', async () => {
    expect(await status('truncated-onnx')).toEqual({
      ...cold,
      framework: 'transformers.js',
      state: 'error',
      error: expect.stringContaining('model.onnx'),
    });
  });

  it('is an error where its card cannot be read, with what to do; so is a request', async () => {
    const error = expect.stringMatching(/ To do: Make the front matter valid YAML first; .*\.$/);
    expect(await status('unreadable')).toMatchObject({ state: 'error', error });
    const asked = await post(`${server.url}/models/unreadable`, { inputs: 'Great!' });
    expect([asked.status, asked.json]).toEqual([400, { error }]);
  });

  it('is an error where its card forbids it', async () => {
    expect(await status('broken')).toMatchObject({
      loaded: false,
      state: 'error',
      error: expect.any(String),
    });
  });

  it('is TooBig, and so it is not loaded', async () => {
    expect(await status('huge')).toEqual({ ...cold, state: 'TooBig' });
    const { status: code, json } = await post(`${server.url}/models/huge`, { inputs: 'Great!' });
    expect([code, json]).toEqual([403, { error: expect.stringMatching(/^huge is too big.* --pin huge /) }]);
  });

  it('is Loaded all the same where the model is pinned, and it answers', async () => {
    const pinning = await serve([], { targets: [join(folder, 'huge')], pin: ['huge'] });
    try {
      const { json } = await read(await fetch(`${pinning.url}/status/huge`));
      expect(json).toEqual({ ...cold, loaded: true, state: 'Loaded' });
      expect((await post(`${pinning.url}/models/huge`, { inputs: 'Great!' })).status).toBe(200);
    } finally {
      await pinning.close();
    }
  });

  it('is an error where its card forbids it, loaded or not', async () => {
    const forbidden = join(folder, 'forbidden');
    await cp(`${FIXTURES}${TEXT}`, forbidden, { recursive: true });
    const card = await readFile(join(forbidden, 'README.md'), 'utf8');
    await writeFile(join(forbidden, 'README.md'), card.replace('---\n', '---\ninference: false\n'));
    const pinning = await serve([], { targets: [forbidden], pin: ['forbidden'] });
    try {
      expect((await post(`${pinning.url}/models/forbidden`, { inputs: 'Great!' })).status).toBe(403);
      const told = { loaded: false, state: 'error', error: expect.stringContaining('inference: false') };
      expect((await read(await fetch(`${pinning.url}/status/forbidden`))).json).toMatchObject(told);
      const health = await read(await fetch(`${pinning.url}/models/forbidden/health`));
      expect([health.status, health.json]).toMatchObject([503, told]);
    } finally {
      await pinning.close();
    }
  });

  it.each([
    [TEXT, 200, 'Loaded'],
    ['broken', 503, 'error'],
    ['truncated-onnx', 503, 'error'],
    ['huge', 503, 'TooBig'],
  ])('is the health of its address, which huggingface_hub asks for: %s', async (id, code, state) => {
    for (const path of [`/models/${id}/health`, `/models/${id}/health/`]) {
      const got = await get(path);
      expect([got.status, got.json]).toMatchObject([code, { state }]);
    }
    expect((await get('/models/nothing/health')).status).toBe(404);
  });

  it.each(['/status/nothing', '/status/..%2f..', '/status/', '/status/%00'])(
    '%s is unknown',
    async (path) => {
      expect((await get(path)).status).toBe(404);
    },
  );
});

describe('a task that is asked for by another name', () => {
  it.each([TEXT, 'unreadable'])('is answered as by its own, by %s', async (id) => {
    const answers = [];
    for (const task of [TEXT, 'sentiment-analysis']) {
      const { status: code, json } = await post(`${server.url}/pipeline/${task}/${id}`, { inputs: 'Great!' });
      expect([task, code, json]).toEqual([task, 200, [expect.any(Array)]]);
      answers.push(json);
    }
    expect(answers[1]).toEqual(answers[0]);
  });
});

describe('a card that says inference: false', () => {
  it.each([
    ['/models/broken', { inputs: 'Great!' }],
    ['/models/broken/', { inputs: 'Great!' }],
    ['/models/broken', { inputs: 'Great!', stream: true }],
    ['/models/broken/pipeline/text-classification', { inputs: 'Great!' }],
    ['/pipeline/text-classification/broken', { inputs: 'Great!' }],
    ['/models/broken/v1/chat/completions', { messages: [{ role: 'user', content: 'Hi' }] }],
    ['/models/broken/v1/completions', { prompt: 'Hi' }],
    ['/v1/chat/completions', { model: 'broken', messages: [{ role: 'user', content: 'Hi' }] }],
    ['/v1/completions', { model: 'broken', prompt: 'Hi' }],
  ])('is refused at %s, %j', async (path, body) => {
    const { status: code, json } = await post(`${server.url}${path}`, body, {});
    expect(code).toBe(403);
    expect(JSON.stringify(json)).toContain('inference: false');
  });
});

describe('a model that gives numbers that are none', () => {
  it('is told of, instead of null', async () => {
    const { status: code, json } = await post(`${server.url}/models/nan-logits`, { inputs: 'Great!' });
    expect([code, json]).toEqual([
      500,
      { error: expect.stringMatching(/^The model gave no answer for text-classification: .*--smoke/) },
    ]);
  });
});

describe('lists', () => {
  it('name the models of a library with their tasks, and none of others', async () => {
    const models = (await get('/framework/transformers')).json;
    expect(models).toContainEqual({ model_id: TEXT, task: TEXT });
    for (const one of models as { task: unknown }[]) expect(one.task).toEqual(expect.any(String));
    for (const name of ['text-generation-inference', '__proto__']) {
      const { status: code, json } = await get(`/framework/${name}`);
      expect([code, json]).toEqual([200, []]);
    }
  });
});

describe('a preflight', () => {
  it.each([
    ['x-stainless-lang, x-stainless-os', 'x-stainless-lang, x-stainless-os'],
    ['x-a\u00e9', undefined],
    ['a'.repeat(3000), undefined],
  ])('for the headers %s is answered', async (asked, allowed) => {
    const { headers } = await fetch(`${server.url}/v1/chat/completions`, {
      method: 'OPTIONS',
      headers: { 'access-control-request-headers': asked, 'access-control-request-method': 'POST' },
    });
    const usual = headers.get('access-control-allow-headers')?.split(', accept')[0];
    expect(usual).toBe('authorization, content-type, x-use-cache, x-wait-for-model, x-load-model, x-use-gpu');
    expect(headers.get('access-control-allow-headers')?.split(', accept, ')[1]).toBe(allowed);
  });
});

describe('a method', () => {
  it.each([
    ['GET', `/models/${TEXT}`, 200],
    ['HEAD', `/models/${TEXT}`, 200],
    ['HEAD', '/models/nothing', 404],
    ['GET', '/models/nothing', 404],
    ['GET', '/', 200],
    ['HEAD', '/', 200],
    ['OPTIONS', '/', 204],
    ['OPTIONS', '/nothing/%ff', 204],
    ['OPTIONS', `/models/${TEXT}/v1/chat/completions`, 204],
    ['PUT', `/models/${TEXT}`, 405],
    ['PATCH', '/v1/models', 405],
    ['DELETE', '/nothing', 405],
  ])('%s %s is answered with %i', async (method, path, code) => {
    const response = await fetch(`${server.url}${path}`, { method });
    expect(response.status).toBe(code);
    // The page is for this machine alone.
    if (path !== '/' || method === 'OPTIONS') {
      expect(response.headers.get('access-control-allow-origin')).toBe('*');
    }
    if (code === 405) expect(response.headers.get('allow')).toBe('GET, HEAD, POST, OPTIONS');
    if (method === 'HEAD') expect(await response.text()).toBe('');
    if (method === 'OPTIONS') {
      const allowed = response.headers.get('access-control-allow-headers')?.split(/, */) ?? [];
      expect(allowed).toEqual(
        expect.arrayContaining([
          'authorization',
          'content-type',
          'x-use-cache',
          'x-wait-for-model',
          'x-load-model',
        ]),
      );
    }
  });
});
