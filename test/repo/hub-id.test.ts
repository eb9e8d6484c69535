import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hubIdOf } from '../../src/repo/hub-id.js';
import { openFolder } from '../../src/repo/local.js';
import { memoryRepo } from '../../src/repo/memory.js';

describe('hubIdOf', () => {
  let base: string;
  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), 'hub-id-'));
  });
  afterEach(() => rmSync(base, { recursive: true, force: true }));

  const open = (folder: string) => openFolder(folder, { kind: 'folder', path: folder });

  it.each([
    ['https://huggingface.co/org/model', 'org/model'],
    ['https://huggingface.co/org/model.git', 'org/model'],
    ['https://user:hf_secret@huggingface.co/org/model', 'org/model'],
    ['git@hf.co:org/model', 'org/model'],
    ['https://huggingface.co/datasets/org/data', null],
    ['https://example.org/org/model', null],
    ['https://huggingface.co.example.org/org/model', null],
  ])('of a clone of %s is %s', async (url, id) => {
    mkdirSync(join(base, '.git'));
    writeFileSync(join(base, '.git', 'config'), `[remote "origin"]\n\turl = ${url}\n\tfetch = +refs\n`);
    expect(await hubIdOf(await open(base))).toBe(id);
  });

  it('of a snapshot in the cache is that of its folder', async () => {
    const folder = join(base, 'models--org--model', 'snapshots', '0');
    mkdirSync(folder, { recursive: true });
    expect(await hubIdOf(await open(folder))).toBe('org/model');
  });

  it('of anything else is unknown', async () => {
    expect(await hubIdOf(await open(base))).toBeNull();
    expect(await hubIdOf(memoryRepo({}))).toBeNull();
  });

  it('of one opened on the Hub is that', async () => {
    const target = { kind: 'hub', id: 'org/model', revision: 'main' } as const;
    expect(await hubIdOf({ ...memoryRepo({}), target })).toBe('org/model');
  });
});
