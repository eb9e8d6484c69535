import { execFileSync } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadSettings } from '../../src/config/load.js';
import { mostMemory, TIMEOUT_MS } from '../../src/smoke/limits.js';
import { inFolder } from '../cli/scenario.js';
import { fault, files } from './faults.js';

const NOTHING = { config: {}, file: null, basePath: '', rules: [], notes: [] };

describe('loadSettings', () => {
  it('has none where there is none', async () => {
    await inFolder(files({ 'README.md': '' }), async (folder) => {
      expect(await loadSettings({ cwd: folder, folder })).toEqual(NOTHING);
      expect(await loadSettings({ cwd: folder })).toEqual(NOTHING);
    });
  });

  it.each([
    ['.validate-card.yaml', 'rules:\n  license-unknown: off\n'],
    ['.validate-card.yml', '%YAML 1.2\n---\nrules: {license-unknown: off}\n'],
    ['.validate-card.json', '{\n\t"rules": {\n\t\t"license-unknown": "off"\n\t}\n}\n'],
    ['.validate-card.json', '\ufeff{"rules": {"license-unknown": "off"}}'],
  ])('reads %s', async (name, text) => {
    await inFolder(files({ [name]: text }), async (folder) => {
      const settings = await loadSettings({ cwd: '/', folder });
      expect(settings.config).toEqual({ rules: { 'license-unknown': 'off' } });
      expect(settings.file).toBe(join(folder, name));
    });
  });

  it('lets a repository lower the limits of the smoke inference, and only the user raise them', async () => {
    const text = 'smoke:\n  timeoutMs: 86400000\n  memoryLimitBytes: 900000000000000\n';
    const low = 'smoke:\n  timeoutMs: 1000\n  memoryLimitBytes: 500000000\n';
    const entries = files({ '.validate-card.yaml': text, 'low/.validate-card.yaml': low });
    await inFolder(entries, async (folder) => {
      const found = await loadSettings({ cwd: folder, folder });
      expect(found.config.smoke).toEqual({ timeoutMs: TIMEOUT_MS, memoryLimitBytes: mostMemory() });
      expect(found.notes).toEqual([
        expect.stringContaining('only --timeout, --config or --trust-config may raise it'),
        expect.stringContaining('only --memory-limit, --config or --trust-config may raise it'),
      ]);
      const named = await loadSettings({ cwd: folder, file: '.validate-card.yaml' });
      expect(named.config.smoke).toEqual({ timeoutMs: 86_400_000, memoryLimitBytes: 900_000_000_000_000 });
      expect(named.notes).toEqual([]);
      const lower = await loadSettings({ cwd: folder, folder: join(folder, 'low') });
      expect(lower.config.smoke).toEqual({ timeoutMs: 1000, memoryLimitBytes: 500_000_000 });
      expect(lower.notes).toEqual([]);
    });
  });

  it('reads tables beside the settings, relative to them', async () => {
    await inFolder(
      files({
        'ci/card.yaml': 'tables: {libraryTasks: tables/map.json}\n',
        'ci/tables/map.json': '{"mine": ["fill-mask"]}',
      }),
      async (folder) => {
        const { tables, notes } = await loadSettings({ cwd: folder, file: 'ci/card.yaml' });
        expect(tables?.userGiven).toBe(true);
        expect(tables?.libraryTasks.get('mine')).toEqual(new Set(['fill-mask']));
        expect(notes).toHaveLength(1);
      },
    );
  });

  it.each(['../map.json', '/etc/hostname', 'sub/../../map.json', '..'])(
    'reads no table outside the folder of the settings: %s',
    async (path) => {
      await inFolder(
        files({ 'map.json': '{}', 'ci/card.yaml': `tables: {libraryTasks: "${path}"}\n` }),
        async (folder) => {
          expect((await fault(loadSettings({ cwd: folder, file: 'ci/card.yaml' }))).code).toBe(
            'file-outside',
          );
        },
      );
    },
  );

  it('follows no link out of the folder, to a table or to the settings themselves', async () => {
    await inFolder(files({ 'map.json': '{}', 'secret.yaml': 'failLevel: never\n' }), async (folder) => {
      const repo = join(folder, 'repo');
      await mkdir(repo);
      await writeFile(join(repo, 'card.yaml'), 'tables: {libraryTasks: map.json}\n');
      await symlink('../map.json', join(repo, 'map.json'));
      expect((await fault(loadSettings({ cwd: repo, file: 'card.yaml' }))).code).toBe('file-outside');
      await symlink('../secret.yaml', join(repo, '.validate-card.yaml'));
      expect((await fault(loadSettings({ cwd: repo, folder: repo }))).code).toBe('config-outside');
    });
  });

  it.each([
    ['config-not-found', 'nope.yaml', {}],
    ['config-read', '.', {}],
    ['config-read', 'big.yaml', { 'big.yaml': `# ${'x'.repeat(1024 * 1024)}` }],
    ['table-not-found', 'a.yaml', { 'a.yaml': 'tables: {libraryTasks: map.json}' }],
    ['library-tasks', 'a.yaml', { 'a.yaml': 'tables: {libraryTasks: map.json}', 'map.json': '[]' }],
  ])('fails with %s for %s', async (code, file, entries) => {
    await inFolder(files(entries), async (folder) => {
      expect((await fault(loadSettings({ cwd: folder, file }))).code).toBe(code);
    });
  });

  it.runIf(process.platform !== 'win32')('never waits for a pipe', async () => {
    await inFolder(files({}), async (folder) => {
      execFileSync('mkfifo', [join(folder, '.validate-card.yaml')]);
      for (const place of [
        { cwd: folder, folder },
        { cwd: folder, file: '.validate-card.yaml' },
      ]) {
        expect((await fault(loadSettings(place))).message).toBe('.validate-card.yaml is not a file.');
      }
    });
  });

  it('does not pass over settings that are a circular link', async () => {
    await inFolder(files({}), async (folder) => {
      await symlink('.validate-card.yaml', join(folder, '.validate-card.yaml'));
      expect((await fault(loadSettings({ cwd: folder, folder }))).message).toBe(
        '.validate-card.yaml cannot be read (ELOOP).',
      );
    });
  });

  it('refuses what is not UTF-8', async () => {
    await inFolder(files({}), async (folder) => {
      await writeFile(join(folder, 'a.yaml'), new Uint8Array([0xff, 0xfe, 0x41]));
      expect((await fault(loadSettings({ cwd: folder, file: 'a.yaml' }))).message).toBe(
        'a.yaml is not UTF-8 text.',
      );
    });
  });
});
