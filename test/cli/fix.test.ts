import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fixRepo } from '../../src/cli/fix.js';
import { openRepo } from '../../src/repo/open.js';
import type { Repo } from '../../src/repo/repo.js';
import { inFolder, textOf } from './scenario.js';

it('changes nothing when one of several files cannot be changed', async () => {
  const card = '---\nlicense: MIT\n---\n# A\nText.\n';
  const attributes = '*.md filter=lfs diff=lfs merge=lfs -text\n';
  await inFolder(new Map([['README.md', card]]), async (folder) => {
    const there = await openRepo(folder);
    // The second file is gone when it is about to be written.
    const repo: Repo = {
      ...there,
      list: async () => [
        { path: '.gitattributes', size: attributes.length },
        { path: 'README.md', size: card.length },
      ],
      read: (path, limit) =>
        path === '.gitattributes' ? Promise.resolve(Buffer.from(attributes)) : there.read(path, limit),
    };
    const both = await fixRepo(repo, {}, true);
    expect(both.summary).toContain('README.md, .gitattributes');
    await expect(fixRepo(repo, {}, false)).rejects.toThrow('.gitattributes cannot be written');
    expect(await textOf(join(folder, 'README.md'))).toBe(card);
  });
});
