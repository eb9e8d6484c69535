import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readCard } from '../../src/repo/card-file.js';
import { openFolder } from '../../src/repo/local.js';
import { openRepo } from '../../src/repo/open.js';

const posix = process.platform !== 'win32';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'repo-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(files: Record<string, string | Uint8Array>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

describe('a folder', () => {
  it('lists files with sizes, sorted, without .git, node_modules and the download cache', async () => {
    await write({
      'README.md': 'abc',
      'onnx/model.onnx': '12345',
      'a/b/c.txt': '',
      '.git/config': 'x',
      'node_modules/p/index.js': 'x',
      '.cache/huggingface/download/x.lock': 'x',
      '.gitattributes': 'yy',
    });
    const repo = await openRepo(folder);
    expect(await repo.list()).toEqual([
      { path: '.gitattributes', size: 2 },
      { path: 'README.md', size: 3 },
      { path: 'a/b/c.txt', size: 0 },
      { path: 'onnx/model.onnx', size: 5 },
    ]);
  });

  it('reads whole files, parts and ends of files', async () => {
    await write({ 'x.bin': '0123456789' });
    const repo = await openRepo(folder);
    const text = async (bytes: Promise<Uint8Array | null>) =>
      new TextDecoder().decode((await bytes) ?? undefined);
    expect(await text(repo.read('x.bin'))).toBe('0123456789');
    expect(await text(repo.read('./x.bin', 3))).toBe('012');
    expect(await text(repo.readRange('x.bin', 8, 10))).toBe('89');
    expect(await text(repo.readRange('x.bin', 20, 10))).toBe('');
    expect(await repo.read('missing')).toBeNull();
    expect(await repo.read('x.bin/y')).toBeNull();
  });

  it.each([['../secret'], ['/etc/passwd'], ['a/../../secret'], ['C:/x'], ['a\\..\\b'], [''], ['x\0']])(
    'refuses the path %j',
    async (path) => {
      const repo = await openRepo(folder);
      await expect(repo.read(path)).rejects.toMatchObject({ code: 'outside' });
    },
  );

  it('refuses links that leave it, follows links that stay, and lists only the latter', async () => {
    const outside = await mkdtemp(join(tmpdir(), 'repo-outside-'));
    try {
      await writeFile(join(outside, 'secret'), 'secret');
      await write({ 'real.txt': 'real' });
      await symlink(join(outside, 'secret'), join(folder, 'leak'));
      await symlink(outside, join(folder, 'leaky-folder'));
      await symlink('real.txt', join(folder, 'alias.txt'));
      await symlink('nowhere', join(folder, 'dangling'));
      await symlink('loop', join(folder, 'loop'));
      const repo = await openRepo(folder);
      await expect(repo.read('leak')).rejects.toMatchObject({ code: 'outside' });
      await expect(repo.read('leaky-folder/secret')).rejects.toMatchObject({ code: 'outside' });
      await expect(repo.read('loop')).rejects.toMatchObject({ code: 'read' });
      expect(await repo.read('dangling')).toBeNull();
      expect(await repo.list()).toEqual([
        { path: 'alias.txt', size: 4 },
        { path: 'real.txt', size: 4 },
      ]);
    } finally {
      await rm(outside, { recursive: true });
    }
  });

  it.runIf(posix)('never waits for a pipe, and takes it for no file', async () => {
    execFileSync(
      'mkfifo',
      ['README.md', 'config.json'].map((name) => join(folder, name)),
    );
    const repo = await openRepo(folder);
    expect(await readCard(repo)).toEqual({ source: 'missing' });
    expect(await repo.read('config.json')).toBeNull();
    expect(await repo.list()).toEqual([]);
  });

  // Elsewhere the file system refuses such a name.
  it.runIf(process.platform === 'linux')('leaves out a file whose name is no text', async () => {
    await write({ 'README.md': 'abc' });
    await writeFile(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xff, 0xfe])]), 'x');
    expect(await (await openRepo(folder)).list()).toEqual([{ path: 'README.md', size: 3 }]);
  });

  it.runIf(posix)('says in words that cannot fill the screen when a path is too long to follow', async () => {
    const names = Array.from({ length: 25 }, () => 'd'.repeat(200));
    // One call at a time: no path that names them all can be given to the system.
    execFileSync('sh', ['-c', names.map((name) => `mkdir ${name} && cd -P ${name}`).join(' && ')], {
      cwd: folder,
    });
    const error = await (await openRepo(folder)).list().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'read' });
    expect(String(error)).toMatch(/d… cannot be read \(the path is too long\)\.$/);
    expect(String(error).length).toBeLessThan(400);
    execFileSync('rm', ['-rf', join(folder, 'd'.repeat(200))]);
  });

  it('counts folders too, so that a tree without files ends', async () => {
    for (let index = 0; index < 10; index++)
      await mkdir(join(folder, 'a', String(index)), { recursive: true });
    const repo = (most: number) => openFolder(folder, { kind: 'folder', path: '.' }, 'README.md', true, most);
    await expect((await repo(10)).list()).rejects.toMatchObject({ code: 'too-many-files' });
    expect(await (await repo(11)).list()).toEqual([]);
  });

  it('reads a snapshot of the Hugging Face cache through its links to blobs', async () => {
    await write({
      'models--org--name/blobs/abc': '---\nlicense: mit\n---\n',
      'models--org--name/secret': 's',
    });
    const snapshot = join(folder, 'models--org--name', 'snapshots', 'f00d');
    await mkdir(snapshot, { recursive: true });
    await symlink('../../blobs/abc', join(snapshot, 'README.md'));
    await symlink('../../secret', join(snapshot, 'leak'));
    const repo = await openRepo(snapshot);
    expect(await repo.list()).toEqual([{ path: 'README.md', size: 21 }]);
    expect(await readCard(repo)).toEqual({ source: 'text', text: '---\nlicense: mit\n---\n' });
    await expect(repo.read('leak')).rejects.toMatchObject({ code: 'outside' });
  });
});

describe('a card file', () => {
  it('takes its folder for the repository when it is called README.md', async () => {
    await write({ 'README.md': 'x', 'config.json': '{}' });
    const repo = await openRepo(join(folder, 'README.md'));
    expect((await repo.list())?.map((file) => file.path)).toEqual(['README.md', 'config.json']);
  });

  it('stands alone under another name', async () => {
    await write({ 'card.md': 'x', 'config.json': '{}' });
    const repo = await openRepo(join(folder, 'card.md'));
    expect(repo.cardPath).toBe('card.md');
    expect(await repo.list()).toBeNull();
  });
});

describe('a target that is not there', () => {
  it.each([
    ['no-such-folder'],
    ['./a/b'],
    ['/no/such'],
    ['a/b/c'],
    ['org/a..b'],
    ['org/a@../../b'],
    ['org/a@..'],
    ['missing/'],
    [''],
  ])('is a usage error: %j', async (target) => {
    await expect(openRepo(target, { cwd: folder })).rejects.toMatchObject({
      code: 'target-not-found',
      exitCode: 2,
    });
  });

  it('is not looked for on the Hub when its first folder exists here', async () => {
    await write({ 'models/a/README.md': '' });
    await expect(openRepo('models/b', { cwd: folder })).rejects.toMatchObject({ code: 'target-not-found' });
  });

  it('is not looked for on the Hub offline', async () => {
    await expect(openRepo('org/name', { cwd: folder, offline: true })).rejects.toMatchObject({
      code: 'target-offline',
    });
  });
});

describe('the card', () => {
  it.each<[string, Uint8Array | string | null, object]>([
    ['absent', null, { source: 'missing' }],
    ['with a byte-order mark, which is kept', '\uFEFF---\n', { source: 'text', text: '\uFEFF---\n' }],
    ['UTF-16', new Uint8Array([0xff, 0xfe, 0x2d, 0]), { source: 'binary', detail: 'UTF-16 text' }],
    ['with a NUL byte', 'abc\0', { source: 'binary', detail: 'a NUL byte at offset 3' }],
    ['Latin-1', new Uint8Array([0x61, 0xe9, 0x62]), { source: 'binary', detail: 'bytes that are not UTF-8' }],
    [
      'too large',
      new Uint8Array(10 * 1024 * 1024 + 1).fill(97),
      { source: 'too-large', bytes: 10 * 1024 * 1024 + 1 },
    ],
  ])('%s', async (_, content, expected) => {
    if (content !== null) await write({ 'README.md': content });
    expect(await readCard(await openRepo(folder))).toEqual(expected);
  });
});
