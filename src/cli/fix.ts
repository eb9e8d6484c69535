import { parseCard } from '../card/parse.js';
import type { Config } from '../config/config.js';
import type { Diagnostic } from '../diagnostic.js';
import { UsageError } from '../errors.js';
import { applyFixes } from '../fix.js';
import { lintCard } from '../lint.js';
import { readCard } from '../repo/card-file.js';
import type { Repo } from '../repo/repo.js';
import { diffLines, unifiedDiff } from '../report/diff.js';
import { counted } from '../report/order.js';
import { writeCard } from './write-file.js';

/** Fixes can uncover findings that have fixes of their own; no card needs more rounds than this. */
const MOST_ROUNDS = 10;

/** What `--fix` did, or would do. */
export interface Fixed {
  /** Findings before anything was changed. */
  readonly before: readonly Diagnostic[];
  /** The change as a unified diff; empty when there is none. */
  readonly diff: string;
  /** One line for a person. */
  readonly summary: string;
}

/** Applies every fix to the card on disk; with `dryRun`, only says what would change. */
export async function fixCard(repo: Repo, config: Config, dryRun: boolean): Promise<Fixed> {
  if (repo.target.kind === 'hub' || repo.root === null) {
    throw new UsageError('fix-hub', '--fix changes a card on this machine, not one on the Hub.', {
      hint: 'Clone the repository and name its folder.',
    });
  }
  const { cardPath } = repo;
  const [files, cardFile] = await Promise.all([repo.list(), readCard(repo)]);
  const text = cardFile.source === 'text' ? cardFile.text : '';
  const lint = (card: string) =>
    lintCard(parseCard(card), {
      files,
      cardPath,
      config,
      cardFile: cardFile.source === 'text' ? { source: 'text', text: card } : cardFile,
    });

  const before = lint(text);
  let after = before;
  let fixed = text;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const next = applyFixes(fixed, after, cardPath);
    if (next === fixed) break;
    fixed = next;
    after = lint(fixed);
  }
  if (fixed === text || cardFile.source !== 'text') {
    return { before, diff: '', summary: `Nothing to fix in ${cardPath}.` };
  }
  if (!dryRun) await writeCard(repo.root, cardPath, fixed);
  const counts = `${counted(before.length, 'finding')} before, ${after.length} ${dryRun ? 'would be left' : 'left'}`;
  return {
    before,
    diff: unifiedDiff(diffLines(text, fixed), cardPath),
    summary: `${dryRun ? 'Nothing was written;' : 'Fixed'} ${cardPath}: ${counts}.`,
  };
}
