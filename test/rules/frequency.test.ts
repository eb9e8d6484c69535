import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { RULES } from '../../src/rules/index.js';

it('docs/rule-frequency.md counts every rule', () => {
  const page = readFileSync(new URL('../../docs/rule-frequency.md', import.meta.url), 'utf8');
  for (const { id } of RULES) expect(page).toContain(`| [${id}](rules/${id}.md) |`);
});
