import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadSettings } from '../../src/config/load.js';
import { validateRepo } from '../../src/validate.js';
import { inFolder } from '../cli/scenario.js';
import { fault, files } from './faults.js';

const PACKAGE =
  '{\n  "name": "x",\n  "scripts": { "card": "validate-card" },\n  "validate-card": {\n    "failLevel": "never"\n  }\n}\n';

/** A checkout with two models; its files and empty folders. */
async function inCheckout(
  entries: Record<string, string>,
  work: (folder: string) => Promise<void>,
): Promise<void> {
  await inFolder(
    files({ 'checkout/models/a/README.md': '', 'checkout/models/b/README.md': '', ...entries }),
    async (folder) => {
      await mkdir(join(folder, 'checkout/.git'), { recursive: true });
      await work(folder);
    },
  );
}

describe('settings above the repository', () => {
  it('hold up to the root of the checkout, with paths relative to where they are', async () => {
    await inCheckout({ 'checkout/.validate-card.yaml': 'failLevel: never' }, async (folder) => {
      const settings = await loadSettings({ cwd: folder, folder: join(folder, 'checkout/models/a') });
      expect(settings).toMatchObject({
        config: { failLevel: 'never' },
        file: join(folder, 'checkout/.validate-card.yaml'),
        basePath: 'models/a',
      });
    });
  });

  it('give way to nearer ones, as a whole', async () => {
    const entries = {
      'checkout/.validate-card.yaml': 'failLevel: never',
      'checkout/models/.validate-card.json': '{"rules": {"license-missing": "off"}}',
      'checkout/models/b/package.json': PACKAGE,
    };
    await inCheckout(entries, async (folder) => {
      const near = await loadSettings({ cwd: folder, folder: join(folder, 'checkout/models/a') });
      expect(near).toMatchObject({ config: { rules: { 'license-missing': 'off' } }, basePath: 'a' });
      expect(near.config.failLevel).toBeUndefined();
      const nearest = await loadSettings({ cwd: folder, folder: join(folder, 'checkout/models/b') });
      expect(nearest).toMatchObject({ config: { failLevel: 'never' }, basePath: '' });
    });
  });

  it('are not looked for above the checkout, above a folder that is set, or without a checkout', async () => {
    const entries = {
      '.validate-card.yaml': 'failLevel: never',
      'loose/models/a/README.md': '',
      'loose/.validate-card.yaml': 'failLevel: never',
      'checkout/nested/.git': 'gitdir: elsewhere',
      'checkout/nested/README.md': '',
    };
    await inCheckout(entries, async (folder) => {
      for (const [path, top] of [
        ['checkout/models/a'],
        ['checkout'],
        ['loose/models/a'],
        // A submodule or worktree: there .git is a file.
        ['checkout/nested'],
      ]) {
        const place = { cwd: folder, folder: join(folder, path ?? ''), ...(top ? { top } : {}) };
        expect((await loadSettings(place)).file, path).toBeNull();
      }
      await writeFile(join(folder, 'checkout/.validate-card.yaml'), 'failLevel: never');
      const models = join(folder, 'checkout/models');
      const below = { cwd: folder, folder: join(models, 'a') };
      expect((await loadSettings({ ...below, top: models })).file).toBeNull();
      expect((await loadSettings({ ...below, top: below.folder })).file).toBeNull();
      expect((await loadSettings({ ...below, top: join(folder, 'checkout') })).file).not.toBeNull();
    });
  });

  it('are named from the working directory when they are wrong', async () => {
    await inCheckout({ 'checkout/.validate-card.yaml': 'faillevel: never' }, async (folder) => {
      const place = { folder: join(folder, 'checkout/models/a') };
      expect((await fault(loadSettings({ cwd: folder, ...place }))).message).toBe(
        'checkout/.validate-card.yaml:1: There is no setting "faillevel". Did you mean failLevel?',
      );
      expect((await fault(loadSettings({ cwd: place.folder, ...place }))).message).toMatch(
        /^\.\.\/\.\.\/\.validate-card\.yaml:1: /,
      );
    });
  });

  it('are no link out of their folder', async () => {
    await inCheckout({ 'secret.yaml': 'failLevel: never' }, async (folder) => {
      await symlink('../secret.yaml', join(folder, 'checkout/.validate-card.yaml'));
      const place = { cwd: folder, folder: join(folder, 'checkout/models/a') };
      expect((await fault(loadSettings(place))).code).toBe('config-outside');
    });
  });
});

describe('settings that the user names', () => {
  it('see a repository below them from their folder, and any other from itself', async () => {
    const entries = { 'checkout/card.yaml': 'failLevel: never', 'ci/card.yaml': 'failLevel: never' };
    await inCheckout(entries, async (folder) => {
      const place = { cwd: folder, folder: join(folder, 'checkout/models/a') };
      const basePath = async (file: string) => (await loadSettings({ ...place, file })).basePath;
      expect(await basePath('checkout/card.yaml')).toBe('models/a');
      expect(await basePath('ci/card.yaml')).toBe('');
      expect((await loadSettings({ cwd: folder, file: 'ci/card.yaml' })).basePath).toBe('');
    });
  });

  it('may be a package.json, which then has the key', async () => {
    await inFolder(files({ 'package.json': PACKAGE, 'other/package.json': '{}' }), async (folder) => {
      const named = await loadSettings({ cwd: folder, file: 'package.json' });
      expect(named.config).toEqual({ failLevel: 'never' });
      const error = await fault(loadSettings({ cwd: folder, file: 'other/package.json' }));
      expect(error.code).toBe('config-not-found');
      expect(error.message).toContain('has no key "validate-card"');
    });
  });
});

describe('a baseline in the settings', () => {
  it('is named, and leaves the settings such that validateRepo takes them as they are', async () => {
    await inFolder(
      files({ '.validate-card.yaml': 'baseline: known.json', 'README.md': 'A model.' }),
      async (folder) => {
        const settings = await loadSettings({ cwd: folder, folder });
        expect(settings.baselineFile).toBe(join(folder, 'known.json'));
        const { diagnostics } = await validateRepo(folder, settings);
        expect(diagnostics.map(({ rule }) => rule)).toContain('front-matter-missing');
      },
    );
  });
});

describe('package.json', () => {
  it('holds settings under its key', async () => {
    await inFolder(files({ 'package.json': `\ufeff${PACKAGE}` }), async (folder) => {
      const settings = await loadSettings({ cwd: folder, folder });
      expect(settings.config).toEqual({ failLevel: 'never' });
      expect(settings.file).toBe(join(folder, 'package.json'));
    });
  });

  it.each([
    '{}',
    '{"name": "x"}',
    '{"scripts": {"validate-card": "validate-card ."}}',
    '["validate-card"]',
    'no JSON at all',
    '{"name": "x", "name": "y"',
  ])('is left alone when it holds none: %s', async (text) => {
    await inFolder(files({ 'package.json': text }), async (folder) => {
      expect((await loadSettings({ cwd: folder, folder })).file).toBeNull();
    });
  });

  it('is left alone when it cannot be read as a file of the repository', async () => {
    await inFolder(files({ 'a/package.json': PACKAGE }), async (folder) => {
      const repo = join(folder, 'repo');
      await mkdir(join(repo, 'package.json'), { recursive: true });
      expect((await loadSettings({ cwd: folder, folder: repo })).file).toBeNull();
      const linked = join(folder, 'linked');
      await mkdir(linked);
      await symlink('../a/package.json', join(linked, 'package.json'));
      expect((await loadSettings({ cwd: folder, folder: linked })).file).toBeNull();
    });
  });

  it.each([
    [
      PACKAGE.replace('never', 'nevr'),
      'package.json:5: failLevel must be one of error, warning, never, not "nevr". Did you mean never?',
    ],
    [
      PACKAGE.replace('failLevel', 'fail-level'),
      'package.json:5: There is no setting "fail-level". Did you mean failLevel?',
    ],
    ['{\n"validate-card": 7}', 'package.json:2: the settings must be a mapping, not 7.'],
    ['{"validate-card": {}\n', 'package.json:1: This is no JSON.'],
  ])('is named with the line of a fault: %j', async (text, message) => {
    await inFolder(files({ 'package.json': text }), async (folder) => {
      expect((await fault(loadSettings({ cwd: folder, folder }))).message).toBe(message);
    });
  });

  it('is not one of two places', async () => {
    const entries = files({ 'package.json': PACKAGE, '.validate-card.yml': '' });
    await inFolder(entries, async (folder) => {
      const error = await fault(loadSettings({ cwd: folder, folder }));
      expect(error.code).toBe('config-twice');
      expect(error.message).toContain('.validate-card.yml and package.json');
    });
    const without = files({ 'package.json': '{"scripts": {"validate-card": ""}}', '.validate-card.yml': '' });
    await inFolder(without, async (folder) => {
      expect((await loadSettings({ cwd: folder, folder })).file).toBe(join(folder, '.validate-card.yml'));
    });
  });
});
