import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseCard } from '../../src/card/parse.js';
import { RepoError } from '../../src/errors.js';
import { lintCard } from '../../src/lint.js';
import { askValidator } from '../../src/online/remote-validator.js';
import { validatorDifferences } from '../../src/online/validator-differences.js';
import { memoryRepo } from '../../src/repo/memory.js';
import { validateRepo } from '../../src/validate.js';
import { type HubServer, startHub } from '../hub-server/hub-server.js';

const card = (yaml: string) => `---\n${yaml}\n---\n\n# Card\n`;

let hub: HubServer;
let verdict: { errors?: readonly string[]; warnings?: readonly string[] };
let asked: { content: string; repoType: string }[];

beforeEach(async () => {
  verdict = {};
  asked = [];
  hub = await startHub({
    validateYaml: (content, repoType) => {
      asked.push({ content, repoType });
      return verdict;
    },
    tokens: { hf_writer: { name: 'someone' } },
  });
});

afterEach(() => hub.close());

const access = () => ({ endpoint: hub.endpoint, token: 'hf_writer' });

describe('the question', () => {
  it('is the card as it is, without a token', async () => {
    const text = card('license: mit');
    expect(await askValidator(text, access())).toEqual([]);
    expect(asked).toEqual([{ content: text, repoType: 'model' }]);
    expect(hub.requests).toMatchObject([{ method: 'POST', path: '/api/validate-yaml' }]);
    expect(hub.requests[0]?.headers.authorization).toBeUndefined();
  });

  it('shows nobody the credentials of a card', async () => {
    const secret = `hf_${'aB3dE5fG7h'.repeat(4).slice(0, 34)}`;
    await askValidator(card(`license: mit\ntoken: ${secret}`), access());
    expect(asked[0]?.content).toContain('license: mit');
    expect(hub.requests[0]?.body).not.toContain(secret);
  });

  it('takes refusals and warnings', async () => {
    verdict = {
      errors: ['"license" must be a string'],
      warnings: ['empty or missing yaml metadata in repo card'],
    };
    expect(await askValidator(card('license: 3'), access())).toEqual([
      { severity: 'error', message: '"license" must be a string', place: null },
      { severity: 'warning', message: 'empty or missing yaml metadata in repo card', place: null },
    ]);
  });

  it('takes places, and leaves out what is none of it', async () => {
    const errors = [
      { message: ' a ', path: ['model-index', 0, 'name'] },
      { message: 'b', path: 'license' },
      { message: 'c', path: { x: 1 } },
      { message: 7 },
      { message: '' },
      null,
      'd',
      { __proto__: { message: 'e' } },
    ];
    hub.fault({
      path: 'validate-yaml',
      answer: { status: 400, body: JSON.stringify({ errors, warnings: 'no' }) },
    });
    expect(await askValidator(card('a: b'), access())).toEqual([
      { severity: 'error', message: 'a', place: 'model-index.0.name' },
      { severity: 'error', message: 'b', place: 'license' },
      { severity: 'error', message: 'c', place: null },
      { severity: 'error', message: 'd', place: null },
    ]);
  });

  it('takes a place that is nested without end for none', async () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    hub.fault({
      path: 'validate-yaml',
      answer: {
        status: 400,
        body: `{"errors":[{"message":"a","path":${deep}},{"message":"b","path":[{"toString":1}]}]}`,
      },
    });
    expect(await askValidator(card('a: b'), access())).toMatchObject([
      { message: 'a', place: null },
      { message: 'b', place: null },
    ]);
  });

  it.each([
    [429, '{}', 'hub-rate-limited'],
    [403, '{}', 'hub-answer'],
    [404, '{}', 'hub-answer'],
    [500, '{}', 'hub-answer'],
    [200, '<html>', 'hub-answer'],
    [200, '[]', 'hub-answer'],
    [200, '{"ok": true}', 'hub-answer'],
    [400, 'null', 'hub-answer'],
    [302, '', 'hub-answer'],
    [200, `{"errors":[],"x":"${'y'.repeat(1024 * 1024)}"}`, 'hub-answer'],
  ])('status %i with %.20s is an error of its own', async (status, body, code) => {
    hub.fault({
      path: 'validate-yaml',
      answer: { status, body, headers: { location: 'http://localhost:9/' } },
      times: 9,
    });
    const error = await askValidator(card('a: b'), access()).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(RepoError);
    expect(error).toMatchObject({ code, exitCode: 3 });
    expect((error as RepoError).message).not.toContain('<html>');
  });

  it('ends in time, and when nobody is there', async () => {
    hub.fault({ path: 'validate-yaml', answer: 'hang' });
    await expect(askValidator('', { ...access(), timeoutMs: 100 })).rejects.toMatchObject({
      code: 'hub-unreachable',
    });
    hub.fault({ path: 'validate-yaml', answer: 'close', times: 9 });
    await expect(askValidator('', access())).rejects.toMatchObject({ code: 'hub-unreachable' });
  });
});

describe('the differences', () => {
  const differences = (
    yaml: string,
    ...complaints: (readonly [severity: 'error' | 'warning', message: string])[]
  ) => {
    const parsed = parseCard(card(yaml));
    return validatorDifferences(
      complaints.map(([severity, message]) => ({ severity, message, place: null })),
      lintCard(parsed),
      parsed.metadata,
    );
  };

  it('are none where both refuse a field, whatever the words', () => {
    expect(differences('license: nope', ['error', '"license" must be one of [mit]'])).toEqual([]);
    expect(
      differences('base_model: /tmp/x', ['error', '"base_model" with value "/tmp/x" is not valid.']),
    ).toEqual([]);
    expect(differences('a: [', ['error', 'Invalid YAML in README.md: unexpected end (2:1)'])).toEqual([]);
  });

  it('are none where both are content', () => {
    expect(differences('license: mit')).toEqual([]);
  });

  it('tell what the Hub alone refuses or warns of', () => {
    expect(differences('thumbnail: 7\nlicense: mit', ['error', '"brand_new.field" is required'])).toEqual([
      { kind: 'hub-only', severity: 'error', message: '"brand_new.field" is required', field: 'brand_new' },
    ]);
    expect(differences('license: mit', ['warning', '"value" is odd'])).toEqual([
      { kind: 'hub-only', severity: 'warning', message: '"value" is odd', field: null },
    ]);
  });

  it('tell what our rules alone say the Hub refuses, once a field', () => {
    expect(differences('language: [xxxx, yyyy]')).toEqual([
      { kind: 'ours-only', severity: 'error', rule: 'language-unknown', path: '/language/0' },
    ]);
    // A warning is no refusal.
    expect(differences('license: nope', ['warning', '"license" is odd'])).toHaveLength(2);
  });

  it('do not count what the Hub may not have come to', () => {
    expect(differences('license: nope\nlanguage: xxxx', ['error', '"license" must be one of [mit]'])).toEqual(
      [],
    );
  });

  it('stay few', () => {
    const many = Array.from({ length: 500 }, (_, i) => ['error', `"f${i}" is odd`] as const);
    expect(differences('license: mit', ...many)).toHaveLength(50);
  });
});

describe('a validation with it', () => {
  const validate = (yaml: string, options = {}) =>
    validateRepo(memoryRepo({ 'README.md': card(yaml) }), {
      hub: access(),
      remoteValidate: true,
      ...options,
    });
  const differing = (report: Awaited<ReturnType<typeof validate>>) =>
    report.diagnostics.filter(({ rule }) => rule === 'remote-validator-differs');

  it('reports what the Hub alone refuses: the push would fail', async () => {
    verdict = { errors: ['"license" must not be mit'] };
    const report = await validate('license: mit');
    expect(differing(report)).toMatchObject([
      {
        severity: 'error',
        hub: 'error',
        online: true,
        path: '/license',
        range: { start: { line: 2, column: 10 } },
      },
    ]);
    expect(report.summary.publishable).toBe(false);
  });

  it('reports what our rules alone refuse, as a note', async () => {
    expect(differing(await validate('license: nope'))).toMatchObject([{ severity: 'info', hub: null }]);
  });

  it('asks nothing else, and nothing at all without the option', async () => {
    await validate('base_model: org/parent');
    expect(hub.requests.map(({ path }) => path)).toEqual(['/api/validate-yaml']);
    await validate('base_model: org/parent', { remoteValidate: false });
    expect(hub.requests).toHaveLength(1);
  });

  it('takes a finding that a comment silences for one of ours', async () => {
    verdict = { errors: ['"license" must be one of [mit]'] };
    const report = await validate(
      '# validate-card-disable-next-line license-unknown -- our own license\nlicense: ours',
    );
    expect(differing(report)).toEqual([]);
    expect(report.silenced).toHaveLength(1);
  });

  it('is refused offline', async () => {
    await expect(validate('license: mit', { offline: true })).rejects.toMatchObject({
      code: 'remote-validate-offline',
    });
    expect(hub.requests).toEqual([]);
  });
});
