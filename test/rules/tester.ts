import { describe, expect, it } from 'vitest';
import { parseCard } from '../../src/card/parse.js';
import type { Diagnostic, HubSeverity, Severity } from '../../src/diagnostic.js';
import { applyFixes } from '../../src/fix.js';
import { runRules } from '../../src/lint.js';
import { imagined } from '../../src/rules/pages/imagined.js';
import type { Rule, RuleExample } from '../../src/rules/rule.js';

/** One card, linted with one rule alone. */
export interface RuleCase extends RuleExample {
  readonly name: string;
  /**
   * The card. A line that must get a finding carries a YAML comment `# expect: rule-id`; all others must get none. The
   * same holds for `contents`.
   */
  readonly text: string;
  /**
   * What the findings' ranges cover, in order: asserts their start and end. Needed when anything is expected; null is a
   * finding without a range.
   */
  readonly marks?: readonly (string | null)[];
  /** Lines (1-based) of the expected findings where no comment can stand. */
  readonly lines?: readonly number[];
  /** What the Hub does, for all findings of the case. */
  readonly hub?: HubSeverity;
  readonly severity?: Severity;
  /** Must be part of the findings' message or help, in order. */
  readonly says?: readonly string[];
  /** The text after all fixes. Absent: there is nothing to fix. */
  readonly fixed?: string;
  /** Likewise, for the files of `contents` that change. */
  readonly fixedContents?: Readonly<Record<string, string>>;
}

/** Runs the table of a rule: cards that must get findings, and cards that must get none. */
export function testRule(
  rule: Rule,
  cases: { readonly bad: readonly RuleCase[]; readonly good: readonly RuleCase[] },
): void {
  describe(rule.id, () => {
    for (const one of cases.good) {
      it(`is silent: ${one.name}`, () => {
        expect(lint(rule, one)).toEqual([]);
      });
    }
    for (const one of cases.bad) {
      it(`reports: ${one.name}`, () => {
        const found = lint(rule, one);
        expect(found.map((diagnostic) => diagnostic.range?.start.line ?? null)).toEqual(
          expectedLines(rule, one),
        );
        expect(found.map((diagnostic) => covered(textOf(one, diagnostic.file), diagnostic))).toEqual(
          one.marks,
        );
        for (const diagnostic of found) {
          expect(diagnostic.rule).toBe(rule.id);
          expect(diagnostic.hub).toBe(one.hub ?? null);
          expect(diagnostic.severity).toBe(one.severity ?? rule.severity);
        }
        for (const [index, words] of (one.says ?? []).entries()) {
          expect(`${found[index]?.message}\n${found[index]?.help}`).toContain(words);
        }
        checkFixes(rule, one, found);
      });
    }
  });
}

function lint(rule: Rule, one: RuleCase): Diagnostic[] {
  return runRules([rule], parseCard(one.text), imagined(one));
}

/** The card, and the other files, in the order of their findings. */
function textsOf(one: RuleCase): readonly string[] {
  return ['README.md', ...Object.keys(one.contents ?? {})].sort().map((file) => textOf(one, file));
}

function textOf(one: RuleCase, file: string): string {
  return file === 'README.md' ? one.text : (one.contents?.[file] ?? '');
}

function expectedLines(rule: Rule, one: RuleCase): (number | null)[] {
  if (one.lines !== undefined) return [...one.lines];
  const lines = textsOf(one).flatMap((text) => linesIn(text, rule));
  return lines.length > 0 ? lines : (one.marks ?? []).map(() => null);
}

function linesIn(text: string, rule: Rule): number[] {
  const lines: number[] = [];
  for (const [index, line] of text.split(/\r\n|\r|\n/).entries()) {
    const comment = /# expect: ([\w-]+(?:, [\w-]+)*)/.exec(line)?.[1];
    for (const id of comment?.split(', ') ?? []) if (id === rule.id) lines.push(index + 1);
  }
  return lines;
}

function covered(text: string, { range }: Diagnostic): string | null {
  if (range === undefined) return null;
  const before = text.slice(0, range.start.offset).split(/\r\n|\r|\n/);
  expect(range.start.line).toBe(before.length);
  expect(range.start.column).toBe((before.at(-1)?.length ?? 0) + 1);
  expect(range.end.offset).toBeGreaterThanOrEqual(range.start.offset);
  return text.slice(range.start.offset, range.end.offset);
}

function checkFixes(rule: Rule, one: RuleCase, found: readonly Diagnostic[]): void {
  const text = applyFixes(one.text, found, 'README.md');
  expect(text).toBe(one.fixed ?? one.text);
  const contents = Object.fromEntries(
    Object.entries(one.contents ?? {}).map(([file, content]) => [file, applyFixes(content, found, file)]),
  );
  expect(contents).toEqual({ ...one.contents, ...one.fixedContents });
  const again = lint(rule, { ...one, text, contents });
  expect(again.filter((diagnostic) => diagnostic.fix !== undefined)).toEqual([]);
}
