import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parseCard } from '../src/card/parse.js';
import { lintWithSilenced } from '../src/lint.js';

const page = readFileSync(new URL('../docs/silencing.md', import.meta.url), 'utf8');

it('the card in docs/silencing.md does what the page says', () => {
  const card = /```markdown\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
  const { silenced, diagnostics } = lintWithSilenced(parseCard(card));
  expect(silenced.map(({ rule, reason }) => [rule, reason])).toEqual([
    ['license-missing', 'decided with the release'],
    ['pipeline-tag-unknown', 'our own catalogue knows this task'],
    ['language-unknown', 'the code that our archive uses'],
  ]);
  expect(diagnostics.map(({ rule }) => rule)).not.toContain('silence-comment');
});
