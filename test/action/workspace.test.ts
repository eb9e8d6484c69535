import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { inWorkspace } from '../../src/action/workspace.js';

let folder: string;
let workspace: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'workspace-')));
  workspace = join(folder, 'work');
  await mkdir(join(workspace, 'models/bert'), { recursive: true });
  await mkdir(join(folder, 'work-of-others'));
  await writeFile(join(folder, 'secret'), 'x');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it.each([
  ['.', '', true],
  ['models/bert', 'models/bert', true],
  ['models/../models/bert/', 'models/bert', true],
  ['models/new/deep/file.json', 'models/new/deep/file.json', false],
  ['..models', '..models', false],
])('%s is inside', async (value, shown, exists) => {
  expect(await inWorkspace(workspace, 'path', value)).toEqual({
    absolute: join(workspace, shown),
    shown,
    exists,
  });
});

it.each(['..', '../secret', 'models/../../secret', '../work-of-others', '/', '../missing/file'])(
  '%s is outside',
  async (value) => {
    await expect(inWorkspace(workspace, 'path', value)).rejects.toMatchObject({
      code: 'outside-workspace',
      message: expect.stringContaining('The input path leaves the workspace'),
    });
  },
);

it('an absolute path inside is inside', async () => {
  const value = join(workspace, 'models');
  expect(await inWorkspace(workspace, 'path', value)).toMatchObject({ shown: 'models', exists: true });
});

it('a link that leads out is outside, for what exists and for what would be written', async () => {
  await symlink('..', join(workspace, 'up'), 'dir');
  for (const value of ['up', 'up/secret', 'up/new-file']) {
    await expect(inWorkspace(workspace, 'format', value)).rejects.toMatchObject({
      code: 'outside-workspace',
    });
  }
});

it('a link into what git keeps for itself is refused, whatever would be read or written there', async () => {
  await mkdir(join(workspace, '.git/hooks'), { recursive: true });
  await writeFile(join(workspace, '.git/config'), '');
  await symlink('.git/hooks', join(workspace, 'reports'), 'dir');
  await symlink('.git/config', join(workspace, 'report.json'), 'file');
  for (const value of ['reports/post-checkout', 'report.json', '.git', '.GIT/config', 'models/.git/x']) {
    await expect(inWorkspace(workspace, 'format', value)).rejects.toMatchObject({ code: 'git-folder' });
  }
  expect(await inWorkspace(workspace, 'format', '.github/report.json')).toMatchObject({ exists: false });
});

it('a link that leads nowhere is refused: writing to it would write elsewhere', async () => {
  await symlink(join(folder, 'not-yet'), join(workspace, 'report.json'), 'file');
  await expect(inWorkspace(workspace, 'format', 'report.json')).rejects.toMatchObject({ code: 'unreadable' });
});

it('a link inside is followed', async () => {
  await symlink('models', join(workspace, 'alias'), 'dir');
  expect(await inWorkspace(workspace, 'path', 'alias/bert')).toMatchObject({
    shown: 'models/bert',
    exists: true,
  });
});
