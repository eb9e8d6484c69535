import { lstat, mkdir, readdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inFolder, runMain, textOf } from './scenario.js';

const CONFIG = '{"architectures": ["BertForSequenceClassification"]}';

/** Runs `init` in a folder with these files, after `prepare`. */
function init<T>(
  files: Readonly<Record<string, string>>,
  work: (folder: string, run: (...args: string[]) => ReturnType<typeof runMain>) => Promise<T>,
): Promise<T> {
  return inFolder(new Map(Object.entries(files)), (folder) =>
    work(folder, (...args) => runMain(['init', ...args], folder)),
  );
}

/** Where links can be made by anyone, and names can hold any character. */
const posix = process.platform !== 'win32';

describe('where init writes', () => {
  it.runIf(posix)('never over what came meanwhile: a link to nowhere stays', () =>
    init({ 'config.json': CONFIG }, async (folder, run) => {
      await symlink('../elsewhere.md', join(folder, 'README.md'));
      const { status, stderr } = await run();
      expect(status).toBe(3);
      expect(stderr).toContain('README.md cannot be written (something of that name is there).');
      expect(await readlink(join(folder, 'README.md'))).toBe('../elsewhere.md');
      expect(await readdir(folder)).toEqual(['README.md', 'config.json']);
    }),
  );

  it.runIf(posix)('never through a link that leads out of the repository', () =>
    init({ 'outside.md': '# Outside\n', 'model/config.json': CONFIG }, async (folder, run) => {
      await symlink('../outside.md', join(folder, 'model/README.md'));
      const { status, stderr } = await run('model');
      expect(status).toBe(3);
      expect(stderr).toContain('leads out of the repository');
      expect(await textOf(join(folder, 'outside.md'))).toBe('# Outside\n');
    }),
  );

  it.runIf(posix)('through a link inside the repository', () =>
    init({ 'card.md': '# Inside\n', 'config.json': CONFIG }, async (folder, run) => {
      await symlink('card.md', join(folder, 'README.md'));
      expect((await run()).status).toBe(0);
      expect((await lstat(join(folder, 'README.md'))).isSymbolicLink()).toBe(true);
      expect(await textOf(join(folder, 'card.md'))).toMatch(/^---\n[\s\S]*\n---\n\n# Inside\n$/);
    }),
  );

  it('not where a folder has the name of the card', () =>
    init({ 'README.md/x': '' }, async (_, run) => {
      expect(await run()).toMatchObject({ status: 3, stdout: '' });
    }));

  it('over an empty card, of which nothing is lost', () =>
    init({ 'README.md': '\n', 'config.json': CONFIG }, async (folder, run) => {
      expect((await run()).stderr).toContain('Wrote README.md.');
      expect(await textOf(join(folder, 'README.md'))).toContain('pipeline_tag: text-classification');
    }));

  it('not beside a card whose name the Hub does not read', () =>
    init({ 'readme.md': '# A model\n' }, async (folder, run) => {
      const foldsCase = (await textOf(join(folder, 'README.md'))) !== undefined;
      const { status, stderr } = await run();
      expect(status).toBe(foldsCase ? 0 : 3);
      if (!foldsCase) expect(stderr).toContain('Rename readme.md to README.md');
      expect(await readdir(folder)).toEqual(['readme.md']);
    }));

  it('not over bytes that are no text', () =>
    init({}, async (folder, run) => {
      await writeFile(join(folder, 'README.md'), new Uint8Array([0xff, 0xfe, 0x41, 0]));
      const { status, stderr } = await run();
      expect(status).toBe(3);
      expect(stderr).toContain('no UTF-8 text (UTF-16 text)');
      expect(await readFile(join(folder, 'README.md'))).toHaveLength(4);
    }));

  it('twice changes nothing', () =>
    init({ 'config.json': CONFIG }, async (folder, run) => {
      await run();
      const first = await textOf(join(folder, 'README.md'));
      expect((await run()).stderr).toContain('Nothing to add to README.md');
      expect(await textOf(join(folder, 'README.md'))).toBe(first);
    }));
});

describe('what init says', () => {
  it('is nothing when it shall be quiet', () =>
    init({}, async (_, run) => {
      expect(await run('--quiet')).toEqual({ status: 0, stdout: '', stderr: '' });
    }));

  it.runIf(posix)('steers no terminal, whatever a file is called', () =>
    init({ '\u001b[31m.gguf': 'x', 'LICENSE\u001b[2J.txt': 'Mine alone.' }, async (folder) => {
      const host = { isTTY: { stdout: true, stderr: true } };
      for (const args of [['--dry-run'], []]) {
        const { stdout, stderr } = await runMain(['init', ...args], folder, host);
        expect(stdout + stderr).not.toContain('\u001b[31m.gguf');
        expect(stdout + stderr).not.toContain('\u001b[2J');
      }
      expect(await textOf(join(folder, 'README.md'))).not.toContain('\u001b');
    }),
  );

  it('names files of which nothing could be taken', () =>
    init({ 'config.json': '{' }, async (_, run) => {
      expect((await run()).stderr).toContain('Nothing was taken from config.json: it cannot be read.');
    }));
});

describe('the id in the snippet', () => {
  it.each([
    ['https://huggingface.co/org/name', 'org/name'],
    ['https://user:hf_secret@huggingface.co/org/name.git', 'org/name'],
    ['git@hf.co:org/name', 'org/name'],
    ['https://example.com/org/name', 'your-name/model'],
    ['https://huggingface.co/org/name/../other', 'your-name/model'],
  ])('of a clone of %s is %s', (url, id) =>
    init({ 'model/config.json': CONFIG, 'model/model.safetensors': 'x' }, async (folder, run) => {
      await mkdir(join(folder, 'model/.git'));
      await writeFile(join(folder, 'model/.git/config'), `[remote "origin"]\n\turl = ${url}\n`);
      const { stderr } = await run('model');
      const card = await textOf(join(folder, 'model/README.md'));
      expect(card).toContain(`model="${id}"`);
      expect(card + stderr).not.toContain('hf_secret');
    }),
  );

  it('of a snapshot in the Hub’s cache is told by its folder', () =>
    init({ 'models--org--name/snapshots/abc/config.json': CONFIG }, async (folder, run) => {
      await run('models--org--name/snapshots/abc');
      expect(await textOf(join(folder, 'models--org--name/snapshots/abc/README.md'))).toContain('# name\n');
    }));
});
