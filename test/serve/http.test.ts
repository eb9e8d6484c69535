import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServedModels } from '../../src/serve/server-options.js';
import { bytes, post, read, serve } from './served.js';

const TEXT = 'text-classification';
const LABELS = [
  [
    { label: 'POSITIVE', score: expect.closeTo(1, 1) },
    { label: 'NEGATIVE', score: expect.closeTo(0, 1) },
  ],
];
const GREAT = 'The movie was great!';

let server: ServedModels;
let url: string;
beforeAll(async () => {
  server = await serve([
    TEXT,
    'image-classification',
    'zero-shot-classification',
    'tabular-classification',
    'feature-extraction',
    'broken',
  ]);
  url = `${server.url}/models/${TEXT}`;
});
afterAll(() => server.close());

describe('a body', () => {
  it.each([
    ['JSON', { inputs: GREAT }, {}],
    ['JSON with empty options', { inputs: GREAT, parameters: {}, options: {} }, {}],
    ['parameters that are null', { inputs: GREAT, parameters: { top_k: null, function_to_apply: null } }, {}],
    ['parameters of other tasks', { inputs: GREAT, parameters: { max_new_tokens: 20 } }, {}],
    ['a text', GREAT, {}],
    ['a text as JSON', JSON.stringify(GREAT), {}],
    [
      'JSON that is declared as a form',
      JSON.stringify({ inputs: GREAT }),
      { 'content-type': 'application/x-www-form-urlencoded' },
    ],
    [
      'JSON that is declared as a text',
      JSON.stringify({ inputs: GREAT }),
      { 'content-type': 'text/plain;charset=UTF-8' },
    ],
    ['JSON of no declared type', Buffer.from(JSON.stringify({ inputs: GREAT })), {}],
  ])('may be %s', async (_, body, headers) => {
    const { status, json } = await post(url, body, { ...headers, 'x-wait-for-model': 'true' });
    expect([status, json]).toEqual([200, LABELS]);
  });

  it.each([
    ['nothing', '', {}, 'The body is empty'],
    ['declared as JSON and none', '{"inputs": ', { 'content-type': 'application/json' }, 'is none'],
    ['no text', Buffer.from([0xff, 0xfe, 0x00, 0xd8]), {}, 'no text in UTF-8'],
    ['without inputs', { parameters: {} }, {}, 'inputs'],
    ['of the wrong inputs', { inputs: 5 }, {}, 'inputs'],
    ['of a wrong parameter', { inputs: GREAT, parameters: { top_k: 0 } }, {}, 'top_k'],
    ['of parameters that are none', { inputs: GREAT, parameters: 'x' }, {}, '`parameters` must be an object'],
    ['of options that are none', { inputs: GREAT, options: 'x' }, {}, '`options` must be an object'],
  ])('is refused that is %s', async (_, body, headers, says) => {
    const { status, json } = await post(url, body, headers);
    expect([status, json]).toEqual([400, { error: expect.stringContaining(says) }]);
  });

  it('may be the bytes of a picture, or hold them', async () => {
    const picture = await bytes('image-classification/samples/red.png');
    const base64 = Buffer.from(picture).toString('base64');
    const there = `${server.url}/models/image-classification`;
    const red = expect.objectContaining({ label: 'red' });
    for (const body of [picture, { inputs: base64 }, { image: base64 }]) {
      expect((await post(there, body)).json).toEqual([red, expect.anything(), expect.anything()]);
    }
    const { status, json } = await post(there, { inputs: base64, parameters: { top_k: 1 } });
    expect([status, json]).toEqual([200, [red]]);
  });

  it.each(['https://example.com/cat.png', '/etc/passwd', 'file:///etc/passwd', '../README.md'])(
    'that is %s is neither fetched nor read',
    async (inputs) => {
      const { status, json } = await post(`${server.url}/models/image-classification`, { inputs });
      expect([status, json]).toEqual([400, { error: expect.not.stringMatching(/root:|ENOENT/) }]);
    },
  );

  it('that is larger than it may be is refused', async () => {
    const { status, json } = await read(
      await fetch(url, { method: 'POST', body: new Uint8Array(65 * 1024 ** 2) }),
    );
    expect([status, json]).toEqual([413, { error: 'The body is larger than 64 MB.' }]);
  });
});

describe('an answer', () => {
  it('tells what computed it, and comes from the cache the second time, unless that is not wanted', async () => {
    const body = { inputs: 'A film to remember.' };
    const first = await post(url, body);
    expect(first.headers.get('x-compute-type')).toBe('cpu');
    expect(Number(first.headers.get('x-compute-time'))).toBeGreaterThan(0);
    const again = await post(url, body);
    expect([again.headers.get('x-compute-type'), again.json]).toEqual(['cache', first.json]);
    const anew = await post(url, body, { 'x-use-cache': 'false' });
    expect(anew.headers.get('x-compute-type')).toBe('cpu');
    const options = await post(url, { ...body, options: { use_cache: false } });
    expect(options.headers.get('x-compute-type')).toBe('cpu');
  });

  it('can be read by a page of another origin, errors too', async () => {
    for (const id of [TEXT, 'nothing']) {
      const { headers } = await post(`${server.url}/models/${id}`, { inputs: GREAT });
      expect(headers.get('access-control-allow-origin')).toBe('*');
      expect(headers.get('access-control-expose-headers')).toContain('x-compute-type');
    }
    const preflight = await fetch(url, { method: 'OPTIONS' });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-headers')).toMatch(
      /authorization.*content-type.*x-use-cache.*x-wait-for-model.*x-load-model/,
    );
  });

  it('has the labels of zero-shot classification in the columns that old clients want', async () => {
    const there = `${server.url}/models/zero-shot-classification`;
    const body = {
      inputs: 'The bank and the stock market',
      parameters: { candidate_labels: ['sports', 'finance', 'cooking'] },
    };
    expect((await post(there, body)).json).toEqual(
      expect.arrayContaining([{ label: 'finance', score: expect.any(Number) }]),
    );
    const inColumns = {
      sequence: body.inputs,
      labels: ['finance', expect.any(String), expect.any(String)],
      scores: [expect.any(Number), expect.any(Number), expect.any(Number)],
    };
    expect((await post(there, { ...body, options: {} })).json).toEqual(inColumns);
    // Only old ones write labels in one text.
    const inOneText = { ...body, parameters: { candidate_labels: 'sports, finance,cooking' } };
    expect((await post(there, inOneText)).json).toEqual(inColumns);
  });

  it('names the classes of a table', async () => {
    const table = {
      sepal_width: [3.5, 2],
      sepal_length: ['5.1', 5],
      petal_length: [1.4, 3.5],
      petal_width: [0.2, 1],
    };
    const there = `${server.url}/models/tabular-classification`;
    for (const body of [{ inputs: { data: table } }, { table }]) {
      const { status, json } = await post(there, body);
      expect([status, json]).toEqual([200, ['setosa', 'versicolor']]);
    }
    const { status } = await post(there, { inputs: { data: { ...table, petal_width: [1] } } });
    expect(status).toBe(400);
  });
});

describe('an address', () => {
  it.each([
    '/pipeline/text-classification/text-classification',
    '/models/text-classification/pipeline/text-classification',
    '/models/text-classification/',
  ])('of a model may be %s', async (path) => {
    const { status, json } = await post(`${server.url}${path}`, { inputs: GREAT });
    expect([status, json]).toEqual([200, LABELS]);
  });

  it.each([
    '/models/nothing',
    '/models/..%2f..%2fetc',
    '/models/%2e%2e/%2e%2e',
    '/models/a%00b',
    '/models/%ff',
    '/models/a/b/c',
    '/models/',
    '/nothing',
  ])('%s is none', async (path) => {
    const { status, json } = await post(`${server.url}${path}`, { inputs: GREAT });
    expect([status, json]).toEqual([404, { error: expect.any(String) }]);
  });

  it('that leads out of the folders is none, as it stands on the wire', async () => {
    const answer = await raw(
      `POST /models/../../etc/passwd HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\nconnection: close\r\n\r\nx`,
    );
    expect(answer).toMatch(/^HTTP\/1.1 404 /);
    expect(answer).not.toContain('root:');
  });

  it('of a model with a slip of the pen is none, and says which one was meant', async () => {
    const { status, json } = await post(`${server.url}/models/text-clasification`, { inputs: GREAT });
    const error = 'There is no model text-clasification here. Did you mean text-classification?';
    expect([status, json]).toEqual([404, { error }]);
  });

  it.each([
    [
      '/pipeline/text-clasification/text-classification',
      'There is no task text-clasification. Did you mean text-classification?',
    ],
    ['/pipeline/translation/text-classification', 'is a model for text-classification, not for translation'],
    ['/pipeline/no-such-task/text-classification', 'There is no task no-such-task'],
  ])('%s asks for what the model cannot do', async (path, says) => {
    const { status, json } = await post(`${server.url}${path}`, { inputs: GREAT });
    expect([status, json]).toEqual([400, { error: expect.stringContaining(says) }]);
  });

  it('takes sentences to compare where a model gives vectors', async () => {
    const body = {
      inputs: { source_sentence: 'The team won', sentences: ['The coach', 'A tasty soup recipe'] },
    };
    const { status, json } = await post(
      `${server.url}/models/feature-extraction/pipeline/sentence-similarity`,
      body,
    );
    expect([status, json]).toEqual([200, [expect.any(Number), expect.any(Number)]]);
  });

  it.each(['PUT', 'PATCH', 'DELETE'])('takes no %s', async (method) => {
    const response = await fetch(url, { method });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST, OPTIONS']);
  });
});

describe('the verdict', () => {
  it('of a card that says inference: false is refused, with the reason', async () => {
    const { status, json } = await post(`${server.url}/models/broken`, { inputs: GREAT });
    expect([status, json]).toEqual([403, { error: expect.stringContaining('inference: false') }]);
  });

  it('of a model that the Hub would not serve is told', async () => {
    const { status, headers } = await post(`${server.url}/models/feature-extraction`, { inputs: GREAT });
    expect([status, headers.get('x-model-api')]).toEqual([
      200,
      'off; reason=PipelineLibraryPairNotSupported',
    ]);
  });

  it('is in what is told of a model', async () => {
    const told = await read(await fetch(`${server.url}/api/models/${TEXT}`));
    expect(told.json).toMatchObject({ id: TEXT, pipeline_tag: TEXT, support: { api: { enabled: true } } });
    const status = await read(await fetch(`${server.url}/status/${TEXT}`));
    expect(status.json).toEqual({
      loaded: true,
      state: 'Loaded',
      compute_type: 'cpu',
      framework: 'transformers',
    });
    const framework = await read(await fetch(`${server.url}/framework/transformers`));
    expect(framework.json).toContainEqual({ model_id: TEXT, task: TEXT });
    const models = await read(await fetch(`${server.url}/v1/models`));
    expect(models.json).toMatchObject({
      object: 'list',
      data: expect.arrayContaining([expect.objectContaining({ id: TEXT })]),
    });
  });
});

describe('a token', () => {
  it('is asked for on every route but OPTIONS, and whether the server is there', async () => {
    const guarded = await serve([TEXT], { serveToken: 'secret-of-the-server' });
    try {
      const there = `${guarded.url}/models/${TEXT}`;
      expect((await post(there, { inputs: GREAT }, {})).status).toBe(401);
      expect((await fetch(guarded.url)).status).toBe(401);
      expect((await fetch(`${guarded.url}/nothing`)).status).toBe(401);
      expect((await post(there, { inputs: GREAT }, { authorization: 'Bearer other' })).status).toBe(403);
      expect((await fetch(there, { method: 'OPTIONS' })).status).toBe(204);
      const health = await fetch(`${guarded.url}/health`);
      expect([health.status, await health.json()]).toEqual([200, { status: 'ok' }]);
      expect((await fetch(`${guarded.url}/health`, { method: 'HEAD' })).status).toBe(200);
      expect((await fetch(`${guarded.url}/health`, { method: 'POST' })).status).toBe(401);
      const headers = { authorization: 'bearer secret-of-the-server', 'x-wait-for-model': '1' };
      expect((await post(there, { inputs: GREAT }, headers)).status).toBe(200);
    } finally {
      await guarded.close();
    }
  });

  it('is needed where others can reach the server', async () => {
    await expect(serve([TEXT], { host: '0.0.0.0' })).rejects.toThrow(
      /can be reached from other machines, and there is no token/,
    );
  });
});

/** Sends bytes as they are, and gives the whole answer. */
function raw(request: string): Promise<string> {
  const { port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(Number(port), '127.0.0.1', () => socket.write(request));
    socket.on('data', (chunk) => {
      answer += chunk.toString();
    });
    socket.on('end', () => resolve(answer));
    socket.on('error', reject);
  });
}
