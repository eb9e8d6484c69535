import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServedModels } from '../../src/serve/server-options.js';
import { post, serve } from './served.js';

let server: ServedModels;
let url: string;
beforeAll(async () => {
  server = await serve(['text-classification']);
  url = `${server.url}/api/validate-yaml`;
});
afterAll(() => server.close());

const GOOD = '---\nlicense: mit\nlanguage: en\n---\n\n# A model\n';

/** As `ModelCard.validate` sends it: `requests.post(url, {"repoType": …, "content": …}, headers={"Accept": "text/plain"})`. */
function asForm(content: string, repoType = 'model') {
  const body = new URLSearchParams({ repoType, content }).toString();
  return post(url, body, { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/plain' });
}

/** As `HfApi._validate_yaml` sends it: `requests.post(url, json={"content": …, "repoType": …})`. */
function asJson(content: string, repoType: unknown = 'model') {
  return post(url, { content, repoType }, { 'content-type': 'application/json' });
}

describe('validate-yaml', () => {
  it.each([
    ['JSON, as before a commit', asJson],
    ['a form, as before a push of a card', asForm],
  ])('takes %s', async (_, send) => {
    const good = await send(GOOD);
    expect([good.status, good.json]).toEqual([200, { errors: [], warnings: [] }]);
    const bad = await send(GOOD.replace('mit', 'MIT & me = 100 %'));
    expect([bad.status, bad.json]).toEqual([
      400,
      {
        errors: [
          {
            message: expect.stringMatching(/^"license" must be one of \[apache-2.0, mit,/),
            path: '/license',
            help: expect.stringMatching(
              /^"MIT & me = 100 %" is not a license identifier of the Hub\..*license: other/,
            ),
          },
        ],
        warnings: [],
      },
    ]);
  });

  it.each([
    ['no front matter', '# A model\n', 200, 'warnings', 'empty or missing yaml metadata in repo card.'],
    ['nothing at all', '', 200, 'warnings', 'empty or missing yaml metadata in repo card.'],
    ['a blank block', '---\n\n---\n# A\n', 400, 'errors', 'The YAML metadata of your README.md is invalid.'],
    ['a list', '---\n- a\n---\n', 400, 'errors', '"value" must be of type object.'],
    [
      'a key twice',
      '---\nlicense: mit\nlicense: mit\n---\n',
      400,
      'errors',
      'Invalid YAML in README.md: duplicated mapping key (2:1).',
    ],
    [
      'a base model that is a path',
      '---\nbase_model: /tmp/x\n---\n',
      400,
      'errors',
      '"base_model" with value "/tmp/x" is not valid',
    ],
    [
      'an unknown task',
      '---\npipeline_tag: foo\n---\n',
      200,
      'warnings',
      'The pipeline tag "foo" is not in the official list.',
    ],
  ] as const)('says of %s what the Hub says', async (_, content, code, kind, says) => {
    const { status, json } = await asJson(content);
    const [one] = (json as Record<string, { message: string }[]>)[kind] ?? [];
    expect([status, one?.message.slice(0, says.length)]).toEqual([code, says]);
  });

  it('says what it does not check of other cards', async () => {
    const { status, json } = await asForm(
      '---\nlicense: mit\ntask_categories:\n- text-classification\n---\n',
      'dataset',
    );
    expect([status, json]).toEqual([
      200,
      { errors: [], warnings: [{ message: expect.stringContaining('the card of a dataset') }] },
    ]);
    expect((await asForm('---\nlicense: nope\n---\n', 'space')).status).toBe(400);
  });

  it('takes a long text behind the metadata', async () => {
    expect((await asJson(GOOD + '- a\n'.repeat(130_000))).status).toBe(200);
  });

  it.each([
    ['is no JSON and no form', 'nothing'],
    ['has no content', { repoType: 'model' }],
    ['has a content that is no text', { content: 5 }],
    ['has an unknown kind', { content: GOOD, repoType: 'kernel' }],
    ['has a kind of the prototype', { content: GOOD, repoType: '__proto__' }],
    ['is a list', [1]],
    ['is too large', { content: 'x'.repeat(10 * 1024 * 1024 + 1) }],
    ['has too much metadata', { content: `---\ntags:\n${'- a\n'.repeat(130_000)}---\n` }],
    ['is empty', ''],
  ])('refuses a body that %s, with the keys that clients look for', async (_, body) => {
    const { status, json } = await post(url, body, {});
    expect([status, json]).toEqual([
      400,
      { error: expect.any(String), errors: [{ message: expect.any(String) }], warnings: [] },
    ]);
  });
});
