import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseCard } from '../../src/card/parse.js';
import { RepoError } from '../../src/errors.js';
import { readMedia } from '../../src/media/read.js';
import { openRepo } from '../../src/repo/open.js';
import type { Repo } from '../../src/repo/repo.js';
import { gif, png } from './files.js';

const card = (widget: string) => parseCard(`---\nwidget:\n${widget}\n---\n`);

describe('readMedia', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'media-'));
    await writeFile(join(folder, 'README.md'), '');
    await writeFile(join(folder, 'a b.png'), png());
    await writeFile(join(folder, 'cut.png'), png().subarray(0, 50));
    await writeFile(join(folder, 'out.gif'), gif());
    await writeFile(join(folder, 'page.jpg'), '<!doctype html><title>404</title>');
    await writeFile(join(folder, 'unnamed.png'), png());
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('reads the files that examples name, and no others', async () => {
    const repo = await openRepo(folder);
    const widget = card(
      '- src: a%20b.png\n- src: ./cut.png\n  output: {url: out.gif}\n- mask: page.jpg\n- src: https://host.org/unnamed.png\n- src: ../unnamed.png\n- src: missing.png\n- src: 1\n- null',
    );
    expect([...(await readMedia(repo, widget, await repo.list()))]).toEqual([
      ['a b.png', { kind: 'image', format: 'PNG' }],
      ['cut.png', { kind: 'damaged', format: 'PNG', fault: 'the file ends inside the chunk IDAT' }],
      ['out.gif', { kind: 'image', format: 'GIF' }],
      ['page.jpg', { kind: 'unknown', looksLike: 'HTML' }],
    ]);
  });

  it('passes over a link that leaves the repository', async () => {
    await symlink(process.execPath, join(folder, 'link.png'));
    const repo = await openRepo(folder);
    const files = [{ path: 'link.png', size: 10 }];
    expect((await readMedia(repo, card('- src: link.png'), files)).size).toBe(0);
  });

  it('reads nothing without examples, a list of files or metadata', async () => {
    const repo = await openRepo(folder);
    const files = await repo.list();
    expect((await readMedia(repo, card('- text: a'), files)).size).toBe(0);
    expect((await readMedia(repo, card('- src: cut.png'), null)).size).toBe(0);
    expect((await readMedia(repo, parseCard('no front matter'), files)).size).toBe(0);
    expect((await readMedia(repo, parseCard('---\nwidget: {src: cut.png}\n---\n'), files)).size).toBe(0);
  });

  describe('with a repository of its own', () => {
    const MiB = 1024 * 1024;
    let reads: string[];
    const repo = (read: Repo['read']): Repo => ({
      target: { kind: 'memory' },
      root: null,
      cardPath: 'README.md',
      list: async () => null,
      readRange: async () => null,
      read: (path, limit) => {
        reads.push(path);
        return read(path, limit);
      },
    });
    beforeEach(() => {
      reads = [];
    });

    it('leaves large files unread, and stops after many files or bytes', async () => {
      const files = [
        { path: 'a.png', size: 40 * MiB },
        ...Array.from({ length: 60 }, (_, index) => ({ path: `${index}.png`, size: 10 })),
      ];
      const media = await readMedia(
        repo(async () => png()),
        card(files.map(({ path }) => `- src: ${path}`).join('\n')),
        files,
      );
      expect(media.get('a.png')).toEqual({ kind: 'unread' });
      expect(media.get('0.png')).toEqual({ kind: 'image', format: 'PNG' });
      expect(media.get('59.png')).toEqual({ kind: 'unread' });
      expect(reads).toHaveLength(49);

      reads = [];
      const big = Array.from({ length: 4 }, (_, index) => ({ path: `${index}.bin`, size: 30 * MiB }));
      const some = await readMedia(
        repo(async () => new Uint8Array(30 * MiB)),
        card(big.map(({ path }) => `- src: ${path}`).join('\n')),
        big,
      );
      expect(reads).toHaveLength(2);
      expect(some.get('3.bin')).toEqual({ kind: 'unread' });
    });

    it('unpacks less of each image the more there are', async () => {
      // 30 MB of pixels announced, none there.
      const early = png(3000, 3333, { pixels: 10 });
      const kinds = async (count: number) => {
        const files = Array.from({ length: count }, (_, index) => ({ path: `${index}.png`, size: 100 }));
        const widget = card(files.map(({ path }) => `- src: ${path}`).join('\n'));
        const media = await readMedia(
          repo(async () => early),
          widget,
          files,
        );
        return new Set([...media.values()].map(({ kind }) => kind));
      };
      expect(await kinds(4)).toEqual(new Set(['damaged']));
      expect(await kinds(40)).toEqual(new Set(['image']));
    });

    it('does not stop the check of the card when a file cannot be got', async () => {
      const failing = repo(async () => {
        throw new RepoError('hub-unreachable', 'The Hub does not answer.', { hint: '' });
      });
      const files = [{ path: 'a.png', size: 1 }];
      expect([...(await readMedia(failing, card('- src: a.png'), files))]).toEqual([
        ['a.png', { kind: 'unread' }],
      ]);
      const broken = repo(async () => {
        throw new TypeError('a bug');
      });
      await expect(readMedia(broken, card('- src: a.png'), files)).rejects.toThrow('a bug');
    });
  });
});
