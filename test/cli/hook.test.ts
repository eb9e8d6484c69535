import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BAD, type Checkout, GIT_ENV, GOOD, newCheckout } from './checkout.js';
import { runMain } from './scenario.js';

/** The built command: it is started dozens of times. */
const entry = fileURLToPath(new URL('../../dist/cli.cjs', import.meta.url));

let checkout: Checkout;
let remote: string;
beforeEach(() => {
  checkout = newCheckout();
  remote = realpathSync.native(mkdtempSync(join(tmpdir(), 'remote-')));
  checkout.git('init', '--quiet', '--bare', remote);
  checkout.git('remote', 'add', 'origin', remote);
});
afterEach(() => {
  checkout.remove();
  rmSync(remote, { recursive: true, force: true, maxRetries: 3 });
});

function run(program: string, args: readonly string[], cwd = checkout.root) {
  const { status, stdout, stderr } = spawnSync(program, [...args], {
    cwd,
    env: { ...GIT_ENV, LANG: 'C.UTF-8' },
    encoding: 'utf8',
  });
  return { status, text: stdout + stderr };
}
const command = (args: readonly string[], cwd?: string) => run(process.execPath, [entry, ...args], cwd);
const push = (...args: readonly string[]) => run('git', ['push', '--quiet', 'origin', ...args]);
const pushedTo = (ref: string) =>
  spawnSync('git', ['rev-parse', '--verify', '--quiet', ref], {
    cwd: remote,
    env: GIT_ENV,
    encoding: 'utf8',
  }).stdout.trim();

describe('hook install', () => {
  it('stops the push of a card that the Hub rejects, and lets through one that it takes', () => {
    expect(command(['hook', 'install'])).toMatchObject({
      status: 0,
      text: expect.stringContaining('pre-push checks'),
    });
    checkout.write('README.md', BAD);
    checkout.write('pytorch_model.bin', '');
    checkout.commit();
    const stopped = push('main');
    expect(stopped.status).not.toBe(0);
    expect(stopped.text).toMatch(/error\[license-unknown\][\s\S]*README\.md:2:10[\s\S]*The push was stopped/);
    expect(pushedTo('main')).toBe('');
    // What counts is what is pushed, not what lies on disk.
    checkout.write('README.md', GOOD);
    expect(push('main').status).not.toBe(0);
    checkout.commit();
    expect(push('main')).toEqual({ status: 0, text: '' });
    expect(pushedTo('main')).toBe(checkout.git('rev-parse', 'HEAD').trim());
    checkout.write('README.md', BAD);
    expect(push('main')).toMatchObject({ status: 0 });
    expect(push('--delete', 'main')).toMatchObject({ status: 0 });
  }, 60_000);

  it('checks of a monorepo what the push changes, and nothing where there is no model', () => {
    command(['hook', 'install', '--quiet']);
    checkout.write('README.md', '# Code\n');
    checkout.commit();
    expect(push('main')).toEqual({ status: 0, text: '' });
    checkout.write('models/bad/README.md', BAD);
    checkout.write('models/good/README.md', GOOD);
    checkout.commit();
    const stopped = push('main');
    expect(stopped.text).toContain('models/bad/README.md:2:10');
    expect(run('git', ['push', '--quiet', '--no-verify', 'origin', 'main']).status).toBe(0);
    checkout.write('models/good/README.md', `${GOOD}More.\n`);
    checkout.commit();
    expect(push('main')).toEqual({ status: 0, text: '' });
    expect(push('main:other').status).not.toBe(0);
    checkout.write('.validate-card.yaml', 'failLevel: never\n');
    expect(push('main:other').status).toBe(0);
    checkout.write('models/.validate-card.yaml', 'failLevel: error\n');
    checkout.commit();
    expect(push('main').text).toContain('models/bad/README.md:2:10');
  }, 60_000);

  it('sees large files behind their pointers', () => {
    command(['hook', 'install', '--quiet']);
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 5000000000\n`;
    checkout.write('README.md', GOOD);
    checkout.write('model.safetensors', pointer);
    checkout.commit();
    expect(push('main')).toEqual({ status: 0, text: '' });
  }, 60_000);

  it('keeps a hook that is there, which runs behind it and sees what git says; twice is once', () => {
    const hook = join(checkout.root, '.git/hooks/pre-push');
    const own = `#!/bin/sh\necho "own $1 $(cat | wc -l)" >> '${checkout.root}/.git/log'\n`;
    checkout.write('.git/hooks/pre-push', own);
    run('chmod', ['+x', hook]);
    expect(command(['hook', 'install']).text).toContain('kept as pre-push.before-validate-card');
    const once = readFileSync(hook, 'utf8');
    expect(command(['hook', 'install']).status).toBe(0);
    expect(readFileSync(hook, 'utf8')).toBe(once);
    checkout.write('README.md', BAD);
    checkout.commit();
    expect(push('main').status).not.toBe(0);
    expect(existsSync(join(checkout.root, '.git/log'))).toBe(false);
    checkout.write('README.md', GOOD);
    checkout.commit();
    expect(push('main').status).toBe(0);
    expect(readFileSync(join(checkout.root, '.git/log'), 'utf8')).toMatch(/^own origin +1\n$/);
    expect(command(['hook', 'uninstall']).text).toContain('as it was before');
    expect(readFileSync(hook, 'utf8')).toBe(own);
    expect(command(['hook', 'uninstall']).text).toContain('no hook of validate-card');
  }, 60_000);

  it('takes itself out', () => {
    command(['hook', 'install']);
    command(['hook', 'uninstall']);
    expect(existsSync(join(checkout.root, '.git/hooks/pre-push'))).toBe(false);
    checkout.write('README.md', BAD);
    checkout.commit();
    expect(push('main').status).toBe(0);
  }, 60_000);

  it('holds for worktrees, and lies where core.hooksPath says', () => {
    checkout.write('README.md', BAD);
    checkout.commit();
    const tree = `${checkout.root}-tree`;
    checkout.git('worktree', 'add', '--quiet', '-b', 'topic', tree);
    try {
      expect(command(['hook', 'install'], tree).text).toContain(join(checkout.root, '.git/hooks/pre-push'));
      const stopped = run('git', ['push', '--quiet', 'origin', 'topic'], tree);
      expect(stopped.text).toContain('The push was stopped');
      command(['hook', 'uninstall'], tree);
    } finally {
      rmSync(tree, { recursive: true, force: true });
    }
    checkout.git('config', 'core.hooksPath', '.hooks');
    expect(command(['hook', 'install']).text).toContain(join(checkout.root, '.hooks/pre-push'));
    expect(push('main').text).toContain('The push was stopped');
  }, 60_000);

  it.each([
    ['../shared', /may serve other checkouts/],
    ['.husky/_', /\.husky\/pre-push/],
  ])(
    'refuses core.hooksPath %s, and says what to do',
    (path, message) => {
      checkout.git('config', 'core.hooksPath', path);
      expect(command(['hook', 'install'])).toMatchObject({ status: 2, text: expect.stringMatching(message) });
    },
    30_000,
  );

  it('refuses a folder of hooks that is a link out of the checkout', () => {
    const outside = mkdtempSync(join(tmpdir(), 'outside-'));
    try {
      symlinkSync(outside, join(checkout.root, '.hooks'), 'junction');
      checkout.git('config', 'core.hooksPath', '.hooks');
      expect(command(['hook', 'install'])).toMatchObject({
        status: 2,
        text: expect.stringContaining('may serve other checkouts'),
      });
      expect(readdirSync(outside)).toEqual([]);
    } finally {
      rmSync(outside, { recursive: true, force: true });
    }
  }, 30_000);

  it('refuses what it cannot do', () => {
    expect(command(['hook'])).toMatchObject({ status: 2 });
    expect(command(['hook', 'instal'])).toMatchObject({ status: 2 });
    const outside = mkdtempSync(join(tmpdir(), 'outside-'));
    try {
      const { status, stderr } = spawnSync(process.execPath, [entry, 'hook', 'install'], {
        cwd: outside,
        env: { ...GIT_ENV, GIT_CEILING_DIRECTORIES: tmpdir() },
        encoding: 'utf8',
      });
      expect([status, stderr]).toEqual([2, expect.stringContaining('no git checkout here')]);
    } finally {
      rmSync(outside, { recursive: true, force: true });
    }
  }, 30_000);
});

describe('hook run', () => {
  const hookRun = (lines: readonly string[], env: NodeJS.ProcessEnv = GIT_ENV, cwd = checkout.root) =>
    runMain(['hook', 'run'], cwd, { env, stdin: async () => lines.map((line) => `${line}\n`).join('') });
  const pushed = (ref: string, commit: string) =>
    `refs/heads/${ref} ${commit} refs/heads/${ref} ${'0'.repeat(40)}`;

  it('says what git says where it gives no answer, and how to push all the same', async () => {
    const none = await hookRun([pushed('main', '1'.repeat(40))]);
    expect(none.status).toBe(3);
    expect(none.stderr).toMatch(/^error: The push cannot be checked \(fatal: not a tree object/);
    expect(none.stderr).toContain('git push --no-verify');
    const missing = await hookRun([pushed('main', '1'.repeat(40))], { ...GIT_ENV, PATH: '' });
    expect(missing.stderr).toContain('there is no git on the path');
    expect(none.stderr + missing.stderr).not.toContain('fault of validate-card');
    const outside = realpathSync.native(mkdtempSync(join(tmpdir(), 'outside-')));
    try {
      const env = { ...GIT_ENV, GIT_CEILING_DIRECTORIES: tmpdir() };
      const { status, stderr } = await hookRun([pushed('main', '1'.repeat(40))], env, outside);
      expect([status, stderr]).toEqual([3, expect.stringContaining('not a git repository')]);
      expect(stderr).not.toContain('fault of validate-card');
    } finally {
      rmSync(outside, { recursive: true, force: true });
    }
  }, 30_000);

  it('refuses more refs than it checks', async () => {
    const lines = Array.from({ length: 101 }, (_, index) =>
      pushed(`branch-${index}`, (index + 1).toString(16).padStart(40, '0')),
    );
    const { status, stderr } = await hookRun(lines);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^error: This push has 101 commits at the tips.*checks 100 at most/);
    expect(stderr).toContain('git push --no-verify');
  }, 30_000);
});
