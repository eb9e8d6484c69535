import { afterEach, beforeEach, expect, it } from 'vitest';
import { type CommentRequest, writeComment } from '../../src/action/comment.js';
import { type GitHubApi, startGitHub } from './github-api.js';

let github: GitHubApi;
beforeEach(async () => {
  github = await startGitHub('owner/models', 7);
});
afterEach(() => github.close());

function write(changes: Partial<CommentRequest> = {}) {
  return writeComment({
    api: github.url,
    repository: 'owner/models',
    number: 7,
    token: 'the-token',
    step: ['workflow', 'job'],
    text: '## Verdict\n',
    create: true,
    fetch,
    ...changes,
  });
}

const methods = () => github.requests.map(({ method }) => method);

function stranger(body: string, id = 1, type = 'User', author_association = 'NONE') {
  return { id, body, user: { type, login: 'x' }, author_association, html_url: '' };
}

it('is written once, and brought up to date', async () => {
  github.comments.push(stranger('Nice!'));
  expect(await write()).toEqual({ kind: 'written', url: expect.stringContaining('#issuecomment-1001') });
  expect(await write({ text: '## Another\n' })).toEqual({
    kind: 'written',
    url: expect.stringContaining('#issuecomment-1001'),
  });
  expect(methods()).toEqual(['GET', 'POST', 'GET', 'PATCH']);
  expect(github.comments).toHaveLength(2);
  expect(github.comments[1]?.body).toMatch(/^<!-- validate-model-card:[0-9a-f]{16} -->\n## Another\n$/);
});

it('is left alone when it says so already', async () => {
  await write();
  await write();
  expect(methods()).toEqual(['GET', 'POST', 'GET']);
});

it('is found on a later page', async () => {
  await write();
  github.comments.unshift(...Array.from({ length: 150 }, (_, index) => stranger('x', index)));
  await write({ text: 'y' });
  expect(github.comments).toHaveLength(151);
  expect(github.comments.at(-1)?.body).toContain('\ny');
});

it('is another one for another step', async () => {
  await write();
  await write({ step: ['workflow', 'other'] });
  expect(github.comments).toHaveLength(2);
});

it('is not begun where there is nothing to say, but brought up to date', async () => {
  expect(await write({ create: false })).toMatchObject({ kind: 'note' });
  expect(github.comments).toEqual([]);
  await write();
  await write({ create: false, text: 'nothing' });
  expect(github.comments[0]?.body).toContain('nothing');
});

it('is never that of a stranger who copied the marker, or of somebody who quotes it', async () => {
  await write();
  const marker = github.comments[0]?.body.split('\n')[0] ?? '';
  github.comments.length = 0;
  github.comments.push(stranger(`${marker}\nmine`), stranger(`> ${marker}\n`, 2, 'User', 'OWNER'));
  await write();
  expect(github.comments.map(({ body }) => body.slice(0, 6))).toEqual(['<!-- v', '> <!--', '<!-- v']);
  expect(github.comments[0]?.body).toBe(`${marker}\nmine`);
});

it('of a person whose token is used is brought up to date too', async () => {
  await write();
  const body = github.comments[0]?.body ?? '';
  github.comments[0] = stranger(body, 5, 'User', 'MEMBER');
  await write({ text: 'new' });
  expect(github.comments).toHaveLength(1);
  expect(github.comments[0]?.body).toContain('new');
});

it('mentions and refers to nobody', async () => {
  await write({ text: '&#64;everyone &#35;1\n' });
  expect(github.comments[0]?.body).toContain('&#64;&#8203;everyone &#35;&#8203;1');
});

it.each<[number, string, Readonly<Record<string, string>>, RegExp]>([
  [
    403,
    '{"message": "Resource not accessible by integration"}',
    {},
    /pull-requests: write.*forks.*\(403: Resource not accessible/,
  ],
  [404, '{"message": "Not Found"}', {}, /the token may not comment here/],
  [401, '{"message": "Bad credentials"}', {}, /does not know the token/],
  [403, '{"message": "API rate limit exceeded"}', { 'x-ratelimit-remaining': '0' }, /no more requests/],
  [429, '', { 'retry-after': '60' }, /no more requests/],
  [502, '<html>::error::pwned', {}, /refused it \(502\)/],
  [301, '', { location: 'http://127.0.0.1:9/' }, /did not answer/],
  [200, '{"not": "a list"}', {}, /no list of comments/],
  [200, 'not JSON', {}, /no list of comments/],
  [422, '{"message": "a\\n::error::b\\u001b[31m"}', {}, /^[^\p{Cc}]*$/u],
])('is a note, and no failure, where GitHub answers %i %s', async (status, body, headers, message) => {
  github.refuse(status, body, headers);
  expect(await write()).toEqual({ kind: 'note', message: expect.stringMatching(message) });
});

it('is a note where there is no answer, or no address', async () => {
  const failing = (): Promise<Response> =>
    Promise.reject(new TypeError('fetch failed', { cause: new Error('ECONNREFUSED') }));
  expect(await write({ fetch: failing })).toEqual({
    kind: 'note',
    message: 'No comment was written: GitHub did not answer (ECONNREFUSED).',
  });
  expect(await write({ api: 'no address' })).toMatchObject({ kind: 'note' });
  expect(await write({ repository: '../../user' })).toMatchObject({ kind: 'note' });
  expect(github.requests).toEqual([]);
});

it('never shows the token', async () => {
  for (const status of [401, 403, 500]) {
    github.refuse(status);
    expect(JSON.stringify(await write())).not.toContain('the-token');
  }
});
