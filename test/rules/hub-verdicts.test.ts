import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { lintCard } from '../../src/lint.js';

/** What the Hub answers, as public sources tell or let infer; one case a line. */
interface VerdictCase {
  readonly id: string;
  /** The front matter without fences. */
  readonly yaml: string;
  /** The whole file, where the fences matter. */
  readonly readme?: string;
  readonly verdict: 'accepted' | 'warning' | 'error';
  /** Its words, or the beginning of them; … stands for the middle of a long list. */
  readonly hub_message: string | null;
  /** How much the verdict is worth: the Hub’s own words, someone’s report, or what follows from its types and libraries. */
  readonly confidence: 'quoted' | 'documented' | 'inferred';
}

/** Collected from threads, tests and documentation. */
const collected = read('hub-verdicts.jsonl');
/** Derived for every field from the same sources, the Hub’s published types, and the words of the libraries it uses. */
const derived = read('hub-verdicts-derived.jsonl');

function read(file: string): readonly VerdictCase[] {
  return readFileSync(new URL(file, import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as VerdictCase);
}

/** Cases whose quoted message is older than the Hub's present wording, or whose place is left out of the quote. */
const OTHER_WORDS: ReadonlySet<string> = new Set([
  'mi-task-type-missing', // the wording of 2022
  'mi-revision-all-digits', // quoted with the path cut off
  'language-programming-language', // quoted without the path
  'datasets-prose', // quoted with the client's "Error: " before it
]);

function verdictOf(text: string): { verdict: VerdictCase['verdict']; help: string } {
  const findings = lintCard(text);
  const verdict = findings.some(({ hub }) => hub === 'error')
    ? 'error'
    : findings.some(({ hub }) => hub === 'warning')
      ? 'warning'
      : 'accepted';
  return { verdict, help: findings.map(({ help }) => help).join('\n') };
}

describe.each([
  { name: 'collected', cases: collected, least: 80 },
  { name: 'derived', cases: derived, least: 400 },
])('verdicts of the Hub, $name', ({ name, cases, least }) => {
  it.each(cases)('$id: $verdict', ({ yaml, readme, verdict, hub_message, id }) => {
    const ours = verdictOf(readme ?? `---\n${yaml}\n---\n`);
    expect(ours.verdict).toBe(verdict);
    if (hub_message !== null && !OTHER_WORDS.has(id)) expect(ours.help).toContain(hub_message);
  });

  it('agrees on every case', ({ annotate }) => {
    const agreeing = cases.filter(
      ({ yaml, readme, verdict }) => verdictOf(readme ?? `---\n${yaml}\n---\n`).verdict === verdict,
    );
    const known = cases.filter(({ confidence }) => confidence !== 'inferred').length;
    annotate(
      `${agreeing.length} of ${cases.length} ${name} verdicts of the Hub agree; ${known} are quoted or documented, the rest inferred`,
    );
    expect(cases.length).toBeGreaterThanOrEqual(least);
    expect(agreeing.length).toBe(cases.length);
  });
});

it('names each case once', () => {
  const ids = [...collected, ...derived].map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});
