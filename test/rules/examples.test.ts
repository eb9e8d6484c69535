import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseCard } from '../../src/card/parse.js';
import { applyFixes } from '../../src/fix.js';
import { runRules } from '../../src/lint.js';
import { RULES } from '../../src/rules/index.js';
import { imagined } from '../../src/rules/pages/imagined.js';
import { rulePage } from '../../src/rules/pages/page.js';
import { explainCommand } from '../../src/rules/pages/reference.js';
import type { Rule, RuleExample } from '../../src/rules/rule.js';

function lint(rule: Rule, example: RuleExample) {
  return runRules([rule], parseCard(example.text), imagined(example));
}

describe.each(RULES)('$id', (rule) => {
  it('lives in the file of its name, and has a test and a page that is up to date', () => {
    const file = readFileSync(new URL(`../../src/rules/${rule.id}.ts`, import.meta.url), 'utf8');
    expect(file).toContain(`id: '${rule.id}'`);
    expect(existsSync(new URL(`./${rule.id}.test.ts`, import.meta.url))).toBe(true);
    expect(readFileSync(new URL(`../../docs/rules/${rule.id}.md`, import.meta.url), 'utf8')).toContain(
      rulePage(rule),
    );
  });

  it('reports its bad examples', () => {
    expect(rule.bad.length).toBeGreaterThan(0);
    for (const example of rule.bad) expect(lint(rule, example), example.text).not.toEqual([]);
  });

  it('says nothing of its good examples', () => {
    expect(rule.good.length).toBeGreaterThan(0);
    for (const example of rule.good) expect(lint(rule, example), example.text).toEqual([]);
  });

  it('carries a fix where it says so, and the fix settles it', () => {
    const fixed = rule.bad.filter((example) => lint(rule, example).some(({ fix }) => fix !== undefined));
    expect(fixed.length > 0).toBe(rule.fixable);
    for (const example of fixed) {
      const found = lint(rule, example);
      const text = applyFixes(example.text, found, 'README.md');
      const contents = Object.fromEntries(
        Object.entries(example.contents ?? {}).map(([file, content]) => [
          file,
          applyFixes(content, found, file),
        ]),
      );
      const again = lint(rule, { ...example, text, contents });
      expect(again.filter(({ fix }) => fix !== undefined)).toEqual([]);
    }
  });

  it('speaks in sentences', () => {
    for (const sentence of [rule.description, rule.why]) expect(sentence).toMatch(/^[A-Z].*\.$/);
    for (const example of rule.bad) {
      for (const { message, help } of lint(rule, example)) {
        expect(message).toMatch(/[.?]$/);
        expect(message).not.toMatch(/[\r\n]/);
        expect(help).toContain(explainCommand(rule.id));
      }
    }
  });
});

describe('the list of rules', () => {
  it('has every rule file, once', () => {
    const folder = new URL('../../src/rules/', import.meta.url);
    const files = readdirSync(folder).filter((name) =>
      /export const \w+: Rule = /.test(
        name.endsWith('.ts') ? readFileSync(new URL(name, folder), 'utf8') : '',
      ),
    );
    expect(RULES.map(({ id }) => `${id}.ts`).sort()).toEqual(files.sort());
  });
});
