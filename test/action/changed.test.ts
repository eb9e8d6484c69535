import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onlyTouched } from '../../src/action/changed.js';
import { parseEvent, type TriggerEvent } from '../../src/action/event.js';
import { gitIn } from '../../src/repo/git.js';
import { type Checkout, newCheckout } from './checkout.js';

const TARGETS = ['models/a', 'models/b', 'models/c/README.md', 'other'];

let origin: Checkout;
/** Commits by what they do. */
const commits: Record<string, string> = {};
beforeAll(async () => {
  origin = await newCheckout();
  const { write, commit, git } = origin;
  for (const folder of ['models/a', 'models/b', 'models/c', 'other'])
    await write(`${folder}/README.md`, '# One\n');
  commits.first = commit('First');
  await write('models/a/README.md', '# Two\n');
  commits.a = commit('Card of a');
  await write('models/c/onnx/model.onnx', 'x');
  await write('README.md', 'text beside');
  commits.c = commit('Graph of c');
  await write('models/.validate-card.yaml', 'failLevel: warning\n');
  commits.settings = commit('Settings of all below models');
  await write(process.platform === 'win32' ? 'odd/and\u00e9' : 'odd/"quote\tand\u00e9', 'x');
  await write('models/b/gone.txt', 'x');
  commits.odd = commit('Odd names');
  await write('models/b/gone.txt', null);
  commits.removed = commit('File of b gone');
  await write('ci/card.yaml', 'failLevel: never\n');
  commits.named = commit('Settings the workflow names');
  git('checkout', '--quiet', '-b', 'topic', commits.first);
  await write('other/README.md', '# Three\n');
  commits.topic = commit('Topic');
  git('checkout', '--quiet', 'main');
  git('checkout', '--quiet', '--detach');
  git('merge', '--quiet', '--no-ff', '-m', 'Merge', 'topic');
  commits.merge = git('rev-parse', 'HEAD');
  git('branch', 'merged');
  git('checkout', '--quiet', 'main');
});
afterAll(() => origin.remove());

function touched(event: TriggerEvent, root = origin.folder, config?: string) {
  return onlyTouched(TARGETS, {
    root,
    event,
    git: (folder) => gitIn(folder, process.env),
    ...(config === undefined ? {} : { config: join(root, config) }),
  });
}

function push(before: string | undefined, after: string | undefined): TriggerEvent {
  return parseEvent('push', JSON.stringify({ before, after }));
}

function pullRequest(base: string | undefined, head: string | undefined): TriggerEvent {
  return parseEvent(
    'pull_request',
    JSON.stringify({ pull_request: { number: 1, base: { sha: base }, head: { sha: head } } }),
  );
}

describe('a push', () => {
  it.each<[string, string, readonly string[]]>([
    ['first', 'a', ['models/a']],
    ['a', 'c', ['models/c/README.md']],
    ['first', 'c', ['models/a', 'models/c/README.md']],
    ['c', 'settings', ['models/a', 'models/b', 'models/c/README.md']],
    ['odd', 'removed', ['models/b']],
    ['removed', 'named', []],
    ['a', 'first', ['models/a']],
  ])('from %s to %s touches %j', async (before, after, targets) => {
    const result = await touched(push(commits[before], commits[after]));
    expect(result).toEqual({
      targets,
      notes: [`The push touched ${targets.length} of 4 repositories.`],
    });
  });

  it('of the settings that the workflow names touches all', async () => {
    const result = await touched(push(commits.removed, commits.named), origin.folder, 'ci/card.yaml');
    expect(result.targets).toEqual(TARGETS);
  });

  it.each<[string, string | undefined, string | undefined, RegExp]>([
    ['of a new branch', '0'.repeat(40), commits.a, /made a new branch/],
    ['from a commit that is not there', 'f'.repeat(40), undefined, /fetch-depth: 0/],
    ['of no commit at all', '--output=x', undefined, /only a push or a pull request/],
  ])('%s checks all, with a note', async (_what, before, after, note) => {
    const result = await touched(push(before, after ?? commits.a));
    expect(result).toEqual({ targets: TARGETS, notes: [expect.stringMatching(note)] });
  });

  it('takes the id of something that is no commit for history that is missing', async () => {
    const tree = origin.git('rev-parse', 'HEAD^{tree}');
    expect((await touched(push(tree, commits.a))).notes).toEqual([expect.stringMatching(/fetch-depth: 0/)]);
  });
});

describe('a pull request', () => {
  it('is what the merge brings to its base, whatever the event knew of the base', async () => {
    const clone = await newCheckout(origin.folder, '--depth=2', '--branch=merged');
    try {
      expect(await touched(pullRequest('f'.repeat(40), commits.topic), clone.folder)).toEqual({
        targets: ['other'],
        notes: ['The pull request touched 1 of 4 repositories.'],
      });
    } finally {
      await clone.remove();
    }
  });

  it('is what its head brings since it left the base', async () => {
    const clone = await newCheckout(origin.folder, '--branch=topic');
    try {
      expect((await touched(pullRequest(commits.named, commits.topic), clone.folder)).targets).toEqual([
        'other',
      ]);
    } finally {
      await clone.remove();
    }
  });

  it('checks all where the history is not there', async () => {
    const clone = await newCheckout(origin.folder, '--depth=1', '--branch=merged');
    try {
      for (const base of [commits.named, 'f'.repeat(40), undefined]) {
        expect(await touched(pullRequest(base, commits.topic), clone.folder)).toEqual({
          targets: TARGETS,
          notes: [expect.stringMatching(/fetch-depth: 0/)],
        });
      }
    } finally {
      await clone.remove();
    }
  });
});

it.each(['workflow_dispatch', 'schedule', 'pull_request_target', ''])('%s checks all', async (name) => {
  const payload = {
    before: commits.a,
    after: commits.c,
    pull_request: { number: 1, base: { sha: commits.a } },
  };
  expect(await touched(parseEvent(name, JSON.stringify(payload)))).toEqual({
    targets: TARGETS,
    notes: [expect.stringMatching(/only a push or a pull request/)],
  });
});

it('a checkout inside the workspace is asked itself; what is in none is checked', async () => {
  const clone = await newCheckout(origin.folder);
  try {
    const inner = join(clone.folder, 'sub');
    await rm(join(clone.folder, '.git'), { recursive: true });
    await mkdir(inner);
    clone.git('clone', '--quiet', pathToFileURL(origin.folder).href, 'sub');
    const result = await onlyTouched(['sub/models/a', 'sub/models/b', 'models/a'], {
      root: clone.folder,
      event: push(commits.first, commits.a),
      git: (folder) => gitIn(folder, process.env),
    });
    expect(result.targets).toEqual(['sub/models/a', 'models/a']);
    expect(result.notes).toEqual([expect.stringMatching(/there is no git checkout/)]);
  } finally {
    await clone.remove();
  }
});

it('where there is no git, all are checked', async () => {
  const result = await onlyTouched(TARGETS, {
    root: origin.folder,
    event: push(commits.first, commits.a),
    git: (folder) => gitIn(folder, { PATH: '.' }),
  });
  expect(result.targets).toEqual(TARGETS);
  expect(result.notes[0]).toMatch(/All repositories are checked/);
});
