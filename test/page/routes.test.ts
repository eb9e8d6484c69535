import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ModelInfo, ModelSummary } from '../../src/serve/model-info.js';
import { createServer } from '../../src/serve/model-server.js';
import type { ServedModels } from '../../src/serve/server-options.js';
import { FIXTURES } from '../serve/served.js';

const HTML = { accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8' };

let folder: string;
let server: ServedModels;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'page-routes-'));
  mkdirs();
  server = await createServer({
    cwd: folder,
    targets: ['shown', 'mask', 'group/*', '*/deep model'],
    pageFolder: join(folder, 'built'),
  });
});
afterAll(async () => {
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A built page of one asset, and models with what cards hold. */
function mkdirs(): void {
  cpSync(`${FIXTURES}image-classification`, join(folder, 'shown'), { recursive: true });
  cpSync(`${FIXTURES}fill-mask`, join(folder, 'mask'), { recursive: true });
  cpSync(`${FIXTURES}text-classification`, join(folder, 'group', 'one'), { recursive: true });
  cpSync(`${FIXTURES}text-classification`, join(folder, 'group', 'two'), { recursive: true });
  cpSync(`${FIXTURES}text-classification`, join(folder, 'org', 'deep model'), { recursive: true });
  cpSync(join(FIXTURES, '..', 'test', 'page', 'built'), join(folder, 'built'), { recursive: true });
  writeFileSync(
    join(folder, 'shown', 'README.md'),
    [
      '---',
      'pipeline_tag: image-classification',
      'widget:',
      '- src: pictures/cat%20one.png',
      '- src: sample.svg',
      '  example_title: A drawing',
      '  group: Drawn',
      '  output:',
      '  - label: cat',
      '    score: 0.9',
      '- src: https://example.org/cat.png',
      '- src: ../../secret.png',
      '- text: no picture',
      '- 7',
      '---',
      '# A model',
      '',
    ].join('\n'),
  );
  writeFileSync(
    join(folder, 'shown', 'sample.svg'),
    '<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>',
  );
  writeFileSync(join(folder, 'group', 'two', 'config.json'), '{"model_type": "bert",}\n');
  writeFileSync(join(folder, 'shown', 'page.html'), '<script>alert(1)</script>');
  writeFileSync(join(folder, 'shown', 'a #? ü.txt'), 'text');
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  writeFileSync(join(folder, 'shown', '.env'), 'HF_TOKEN=secret\n');
  mkdirSync(join(folder, 'shown', '.private'));
  writeFileSync(join(folder, 'shown', '.private', 'token'), 'secret\n');
  // Holes, which take no place.
  writeFileSync(join(folder, 'shown', 'large.png'), '');
  truncateSync(join(folder, 'shown', 'large.png'), 65 * 1024 ** 2);
  const pixel = readFileSync(`${FIXTURES}image-classification/samples/red.png`);
  writeFileSync(join(folder, 'shown', 'long.png'), pixel);
  writeFileSync(join(folder, 'shown', '.private', 'red.png'), pixel);
  truncateSync(join(folder, 'shown', 'long.png'), 60 * 1024 ** 2);
  symlinkSync(join(folder, 'secret.txt'), join(folder, 'shown', 'link.txt'));
}

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${server.url}${path}`, { headers });
const json = async <T>(path: string): Promise<T> => (await get(path)).json() as Promise<T>;

describe('what is said of models', () => {
  it('is a list with task, library, verdict and findings', async () => {
    const list = await json<ModelSummary[]>('/api/models');
    expect(list.map(({ id }) => id).sort()).toEqual(['mask', 'one', 'org/deep model', 'shown', 'two']);
    expect(list.find(({ id }) => id === 'mask')).toMatchObject({
      pipeline_tag: 'fill-mask',
      library_name: 'transformers.js',
      inference: 'PipelineLibraryPairNotSupported',
      state: { state: 'cold' },
    });
  });

  it('has the card, its source and its metadata', async () => {
    const info = await json<ModelInfo>('/api/models/shown');
    expect(info.card).toBe('# A model\n');
    expect(info.cardSource).toMatch(/^---\npipeline_tag/);
    expect(info.cardPath).toBe('README.md');
    expect(info.cardData).toMatchObject({ pipeline_tag: 'image-classification' });
    expect(info.findings).toBe(info.diagnostics.length);
    expect(info.diagnostics.length).toBeGreaterThan(0);
  });

  it('has the source of another file that something is wrong with', async () => {
    const { diagnostics, otherSources } = await json<ModelInfo>('/api/models/two');
    expect(diagnostics.find(({ file }) => file === 'config.json')?.range?.start.line).toBe(1);
    expect(otherSources).toEqual({ 'config.json': '{"model_type": "bert",}\n' });
  });

  it('names the examples that the task can show, and where their files are', async () => {
    const { examples } = await json<ModelInfo>('/api/models/shown');
    expect(examples).toEqual([
      { title: 'pictures/cat%20one.png', group: null, example: {}, remote: null },
      {
        title: 'A drawing',
        group: 'Drawn',
        example: { src: '/shown/resolve/main/sample.svg' },
        remote: null,
        output: [{ label: 'cat', score: 0.9 }],
      },
      {
        title: 'https://example.org/cat.png',
        group: null,
        example: {},
        remote: 'https://example.org/cat.png',
      },
      { title: '../../secret.png', group: null, example: {}, remote: '../../secret.png' },
    ]);
  });

  it('is told of a model with a slash in its name, too', async () => {
    expect(await json<ModelInfo>('/api/models/org/deep%20model')).toMatchObject({
      id: 'org/deep model',
      inference: 'warm',
    });
  });

  it('knows the word to guess, and who chats', async () => {
    expect(await json<ModelInfo>('/api/models/mask')).toMatchObject({ maskToken: '[MASK]', chats: false });
  });

  it.each([
    '/api/models/shown',
    '/shown/resolve/main/config.json',
    '/api/events',
    '/api/usage',
    '/metrics',
    '/shown',
  ])('is kept from a page elsewhere whose name leads here: %s', async (path) => {
    const ask = (host: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        const asked = request(`${server.url}${path}`, { headers: { host, ...HTML } }, (response) => {
          resolve(response.statusCode);
          response.destroy();
        });
        asked.on('error', reject).end();
      });
    const { port } = new URL(server.url);
    expect(
      await Promise.all(['evil.example', `evil.example:${port}`, '127.0.0.1.evil.example'].map(ask)),
    ).toEqual([403, 403, 403]);
    expect(await Promise.all(['localhost', `127.0.0.1:${port}`, `[::1]:${port}`].map(ask))).toEqual([
      200, 200, 200,
    ]);
  });

  it('is kept from pages of other origins', async () => {
    const { headers } = await get('/api/models/shown');
    expect(headers.get('access-control-allow-origin')).toBeNull();
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
  });
});

describe('files of a repository', () => {
  it.each([
    ['/shown/resolve/main/sample.svg', 'image/svg+xml'],
    ['/org/deep%20model/resolve/main/README.md', 'text/plain; charset=utf-8'],
    ['/shown/resolve/main/samples/red.png', 'image/png'],
    ['/shown/resolve/main/.private/red.png', 'image/png'],
    ['/shown/resolve/main/page.html', 'text/plain; charset=utf-8'],
    ['/shown/resolve/main/config.json', 'text/plain; charset=utf-8'],
    ['/shown/resolve/main/a%20%23%3F%20%C3%BC.txt', 'text/plain; charset=utf-8'],
  ])('%s comes as %s, and can do nothing', async (path, type) => {
    const { status, headers } = await get(path);
    expect([status, headers.get('content-type')]).toEqual([200, type]);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toMatch(/^sandbox; default-src 'none'/);
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });

  it.each([
    ['a link that leads out', '/shown/resolve/main/link.txt', 404],
    ['no such file', '/shown/resolve/main/none.png', 404],
    ['a path that leads out', '/shown/resolve/main/%2e%2e/secret.txt', 404],
    ['a path that leads out in one step', '/shown/resolve/main/..%2fsecret.txt', 404],
    ['a folder', '/shown/resolve/main/onnx', 404],
    ['a file that is too large', '/shown/resolve/main/large.png', 413],
    ['weights', '/shown/resolve/main/onnx/model.onnx', 415],
    ['a hidden text', '/shown/resolve/main/.env', 415],
    ['a text in a hidden folder', '/shown/resolve/main/.private/token', 415],
    ['another model', '/none/resolve/main/config.json', 404],
    ['a byte that no name has', '/shown/resolve/main/%00', 404],
  ])('are not handed out: %s', async (_, path, status) => {
    const response = await get(path);
    expect(response.status).toBe(status);
    const text = await response.text();
    expect(text).not.toContain(folder);
    expect(text).not.toContain('secret\n');
  });
});

describe('files that nobody reads', () => {
  it('are held in memory up to a limit', async () => {
    const slow = () =>
      new Promise<{ status: number | undefined; end: () => void }>((resolve, reject) => {
        const asked = request(`${server.url}/shown/resolve/main/long.png`, (response) => {
          response.pause();
          resolve({ status: response.statusCode, end: () => response.destroy() });
        });
        asked.on('error', reject).end();
      });
    const first = [await slow(), await slow()];
    expect(first.map(({ status }) => status)).toEqual([200, 200]);
    const third = await slow();
    expect(third.status).toBe(429);
    for (const { end } of [...first, third]) end();
    await expect
      .poll(async () => {
        const { status, end } = await slow();
        end();
        return status;
      })
      .toBe(200);
  });
});

describe('the page', () => {
  it.each(['/', '/shown', '/shown/', '/one?x=1', '/org/deep%20model'])(
    'answers people at %s',
    async (path) => {
      const response = await get(path, HTML);
      expect([response.status, response.headers.get('content-type')]).toEqual([
        200,
        'text/html; charset=utf-8',
      ]);
      const policy = response.headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain('unsafe');
      expect(response.headers.get('referrer-policy')).toBe('no-referrer');
      expect(response.headers.get('permissions-policy')).toContain('microphone=(self)');
      expect(response.headers.get('vary')).toContain('accept');
    },
  );

  it('says that there is no such model, as a page', async () => {
    const response = await get('/none', HTML);
    expect([response.status, response.headers.get('content-type')]).toEqual([
      404,
      'text/html; charset=utf-8',
    ]);
  });

  it('answers programs with JSON', async () => {
    expect(await json('/')).toMatchObject({ tool: { name: 'validate-model-card' } });
    const response = await get('/shown');
    expect([response.status, await response.json()]).toEqual([
      404,
      { error: expect.stringContaining('no such address') },
    ]);
  });

  it('loads what it is made of, which is kept for long', async () => {
    const response = await get('/_page/index-abc.js');
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      'text/javascript; charset=utf-8',
    ]);
    expect(response.headers.get('cache-control')).toContain('immutable');
    expect(response.headers.get('content-encoding')).toBe('gzip');
    expect(await response.text()).toContain('a built page');
    expect((await get('/_page/none.js')).status).toBe(404);
    expect((await get('/_page/..%2findex.html')).status).toBe(404);
  });

  it('says how it is built where it was not', async () => {
    const bare = await createServer({ cwd: folder, targets: ['mask'], pageFolder: join(folder, 'nowhere') });
    try {
      const response = await fetch(bare.url, { headers: HTML });
      expect([response.status, await response.text()]).toEqual([
        503,
        expect.stringContaining('npm run page'),
      ]);
    } finally {
      await bare.close();
    }
  });
});

describe('with a token', () => {
  let closed: ServedModels;
  beforeAll(async () => {
    closed = await createServer({
      cwd: folder,
      targets: ['shown'],
      serveToken: 'hf_x',
      pageFolder: join(folder, 'built'),
    });
  });
  afterAll(() => closed?.close());

  it.each(['/', '/shown', '/_page/index-abc.js'])('the page at %s is open', async (path) => {
    const { status } = await fetch(`${closed.url}${path}`, { headers: HTML });
    expect(status).toBe(200);
  });

  it('which models there are is not told by the page either', async () => {
    const [known, unknown] = await Promise.all(
      ['/shown', '/none'].map(async (path) => {
        const response = await fetch(`${closed.url}${path}`, { headers: HTML });
        return [response.status, await response.text()];
      }),
    );
    expect(known).toEqual(unknown);
  });

  it.each([
    '/api/models',
    '/api/models/shown',
    '/api/events',
    '/shown/resolve/main/config.json',
    '/models/shown',
  ])('what the models are at %s is not', async (path) => {
    const without = await fetch(`${closed.url}${path}`, { headers: HTML });
    expect(without.status).toBe(401);
    await without.body?.cancel();
    const wrong = await fetch(`${closed.url}${path}`, {
      headers: { ...HTML, authorization: 'Bearer other' },
    });
    expect([wrong.status, wrong.headers.get('www-authenticate')]).toEqual([
      403,
      'Bearer error="invalid_token"',
    ]);
    const right = await fetch(`${closed.url}${path}`, { headers: { ...HTML, authorization: 'Bearer hf_x' } });
    expect(right.status).toBe(200);
    await right.body?.cancel();
  });

  describe('the cookie that comes with what a page shows', () => {
    const FILE = '/shown/resolve/main/config.json';
    const ask = (path: string, headers: Readonly<Record<string, string>>, method = 'GET') =>
      fetch(`${closed.url}${path}`, { method, headers: { ...HTML, ...headers } });
    /** The status of an answer; nobody reads the rest. */
    const status = async (answer: Promise<Response>) => {
      const { status, body } = await answer;
      await body?.cancel();
      return status;
    };
    let cookie: string;
    beforeAll(async () => {
      const info = await ask('/api/models/shown', { authorization: 'Bearer hf_x' });
      await info.body?.cancel();
      cookie = info.headers.get('set-cookie') ?? '';
    });

    it('is for this browser, this server and the files of this model alone', () => {
      expect(cookie).toMatch(
        /^validate-card-\d+=[\w-]{43}; Path=\/shown\/resolve\/main\/; HttpOnly; SameSite=Strict$/,
      );
      expect(cookie).toContain(`validate-card-${new URL(closed.url).port}=`);
      expect(cookie).not.toContain('hf_x');
    });

    it('opens a file, in whatever company it comes', async () => {
      const [pair = ''] = cookie.split(';');
      const name = pair.split('=')[0];
      for (const sent of [pair, `a=b; ${pair}`, `${name}=stale; ${pair}; c`, `${pair};`]) {
        expect(await status(ask(FILE, { cookie: sent })), sent).toBe(200);
        expect(await status(ask(FILE, { cookie: sent }, 'HEAD')), sent).toBe(200);
      }
      expect(await status(ask(FILE, { cookie: pair, 'sec-fetch-site': 'same-origin' }))).toBe(200);
      expect(await status(ask(FILE, { cookie: pair, 'sec-fetch-site': 'none' }))).toBe(200);
    });

    it('opens nothing for another site, and nothing for a page of another port', async () => {
      const [pair = ''] = cookie.split(';');
      for (const site of ['cross-site', 'same-site']) {
        expect(await status(ask(FILE, { cookie: pair, 'sec-fetch-site': site })), site).toBe(401);
      }
      const answer = await ask(FILE, { cookie: pair });
      await answer.body?.cancel();
      expect(answer.headers.get('access-control-allow-origin')).toBeNull();
      expect(answer.headers.get('cross-origin-resource-policy')).toBe('same-origin');
    });

    it('opens nothing else', async () => {
      const [pair = ''] = cookie.split(';');
      const headers = { cookie: pair };
      for (const path of [
        '/api/models',
        '/api/models/shown',
        '/api/events',
        '/models/shown',
        '/other/resolve/main/config.json',
      ]) {
        expect(await status(ask(path, headers)), path).toBe(401);
      }
      expect(await status(ask('/models/shown', headers, 'POST'))).toBe(401);
      expect(await status(ask(FILE, headers, 'POST'))).toBe(401);
    });

    it.each(['', 'x', 'hf_x', 'A'.repeat(43)])('opens nothing as "%s"', async (value) => {
      const name = cookie.split('=')[0];
      expect(await status(ask(FILE, { cookie: `${name}=${value}` }))).toBe(401);
    });

    it('is not sent to those who gave no token, nor where none is wanted', async () => {
      const without = await ask('/api/models/shown', {});
      await without.body?.cancel();
      expect([without.status, without.headers.get('set-cookie')]).toEqual([401, null]);
      const open = await fetch(`${server.url}/api/models/shown`);
      await open.body?.cancel();
      expect([open.status, open.headers.get('set-cookie')]).toEqual([200, null]);
    });
  });

  it('is wanted of programs at / too', async () => {
    expect((await fetch(`${closed.url}/`)).status).toBe(401);
  });
});
