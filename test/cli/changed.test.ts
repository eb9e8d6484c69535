import { chmodSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BAD, type Checkout, GIT_ENV, GOOD, newCheckout } from './checkout.js';
import { inFolder, runMain } from './scenario.js';

let checkout: Checkout;
beforeEach(() => {
  checkout = newCheckout();
  checkout.write('.gitignore', 'ignored\n');
  for (const name of ['a', 'b', 'c', 'd']) checkout.write(`models/${name}/README.md`, GOOD);
  checkout.commit();
});
afterEach(() => checkout.remove());

/** The repositories that a run checked, and the exit code. */
async function changed(args: readonly string[], folder = '.', env: NodeJS.ProcessEnv = {}) {
  const { stdout, stderr, status } = await runMain(
    [...args, '--format', 'json'],
    join(checkout.root, folder),
    { env: { ...GIT_ENV, ...env } },
  );
  const paths: readonly string[] | undefined =
    stdout === ''
      ? undefined
      : JSON.parse(stdout).reports.map(({ target }: { target: { path: string } }) => target.path);
  return { paths, status, stderr };
}

describe('--changed', () => {
  it('checks nothing where nothing changed', async () => {
    checkout.write('models/a/ignored', 'x');
    expect(await changed(['--changed'])).toEqual({ paths: [], status: 0, stderr: 'Nothing changed.\n' });
  });

  it('checks what is staged, unstaged, untracked and deleted in', async () => {
    checkout.write('models/a/README.md', BAD);
    checkout.git('add', 'models/a');
    checkout.write('models/b/config.json', '{}');
    checkout.write('models/new ü/README.md', GOOD);
    checkout.write('models/c/deep/er.txt', 'x');
    checkout.write('other/notes.txt', 'x');
    const { paths, status } = await changed(['--changed']);
    expect(paths).toEqual(['models/a', 'models/b', 'models/c', 'models/new ü']);
    expect(status).toBe(1);
    expect((await changed(['models/b', 'models/d', '--changed'])).paths).toEqual(['models/b']);
    expect((await changed(['models/{a,d}', '--changed'])).paths).toEqual(['models/a']);
    expect((await changed(['--changed'], 'models/b')).paths).toEqual(['../a', '.', '../c', '../new ü']);
  });

  it('checks all below settings that changed', async () => {
    checkout.write('models/.validate-card.yaml', 'failLevel: never\n');
    expect((await changed(['--changed'])).paths).toEqual(['models/a', 'models/b', 'models/c', 'models/d']);
    expect((await changed(['--changed', '--config', 'models/.validate-card.yaml'])).paths).toHaveLength(4);
  });

  it('checks what the branch changed since it left another', async () => {
    checkout.git('checkout', '--quiet', '-b', 'topic');
    checkout.write('models/a/README.md', `${GOOD}more\n`);
    checkout.commit();
    checkout.git('checkout', '--quiet', 'main');
    checkout.write('models/b/README.md', `${GOOD}else\n`);
    checkout.commit();
    checkout.git('checkout', '--quiet', 'topic');
    checkout.write('models/d/new.txt', '');
    expect((await changed(['--changed=main'])).paths).toEqual(['models/a', 'models/d']);
    expect((await changed(['--changed=main', '--changed'])).paths).toEqual(['models/d']);
    expect((await changed(['--changed=HEAD~1'])).paths).toEqual(['models/a', 'models/d']);
  });

  it('checks all where there is no commit yet', async () => {
    const fresh = newCheckout();
    try {
      fresh.write('README.md', GOOD);
      const { stdout } = await runMain(['--changed', '--format', 'json'], fresh.root, { env: GIT_ENV });
      expect(JSON.parse(stdout).summary.repositories).toBe(1);
    } finally {
      fresh.remove();
    }
  });

  it.each([
    ['--changed=nothing', /there is no such commit/],
    ['--changed=--output=x', /cannot be "--output=x"/],
    ['--changed=a b', /cannot be/],
    ['--changed=', /names nothing/],
    ['--changed=-x', /cannot be/],
  ])('refuses %s', async (option, message) => {
    const { status, stderr, paths } = await changed([option]);
    expect([status, paths]).toEqual([2, undefined]);
    expect(stderr).toMatch(message);
    expect(existsSync(join(checkout.root, 'x'))).toBe(false);
  });

  it('refuses a model on the Hub, and a folder that is no checkout', async () => {
    expect((await changed(['org/name', '--changed'])).stderr).toMatch(/org\/name is none/);
    await inFolder(new Map([['README.md', GOOD]]), async (cwd) => {
      const { status, stderr } = await runMain(['--changed'], cwd, {
        env: { ...GIT_ENV, GIT_CEILING_DIRECTORIES: join(cwd, '..') },
      });
      expect(status).toBe(2);
      expect(stderr).toMatch(/needs a git checkout/);
    });
  });

  // Windows starts no script by its first line, so there is nothing to see there.
  if (process.platform !== 'win32')
    it('runs no program that the repository names', async () => {
      const proof = join(checkout.root, 'models/a/ignored');
      const program = join(checkout.root, '.git/evil');
      checkout.write('.git/evil', `#!/bin/sh\ntouch '${proof}'\ncat\n`);
      chmodSync(program, 0o755);
      checkout.write('.gitattributes', '* filter=evil diff=evil\n');
      checkout.git('add', '.gitattributes');
      checkout.git('commit', '--quiet', '-m', 'attributes');
      for (const key of [
        'filter.evil.clean',
        'filter.evil.smudge',
        'filter.evil.process',
        'diff.evil.textconv',
        'diff.evil.command',
        'diff.external',
        'core.fsmonitor',
        'core.pager',
        'core.sshCommand',
        'uploadpack.packObjectsHook',
        'alias.diff',
      ]) {
        checkout.git('config', key, key.startsWith('alias') ? `!${program}` : program);
      }
      checkout.git('config', 'filter.evil.required', 'true');
      checkout.git('config', 'core.hooksPath', join(checkout.root, '.git/hooks'));
      for (const hook of ['post-index-change', 'fsmonitor-watchman', 'pre-auto-gc']) {
        checkout.write(`.git/hooks/${hook}`, `#!/bin/sh\ntouch '${proof}'\n`);
        chmodSync(join(checkout.root, '.git/hooks', hook), 0o755);
      }
      checkout.write('models/a/README.md', BAD);
      checkout.write('models/b/README.md', GOOD);
      const { paths } = await changed(['--changed']);
      expect(paths).toContain('models/a');
      expect(existsSync(proof)).toBe(false);
      // The same settings do run the program when nothing forbids it, so the test can fail.
      expect(() => checkout.git('diff', '--name-only', 'HEAD')).toThrow();
      expect(existsSync(proof)).toBe(true);
    });
});
