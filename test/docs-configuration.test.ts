import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfig, readPackageConfig } from '../src/config/parse.js';
import { userRules } from '../src/config/user-rule.js';
import { applyFixes } from '../src/fix.js';
import { lintCard } from '../src/lint.js';
import { imagined } from '../src/rules/pages/imagined.js';
import type { UserRule } from '../src/rules/rule.js';
import { inFolder, runMain } from './cli/scenario.js';

const place = (path: string) => new URL(`../${path}`, import.meta.url);
const page = await readFile(place('docs/configuration.md'), 'utf8');
const blocks = (language: string) =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(
    ([, text = '']) => text,
  );

const CARD = '---\nlicense: mit\nteam: Vision\n---\n# A model\n';
const acme = await readFile(place('docs/examples/rules/acme.mjs'), 'utf8');

describe.each(blocks('yaml').map((text) => ({ text, name: text.split('\n')[0] ?? '' })))(
  'docs/configuration.md, $name',
  ({ text }) => {
    it('is taken by the command', async () => {
      const files = new Map([
        ['.git/HEAD', ''],
        ['.validate-card.yaml', text],
        ['acme.mjs', acme],
        ['node_modules/@acme/card-rules/index.js', 'module.exports = [];'],
        ['.validate-card-baseline.json', '{"version": 1, "findings": []}'],
        ['libraries.json', '{"my-library": ["text-ranking"]}'],
        ['models/a/README.md', CARD],
      ]);
      await inFolder(files, async (cwd) => {
        const { stderr, status } = await runMain(['models/a', '--trust-config', '--quiet'], cwd);
        expect(stderr).toBe('');
        expect([0, 1]).toContain(status);
      });
    });
  },
);

describe('docs/configuration.md', () => {
  it('shows every setting there is', async () => {
    const schema = JSON.parse(await readFile(place('schemas/config.schema.json'), 'utf8'));
    const shown = blocks('yaml').map((text) => readConfig(text, 'page').config);
    const keys = new Set(shown.flatMap((config) => Object.keys(config)));
    expect([...keys].sort()).toEqual(
      Object.keys(schema.properties)
        .filter((key) => key !== '$schema')
        .sort(),
    );
    const inside = (key: 'smoke' | 'tables') => shown.flatMap((config) => Object.keys(config[key] ?? {}));
    for (const key of ['smoke', 'tables'] as const) {
      expect(new Set(inside(key))).toEqual(new Set(Object.keys(schema.properties[key].properties)));
    }
    const overrides = shown.flatMap((config) => config.overrides ?? []).flatMap((one) => Object.keys(one));
    expect(new Set(overrides)).toEqual(new Set(Object.keys(schema.properties.overrides.items.properties)));
  });

  it('shows settings in package.json', () => {
    const [text = ''] = blocks('json');
    expect(readPackageConfig(text, 'package.json')?.config).toEqual({ failLevel: 'warning' });
  });

  it('drops and keeps the files it says', async () => {
    const ignores = blocks('yaml').find((text) => text.startsWith('ignores')) ?? '';
    const files = ['drafts/a', 'drafts/final', 'models/a'].map(
      (path) => [`${path}/README.md`, CARD] as const,
    );
    await inFolder(new Map([...files, ['.git/HEAD', ''], ['.validate-card.yaml', ignores]]), async (cwd) => {
      const counts = [];
      for (const [path] of files) {
        const { stdout } = await runMain([path, '--format', 'json'], cwd);
        counts.push(JSON.parse(stdout).diagnostics.length > 0);
      }
      expect(counts).toEqual([false, true, true]);
    });
  });

  it('has the examples as they are in docs/examples/rules', async () => {
    for (const [name, language] of [
      ['acme.mjs', 'js'],
      ['acme.ts', 'ts'],
      ['acme.test.mjs', 'js'],
    ]) {
      expect(page).toContain(
        `\`\`\`${language}\n${await readFile(place(`docs/examples/rules/${name}`), 'utf8')}\`\`\`\n`,
      );
    }
  });

  it('has a program for the library that runs', async () => {
    const program = blocks('js').find((text) => text.includes('loadSettings')) ?? '';
    await inFolder(new Map([['models/a/README.md', CARD]]), async (cwd) => {
      const lines: unknown[][] = [];
      const source = program
        .replace("'validate-model-card'", JSON.stringify(place('src/index.ts').href))
        .replaceAll("'models/a'", JSON.stringify(join(cwd, 'models/a')))
        .replace('console.log(', 'globalThis.said(');
      Reflect.set(globalThis, 'said', (...line: unknown[]) => lines.push(line));
      await mkdir(join(cwd, 'program'));
      await writeFile(join(cwd, 'program/run.mjs'), source);
      await import(/* @vite-ignore */ join(cwd, 'program/run.mjs'));
      Reflect.deleteProperty(globalThis, 'said');
      expect(lines).toHaveLength(1);
      expect(lines[0]?.[0]).toBe(0);
      expect(lines[0]?.[1]).toContain('required-field-missing');
    });
  });
});

describe.each(['acme.mjs', 'acme.ts'])('docs/examples/rules/%s', async (name) => {
  const { default: exported } = await import(place(`docs/examples/rules/${name}`).href);
  const rules = userRules(Array.isArray(exported) ? exported : [exported]);
  const found = (rule: UserRule, { text, ...around }: NonNullable<UserRule['good']>[number]) =>
    lintCard(text, { ...imagined(around), rules: [rule] }).filter((one) => one.rule === rule.id);

  it.each(rules)('$id tells its examples apart, and its fix settles them', (rule) => {
    for (const example of rule.good) expect(found(rule, example)).toEqual([]);
    for (const example of rule.bad) expect(found(rule, example)).not.toEqual([]);
    const fixed = rule.bad.map((example) => {
      const text = applyFixes(example.text, found(rule, example), 'README.md');
      return text !== example.text && found(rule, { ...example, text }).length === 0;
    });
    expect(fixed.includes(true)).toBe(rule.fixable);
  });
});
