import { mkdtempSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BY_THE_CLOCK } from '../by-the-clock.js';

/** The file that stdout was led to. */
const led = vi.hoisted((): { to: string | null } => ({ to: null }));
// As on a machine whose watchers are used up.
vi.mock('node:fs', async (original) => ({
  ...(await original<typeof import('node:fs')>()),
  fstatSync: (descriptor: number) => {
    if (led.to === null || descriptor !== 1) throw new Error('It is closed.');
    return statSync(led.to);
  },
  watch: () => {
    throw Object.assign(new Error('no watchers left'), { code: 'ENOSPC' });
  },
}));
const { changedBetween, nextChange, snapshot } = await import('../../src/repo/watched-files.js');

let folder: string;
beforeEach(() => {
  folder = realpathSync.native(mkdtempSync(join(tmpdir(), 'watched-')));
  writeFileSync(join(folder, 'README.md'), 'a');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('watched files', () => {
  it('are polled where the system does not tell of changes', BY_THE_CLOCK, async () => {
    const watched = { places: [folder], written: new Set<string>() };
    const before = await snapshot(watched);
    const signal = AbortSignal.timeout(10_000);
    const change = nextChange(watched, before, signal);
    setTimeout(() => writeFileSync(join(folder, 'README.md'), 'changed'), 50);
    const start = performance.now();
    const after = await change;
    expect(after).not.toBeNull();
    expect(changedBetween(before, after ?? before)).toEqual([join(folder, 'README.md')]);
    expect(performance.now() - start).toBeLessThan(3000);
  });

  it('leave out what this program writes its output to', async () => {
    led.to = join(folder, 'log.txt');
    writeFileSync(led.to, 'a line');
    try {
      const seen = await snapshot({ places: [folder], written: new Set() });
      expect([...seen.keys()]).toEqual([folder, join(folder, 'README.md')]);
    } finally {
      led.to = null;
    }
  });

  it('leave out drafts of editors, what is written by the command itself, and .git', async () => {
    for (const name of [
      '.README.md.swp',
      'README.md~',
      '#README.md#',
      '4913',
      'report.json',
      '.README.md.12-ab.tmp',
    ])
      writeFileSync(join(folder, name), '');
    const files = await snapshot({ places: [folder], written: new Set([join(folder, 'report.json')]) });
    expect([...files.keys()]).toEqual([folder, join(folder, 'README.md')]);
  });

  it('end without a change when they are told to', async () => {
    const watched = { places: [folder], written: new Set<string>() };
    const stop = new AbortController();
    const change = nextChange(watched, await snapshot(watched), stop.signal);
    stop.abort();
    expect(await change).toBeNull();
  });
});
