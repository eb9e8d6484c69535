import { describe, expect, it } from 'vitest';
import { parseCard } from '../../../src/card/parse.js';
import { lintCard } from '../../../src/lint.js';
import { RULES } from '../../../src/rules/index.js';
import { imagined } from '../../../src/rules/pages/imagined.js';
import { rulePage } from '../../../src/rules/pages/page.js';
import { bySubject, subjectOf } from '../../../src/rules/pages/subjects.js';
import type { Rule, RuleExample } from '../../../src/rules/rule.js';

/** The comment a page offers, if any. */
function offered(rule: Rule): string | undefined {
  return /^.*validate-card-disable-(?:next-line|file).*$/m.exec(
    rulePage(rule).split('## Settings')[1] ?? '',
  )?.[0];
}

/** The first finding of the rule in the card of an example. */
function findingIn(rule: Rule, example: RuleExample) {
  return lintCard(parseCard(example.text), imagined(example)).find(
    ({ rule: id, range, file }) => id === rule.id && range !== undefined && file === 'README.md',
  );
}

/** Findings of the rule that are left in their place, with the comment where the page says. */
function leftWith(comment: string, rule: Rule, example: RuleExample): readonly unknown[] {
  const start = findingIn(rule, example)?.range?.start;
  if (start === undefined) throw new Error('The example has no finding in the card.');
  const wholeFile = comment.includes('disable-file');
  const { text } = example;
  const at = (wholeFile ? text.indexOf('\n') : text.lastIndexOf('\n', start.offset - 1)) + 1;
  return lintCard(parseCard(`${text.slice(0, at)}${comment}\n${text.slice(at)}`), imagined(example)).filter(
    ({ rule: id, range }) => id === rule.id && (wholeFile || range?.start.line === start.line + 1),
  );
}

describe.each(RULES)('the page of $id', (rule) => {
  it('shows settings, and where it offers a comment, one that silences the finding', () => {
    const page = rulePage(rule);
    expect(page).toContain(`rules:\n  ${rule.id}: off`);
    const comment = offered(rule);
    const example = rule.bad.find((one) => findingIn(rule, one) !== undefined);
    if (comment === undefined || example === undefined) return;
    expect(leftWith(comment, rule, example)).toEqual([]);
  });
});

it('most pages offer a comment', () => {
  expect(RULES.filter((rule) => offered(rule) !== undefined).length).toBeGreaterThan(RULES.length / 2);
});

describe('the subjects', () => {
  it('hold every rule once, in the order of the list', () => {
    const listed = bySubject(RULES).flatMap(({ rules }) => rules);
    expect(listed).toHaveLength(RULES.length);
    expect(new Set(listed)).toEqual(new Set(RULES));
  });

  it('are told by the longest beginning of an id', () => {
    expect(subjectOf('license-unknown')).toBe('License');
    expect(subjectOf('card-missing')).toBe('The file');
    expect(subjectOf('front-matter-shape')).toBe('Front matter');
    expect(subjectOf('something-else')).toBe('Others');
  });

  it('leave out what has no rules, and end with what has no subject', () => {
    const [rule] = RULES;
    if (rule === undefined) throw new Error('There are no rules.');
    const own = { ...rule, id: 'our-own' };
    expect(bySubject([own, rule]).map(({ title }) => title)).toEqual([subjectOf(rule.id), 'Others']);
  });
});
