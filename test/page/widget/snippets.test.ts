import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requestOf } from '../../../src/page/widget/request.js';
import type { Asked } from '../../../src/page/widget/snippets/asked.js';
import { curlChatSnippet, curlSnippet, longBody } from '../../../src/page/widget/snippets/curl.js';
import { javascriptChatSnippet, javascriptSnippet } from '../../../src/page/widget/snippets/javascript.js';
import { pythonChatSnippet, pythonSnippet } from '../../../src/page/widget/snippets/python.js';
import { formTags } from '../../../src/page/widget/tasks.js';
import { NO_VALUES, type Values } from '../../../src/page/widget/values.js';
import type { ServedModels } from '../../../src/serve/server-options.js';
import { bytes, FIXTURES, serve } from '../../serve/served.js';
import { form } from './form.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../..', import.meta.url));
const SPOILT = `It's "so" \\ $HOME \`x\` %s \n ok`;

/** What is asked of a model with that task. */
function asked(
  url: string,
  tag: string,
  values: Partial<Values>,
  parameters: Readonly<Record<string, unknown>> = {},
): Asked {
  const all = { ...NO_VALUES, ...values };
  const made = requestOf(form(tag), all, parameters, null);
  if (!made.ok) throw new Error(made.message);
  return {
    url,
    form: form(tag),
    values: all,
    request: made.request,
    parameters: made.parameters,
    token: false,
  };
}

const IDS = [
  'text-classification',
  'image-segmentation',
  'zero-shot-image-classification',
  'object-detection',
  'text-to-image',
];

describe('code that asks the server', () => {
  let server: ServedModels;
  let folder: string;
  beforeAll(async () => {
    server = await serve([...IDS, 'text-generation-chat']);
    folder = await mkdtemp(join(tmpdir(), 'snippets-'));
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
    for (const id of ['image-segmentation', 'zero-shot-image-classification', 'object-detection']) {
      await cp(`${FIXTURES}${id}/samples`, folder, { recursive: true });
    }
  });
  afterAll(async () => {
    await server?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const there = (id: string) => `${server.url}/models/${id}`;
  const picture = async (name: string, path: string): Promise<Partial<Values>> => ({
    media: { name, blob: new Blob([await bytes(path)]) },
  });

  async function shell(code: string): Promise<string> {
    const { stdout } = await run('bash', ['-c', code], { cwd: folder, maxBuffer: 2 ** 24 });
    return stdout;
  }
  async function node(code: string): Promise<string> {
    await writeFile(join(folder, 'ask.mjs'), code);
    const { stdout } = await run(process.execPath, ['ask.mjs'], { cwd: folder, maxBuffer: 2 ** 24 });
    return stdout;
  }

  it('with a text, whatever that holds', async () => {
    const question = asked(
      there('text-classification'),
      'text-classification',
      { text: SPOILT },
      { top_k: 1 },
    );
    const [[answer]] = JSON.parse(await shell(curlSnippet(question)));
    expect(answer).toMatchObject({ label: expect.any(String), score: expect.any(Number) });
    expect(await node(javascriptSnippet(question))).toContain(answer.label);
  });

  it('with a file alone', async () => {
    const question = asked(
      there('object-detection'),
      'object-detection',
      await picture('scene.png', 'object-detection/samples/scene.png'),
    );
    expect(question.request.kind).toBe('bytes');
    expect(JSON.parse(await shell(curlSnippet(question)))).toMatchObject([{ label: 'red box' }]);
    expect(await node(javascriptSnippet(question))).toContain('red box');
  });

  it('with a file and parameters', async () => {
    const file = await picture('scene.png', 'object-detection/samples/scene.png');
    const question = asked(there('object-detection'), 'object-detection', file, { threshold: 1 });
    expect(JSON.parse(await shell(curlSnippet(question)))).toEqual([]);
    // The client would leave the parameters out.
    expect(javascriptSnippet(question)).toContain('fetch(');
    expect((await node(javascriptSnippet(question))).trim()).toBe('[]');
  });

  it('with a file and labels', async () => {
    const question = asked(there('zero-shot-image-classification'), 'zero-shot-image-classification', {
      ...(await picture('blue.png', 'zero-shot-image-classification/samples/blue.png')),
      labels: 'a red square, a blue square',
    });
    const [first] = JSON.parse(await shell(curlSnippet(question)));
    expect(first.label).toBe('a blue square');
    expect(await node(javascriptSnippet(question))).toMatch(/a blue square[\s\S]*a red square/);
  });

  it('for a picture', async () => {
    const question = asked(there('text-to-image'), 'text-to-image', { text: 'a photo of a red square' });
    await shell(curlSnippet(question));
    const made = await readFile(join(folder, 'picture.jpg'));
    expect(made.subarray(0, 3).toString('hex')).toBe('ffd8ff');
    await rm(join(folder, 'picture.jpg'));
    await node(javascriptSnippet(question));
    expect((await readFile(join(folder, 'picture.jpg'))).length).toBeGreaterThan(100);
  });

  it('for a conversation', async () => {
    const chat = {
      url: there('text-generation-chat'),
      messages: [{ role: 'user', content: 'Who are you?' }],
      parameters: { max_tokens: 20 },
      token: false,
    };
    expect(await shell(curlChatSnippet(chat))).toContain('data: [DONE]');
    expect((await node(javascriptChatSnippet(chat))).trim()).toBe('I am Tiny, a small model.');
  });
});

describe('code of every task', () => {
  const values: Values = {
    text: SPOILT,
    context: 'c',
    labels: 'a, b',
    sentences: ['s'],
    media: { name: "../it's mine.png", blob: new Blob(['x']) },
    grid: { columns: ['__proto__', 'b'], rows: [['1', '2']] },
    json: '[1]',
  };

  it.each([...formTags()])('%s: is code', async (tag) => {
    const question = { ...asked('http://127.0.0.1:1/models/x', tag, values), token: true };
    await run('bash', ['-n', '-c', curlSnippet(question)]);
    // An async function may hold all but the imports.
    const body = javascriptSnippet(question).replace(/^import .*$/gm, '');
    expect(() => new Function(`return async () => {${body}\n}`)).not.toThrow();
    for (const code of [curlSnippet(question), javascriptSnippet(question), pythonSnippet(question)]) {
      expect(code).toContain('http://127.0.0.1:1/models/x');
      expect(code).toMatch(/TOKEN/);
      expect(code).not.toContain('\u{10ffff}');
      expect(code).not.toContain('../it');
    }
  });

  it('of a long text reads it from a file', () => {
    const long = asked('http://127.0.0.1:1/models/x', 'summarization', { text: 'x'.repeat(200_000) });
    expect(curlSnippet(long)).toContain('--data-binary @request.json');
    expect(JSON.parse(longBody(long.request) ?? '')).toEqual({ inputs: 'x'.repeat(200_000) });
  });

  it('of Python names parameters as its client does', () => {
    const url = 'http://127.0.0.1:1/models/x';
    expect(
      pythonSnippet(
        asked(url, 'translation', { text: 'hi' }, { src_lang: 'en', tgt_lang: 'fr', max_new_tokens: 5 }),
      ),
    ).toBe(
      [
        'from huggingface_hub import InferenceClient',
        '',
        `client = InferenceClient(model="${url}")`,
        'answer = client.translation(',
        '  "hi",',
        '  src_lang="en",',
        '  tgt_lang="fr",',
        '  generate_parameters={"max_new_tokens": 5},',
        ')',
        'print(answer)',
      ].join('\n'),
    );
    // Its client refuses one language without the other.
    expect(pythonSnippet(asked(url, 'translation', { text: 'hi' }, { tgt_lang: 'fr' }))).toContain(
      'json={"inputs": "hi", "parameters": {"tgt_lang": "fr"}}',
    );
    expect(pythonSnippet(asked(url, 'depth-estimation', { media: values.media }))).toContain(
      'requests.post(',
    );
    expect(
      pythonChatSnippet({
        url,
        messages: [{ role: 'user', content: 'hi' }],
        parameters: { max_tokens: 3, top_k: 2 },
        token: false,
      }),
    ).toMatch(/max_tokens=3,\s+extra_body=\{"top_k": 2\}/);
  });
});
