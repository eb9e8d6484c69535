import { expect, it } from 'vitest';
import { parseEvent } from '../../src/action/event.js';

const A = 'a'.repeat(40);
const B = 'b'.repeat(40);

const parse = (name: string, payload: unknown) => parseEvent(name, JSON.stringify(payload));

it('a push tells its commits', () => {
  expect(parse('push', { before: A, after: B })).toEqual({ name: 'push', pushed: { before: A, after: B } });
});

it('a merge group tells its commits', () => {
  const payload = { merge_group: { base_sha: A, head_sha: B } };
  expect(parse('merge_group', payload)).toMatchObject({ pushed: { before: A, after: B } });
});

it.each([
  [7, 7, false],
  [7, 8, true],
  [7, undefined, true],
])('a pull request tells its number, commits, and whether it comes from a fork', (base, head, fork) => {
  const payload = {
    pull_request: {
      number: 12,
      base: { sha: A, repo: { id: base } },
      head: { sha: B, repo: head === undefined ? null : { id: head } },
    },
  };
  expect(parse('pull_request', payload)).toEqual({
    name: 'pull_request',
    pullRequest: { number: 12, base: A, head: B, fork },
  });
});

it.each<[string, unknown]>([
  ['an option', '--output=/etc/passwd'],
  ['a name', 'main'],
  ['a short id', 'abc1234'],
  ['upper case', 'A'.repeat(40)],
  ['a line break', `${A}\n`],
  ['a list', [A]],
  ['null', null],
])('%s is no commit', (_what, before) => {
  expect(parse('push', { before, after: B })).toEqual({ name: 'push' });
  const payload = { pull_request: { number: 1, base: { sha: before }, head: { sha: before } } };
  expect(parse('pull_request', payload)).toEqual({
    name: 'pull_request',
    pullRequest: { number: 1, fork: false },
  });
});

it.each([0, -1, 1.5, '1', '1/../../x', null, 1e300])('%j is no number of a pull request', (number) => {
  expect(parse('pull_request', { pull_request: { number } })).toEqual({ name: 'pull_request' });
});

it.each(['', 'null', '[]', '{', '"x"', '{"__proto__": {"pull_request": {"number": 1}}}'])(
  '%s is an event without payload',
  (text) => {
    expect(parseEvent('workflow_dispatch', text)).toEqual({ name: 'workflow_dispatch' });
  },
);
