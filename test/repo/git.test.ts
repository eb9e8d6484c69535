import { existsSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { objectReader } from '../../src/repo/commit.js';
import { gitIn } from '../../src/repo/git.js';
import { type Checkout, newCheckout } from '../action/checkout.js';

let origin: Checkout;

beforeAll(async () => {
  origin = await newCheckout();
  await origin.write('a.txt', 'one\n\ntwo\n');
  origin.commit('first');
});

afterAll(() => origin.remove());

it('a program of the checkout never takes the place of git', async () => {
  const name = process.platform === 'win32' ? 'git.exe' : 'git';
  await origin.write(name, '#!/bin/sh\ntouch executed\n');
  await chmod(join(origin.folder, name), 0o755);
  try {
    for (const path of [
      '',
      '.',
      origin.folder,
      join(origin.folder, 'models'),
      `.${delimiter}${origin.folder}`,
    ]) {
      const git = gitIn(origin.folder, { ...process.env, PATH: path });
      await expect(git.text(['--version'])).rejects.toThrow('there is no git on the path');
    }
    const id = origin.git('rev-parse', 'HEAD:a.txt');
    const git = gitIn(origin.folder, {
      ...process.env,
      PATH: [origin.folder, process.env.PATH].join(delimiter),
    });
    expect(await git.text(['--version'])).toMatch(/^git version/);
    expect(await objectReader(git)([id])).toEqual(new Map([[id, Buffer.from('one\n\ntwo\n')]]));
    expect(existsSync(join(origin.folder, 'executed'))).toBe(false);
  } finally {
    await origin.write(name, null);
  }
});

it('gives a line without its break, and a text and bytes as they are', async () => {
  const git = gitIn(origin.folder, process.env);
  expect(await git.line(['log', '-1', '--format=%s'])).toBe('first');
  expect(await git.text(['ls-files', '-z'])).toBe('a.txt\0');
  expect((await git.bytes(['hash-object', '--stdin'], 'x')).toString()).toMatch(/^[0-9a-f]{40}\n$/);
});

it('runs no hook or filter that settings of the checkout name', async () => {
  const written = join(origin.folder, '.git/executed');
  origin.git('config', 'core.hooksPath', 'hooks');
  origin.git('config', 'filter.a=b.clean', `touch ${written}; cat`);
  try {
    const git = gitIn(origin.folder, process.env, { filters: ['filter.a=b.clean'] });
    expect(await git.line(['rev-parse', '--git-path', 'hooks'])).toBe('/dev/null');
    expect(await git.line(['config', 'filter.a=b.clean'])).toBe('');
    const own = gitIn(origin.folder, process.env, { ownHooks: true });
    expect(await own.line(['rev-parse', '--git-path', 'hooks'])).toBe('hooks');
    expect(existsSync(written)).toBe(false);
  } finally {
    origin.git('config', '--unset', 'core.hooksPath');
    origin.git('config', '--remove-section', 'filter.a=b');
  }
});
