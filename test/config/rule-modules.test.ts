import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadSettings } from '../../src/config/load.js';
import { inFolder } from '../cli/scenario.js';
import { fault, files } from './faults.js';

const rule = (id: string) => `{ id: '${id}', severity: 'info', description: 'A rule.', check() {} }`;

const RAN = 'globalThis.validateCardRan = true;';

/** Loads settings that name modules, from a folder with these files. */
async function load(
  modules: readonly string[],
  entries: Record<string, string>,
  options: { readonly trust?: boolean; readonly rules?: string } = { trust: true },
) {
  const settings = JSON.stringify({
    ruleModules: modules,
    ...(options.rules ? { rules: JSON.parse(options.rules) } : {}),
  });
  let ids: readonly string[] = [];
  await inFolder(files({ 'repo/.validate-card.json': settings, ...entries }), async (folder) => {
    const repo = join(folder, 'repo');
    const { rules } = await loadSettings({
      cwd: folder,
      folder: repo,
      ...(options.trust === undefined ? {} : { trust: options.trust }),
    });
    ids = rules.map(({ id }) => id);
  });
  return ids;
}

describe('modules with rules', () => {
  it('are found beside the settings, by path and by package, in their order', async () => {
    const found = await load(
      ['./rules/a.mjs', 'acme-rules', '@acme/esm', '../shared.cjs', './compiled.cjs'],
      {
        'repo/rules/a.mjs': `export default [${rule('acme/one')}, ${rule('acme/two')}];`,
        'repo/node_modules/acme-rules/index.js': `module.exports = ${rule('acme/three')};`,
        'node_modules/@acme/esm/package.json':
          '{"name": "@acme/esm", "type": "module", "exports": {".": {"types": "./a.d.ts", "import": "./lib/main.js"}}}',
        'node_modules/@acme/esm/lib/main.js': `export default ${rule('acme/four')};`,
        'shared.cjs': `module.exports = [${rule('acme/five')}];`,
        'repo/compiled.cjs': `exports.__esModule = true; exports.default = ${rule('acme/six')};`,
      },
    );
    expect(found).toEqual(['acme/one', 'acme/two', 'acme/three', 'acme/four', 'acme/five', 'acme/six']);
  });

  it('never run when the settings were found and nobody trusts them', async () => {
    const entries = { 'repo/a.mjs': `${RAN} export default [];` };
    for (const options of [{}, { trust: false }]) {
      const error = await fault(load(['./a.mjs'], entries, options));
      expect(error.code).toBe('rule-modules-untrusted');
      expect(error.hint).toContain('--trust-config');
    }
    expect(Reflect.get(globalThis, 'validateCardRan')).toBeUndefined();
  });

  it('run when the user named the settings, and says nothing else', async () => {
    const entries = files({
      'ci/card.yaml': 'ruleModules: [./a.mjs]',
      'ci/a.mjs': `export default ${rule('acme/named')};`,
    });
    await inFolder(entries, async (folder) => {
      const named = { cwd: folder, file: 'ci/card.yaml' };
      expect((await loadSettings(named)).rules.map(({ id }) => id)).toEqual(['acme/named']);
      expect((await fault(loadSettings({ ...named, trust: false }))).code).toBe('rule-modules-untrusted');
    });
  });

  it.each<[string, string, Record<string, string>, string]>([
    ['rule-module-not-found', './none.mjs', {}, 'there is no module "./none.mjs"'],
    ['rule-module-not-found', './folder', { 'repo/folder/index.js': '' }, 'there is no module "./folder"'],
    ['rule-module-not-found', 'no-such-package', {}, 'there is no module "no-such-package"'],
    ['rule-module-not-found', 'node:fs', {}, 'there is no module "node:fs"'],
    ['rule-module-failed', './a.mjs', { 'repo/a.mjs': 'throw new Error("boom");' }, 'Error: boom'],
    ['rule-module-failed', './a.mjs', { 'repo/a.mjs': 'export default (;' }, 'cannot be loaded'],
    ['rule-module-empty', './a.mjs', { 'repo/a.mjs': 'export const rule = 1;' }, 'has no default export'],
    ['rule-invalid', './a.mjs', { 'repo/a.mjs': 'export default { id: "x" };' }, '(./a.mjs)'],
    ['rule-invalid', './a.mjs', { 'repo/a.mjs': 'export default [null];' }, '(./a.mjs)'],
    [
      'rule-twice',
      './a.mjs',
      { 'repo/a.mjs': `export default [${rule('acme/x')}, ${rule('acme/x')}];` },
      'There are two rules acme/x.',
    ],
  ])('end with %s for %s', async (code, name, entries, words) => {
    const error = await fault(load([name], entries));
    expect(error.code).toBe(code);
    expect(error.message).toContain(words);
  });

  it('make their ids known to the settings, and no others', async () => {
    const entries = { 'repo/a.mjs': `export default ${rule('acme/team-named')};` };
    const options = (rules: object) => ({ trust: true, rules: JSON.stringify(rules) });
    expect(await load(['./a.mjs'], entries, options({ 'acme/team-named': 'error' }))).toHaveLength(1);
    const typo = await fault(load(['./a.mjs'], entries, options({ 'acme/team-name': 'error' })));
    expect(typo.code).toBe('config-invalid');
    expect(typo.message).toBe(
      'repo/.validate-card.json:1: There is no rule "acme/team-name". Did you mean acme/team-named?',
    );
    expect((await fault(load([], {}, options({ 'acme/x': 'off' })))).message).toContain(
      'There is no rule "acme/x".',
    );
  });
});
