import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openFolder } from '../../src/repo/local.js';

let folder: string;
/** What happens once the folder itself was listed. */
let meanwhile: () => void;

vi.mock(import('../../src/repo/fs.js'), async (original) => {
  const real = await original();
  return {
    ...real,
    readdir: async (path, options) => {
      const entries = await real.readdir(path, options);
      if (path === folder) meanwhile();
      return entries;
    },
  };
});

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'changing-'));
  for (const file of ['README.md', 'build/a.txt', 'onnx/model.onnx', 'z.txt']) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), 'x');
  }
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const listed = async () =>
  (await (await openFolder(folder, { kind: 'folder', path: folder })).list())?.map(({ path }) => path);

it('a folder and a file that are taken away while files are listed are not there', async () => {
  meanwhile = () => {
    rmSync(join(folder, 'build'), { recursive: true });
    rmSync(join(folder, 'z.txt'));
  };
  expect(await listed()).toEqual(['README.md', 'onnx/model.onnx']);
});

it('a folder that becomes a file meanwhile is not there', async () => {
  meanwhile = () => {
    rmSync(join(folder, 'build'), { recursive: true });
    writeFileSync(join(folder, 'build'), 'x');
  };
  expect(await listed()).toEqual(['README.md', 'onnx/model.onnx', 'z.txt']);
});

it('but the folder that was named has to stay', async () => {
  rmSync(folder, { recursive: true });
  await expect(listed()).rejects.toMatchObject({ code: 'read' });
});
