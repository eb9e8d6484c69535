import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { lintCard } from '../../src/lint.js';

/** What the Hub answered, as public sources tell; one case a line. */
interface VerdictCase {
  readonly id: string;
  /** The front matter without fences. */
  readonly yaml: string;
  /** The whole file, where the fences matter. */
  readonly readme?: string;
  readonly verdict: 'accepted' | 'warning' | 'error';
  readonly hub_message: string | null;
}

const cases = readFileSync(new URL('hub-verdicts.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as VerdictCase);

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

describe('verdicts of the Hub', () => {
  it.each(cases)('$id: $verdict', ({ yaml, readme, verdict, hub_message, id }) => {
    const ours = verdictOf(readme ?? `---\n${yaml}\n---\n`);
    expect(ours.verdict).toBe(verdict);
    if (hub_message !== null && !OTHER_WORDS.has(id)) expect(ours.help).toContain(hub_message);
  });

  it('agrees on every case', ({ annotate }) => {
    const agreeing = cases.filter(
      ({ yaml, readme, verdict }) => verdictOf(readme ?? `---\n${yaml}\n---\n`).verdict === verdict,
    );
    annotate(`${agreeing.length} of ${cases.length} verdicts of the Hub agree`);
    expect(cases.length).toBeGreaterThanOrEqual(80);
    expect(agreeing.length).toBe(cases.length);
  });
});
