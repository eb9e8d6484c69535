import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { checkWrittenFiles } from '../../src/cli/report-files.js';
import { openFolder } from '../../src/repo/local.js';

let folder: string;
let root: string;
beforeEach(() => {
  folder = realpathSync.native(mkdtempSync(join(tmpdir(), 'report-files-')));
  root = join(folder, 'model');
  mkdirSync(join(root, 'reports'), { recursive: true });
  mkdirSync(join(folder, 'home'));
  writeFileSync(join(folder, 'home/.profile'), 'mine');
  writeFileSync(join(root, 'README.md'), '---\nlicense: mit\n---\n');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function check(file: string, baseline?: string) {
  const repo = await openFolder(root, { kind: 'folder', path: root });
  await checkWrittenFiles([{ format: 'json', file }], root, repo, {
    settings: null,
    baseline: baseline === undefined ? null : join(root, baseline),
    updateBaseline: baseline !== undefined,
  });
}

it('a report goes through no link of the repository that leads out of it, and no baseline', async () => {
  symlinkSync('../home/.profile', join(root, 'report.json'), 'file');
  symlinkSync('../home', join(root, 'out'), 'junction');
  for (const file of ['report.json', 'out/.profile', 'out/new.json']) {
    await expect(check(file)).rejects.toMatchObject({ code: 'writes-outside', exitCode: 2 });
    await expect(check('fine.json', file)).rejects.toMatchObject({ code: 'writes-outside' });
  }
});

it('a link inside the repository, a name in it, and a place that the user names elsewhere are fine', async () => {
  symlinkSync('reports', join(root, 'link'), 'junction');
  for (const file of [
    'link/report.json',
    'reports/new/report.json',
    '../home/report.json',
    join(folder, 'x.json'),
  ])
    await check(file);
});
