import { parseCard } from '../card/parse.js';
import { parseYamlFile } from '../card/yaml-file.js';
import type { Diagnostic } from '../diagnostic.js';
import { UsageError } from '../errors.js';
import { applyFixes } from '../fix.js';
import { lintCard } from '../lint.js';
import { type CardFile, readCard } from '../repo/card-file.js';
import { readJson } from '../repo/json-file.js';
import type { Repo } from '../repo/repo.js';
import { readSurroundings, type Surroundings, textsAround } from '../repo/surroundings.js';
import { diffLines, unifiedDiff } from '../report/diff.js';
import { counted } from '../report/wording.js';
import { withoutSecrets } from '../secrets/mask.js';
import { compareWithBaseline } from '../silence/baseline.js';
import type { ValidateOptions } from '../validate.js';
import { checkReplaceable, replaceInRepo } from './write-file.js';

/** Fixes can uncover findings that have fixes of their own; no card needs more rounds than this. */
const MOST_ROUNDS = 10;

/** What `--fix` did, or would do. */
export interface Fixed {
  /** Findings before anything was changed. */
  readonly before: readonly Diagnostic[];
  /** The changes as unified diffs, one after the other; empty when there are none. */
  readonly diff: string;
  /** The same for a person to read: credentials in it are stars. */
  readonly shownDiff: string;
  /** One line for a person. */
  readonly summary: string;
  /** Every file that changes, whole. */
  readonly changes: readonly FileChange[];
}

/** How findings are judged, and which are known. */
export type FixPolicy = Pick<ValidateOptions, 'config' | 'basePath' | 'rules' | 'baseline'>;

/** A file that fixes change; the path is relative to the repository. */
export interface FileChange {
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

/** The texts that fixes change, by repository-relative path: the card, and the files around it that findings point into. */
type Texts = ReadonlyMap<string, string>;

/**
 * Applies every fix to the files on disk; with `dryRun`, only says what would change. What a comment or the baseline silences
 * stays as it is. Nothing is written when one of the files cannot be.
 */
export async function fixRepo(repo: Repo, policy: FixPolicy, dryRun: boolean): Promise<Fixed> {
  if (repo.target.kind === 'hub' || repo.root === null) {
    throw new UsageError('fix-hub', '--fix changes a card on this machine, not one on the Hub.', {
      hint: 'Clone the repository and name its folder, or open a pull request with the fixes: --hub-pr.',
    });
  }
  const { before, after, changes, paths } = await fixesOf(repo, policy);
  if (changes.length === 0) {
    const summary = `Nothing to fix in ${paths.join(', ') || repo.cardPath}.`;
    return { before, diff: '', shownDiff: '', summary, changes: [] };
  }
  if (!dryRun) {
    // One that cannot be written stops them all, so it is found before the first is.
    for (const { path } of changes) await checkReplaceable(repo.root, path);
    for (const change of changes) await replaceInRepo(repo.root, change.path, change.after);
  }
  const diffOf = (shown: (text: string) => string) =>
    changes
      .map(({ path, before, after }) => unifiedDiff(diffLines(shown(before), shown(after)), path))
      .join('');
  const names = changes.map(({ path }) => path).join(', ');
  const counts = `${counted(before.length, 'finding')} before, ${after.length} ${dryRun ? 'would be left' : 'left'}`;
  return {
    before,
    diff: diffOf((text) => text),
    shownDiff: diffOf(withoutSecrets),
    summary: `${dryRun ? 'Nothing was written;' : 'Fixed'} ${names}: ${counts}.`,
    changes,
  };
}

/** What fixes make of the files of a repository. */
export interface Fixes {
  /** Findings before anything is changed, and those that are left. */
  readonly before: readonly Diagnostic[];
  readonly after: readonly Diagnostic[];
  readonly changes: readonly FileChange[];
  /** The files that findings point into. */
  readonly paths: readonly string[];
}

/** Applies every fix that has one right answer to the texts of a repository, and writes nothing. */
export async function fixesOf(repo: Repo, policy: FixPolicy): Promise<Fixes> {
  const { cardPath } = repo;
  const [files, cardFile] = await Promise.all([repo.list(), readCard(repo)]);
  const card = parseCard(cardFile.source === 'text' ? cardFile.text : '');
  const surroundings = await readSurroundings(repo, card, files);
  const { baseline, ...judging } = policy;
  const lint = (texts: Texts) => {
    const found = lintCard(parseCard(texts.get(cardPath) ?? ''), {
      ...withTexts(surroundings, texts),
      ...judging,
      cardPath,
      cardFile: cardFileWith(cardFile, texts.get(cardPath)),
    });
    return baseline === undefined
      ? found
      : compareWithBaseline(found, baseline.entries, baseline.repository).diagnostics;
  };

  const written: Texts = new Map([
    ...(cardFile.source === 'text' ? [[cardPath, cardFile.text] as const] : []),
    ...textsAround(surroundings),
  ]);
  const before = lint(written);
  let after = before;
  let fixed = written;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const next = fixAll(fixed, after);
    if (next === fixed) break;
    fixed = next;
    after = lint(fixed);
  }
  const changed = [...fixed].filter(([path, text]) => written.get(path) !== text);
  const changes = changed.map(([path, after]) => ({ path, before: written.get(path) ?? '', after }));
  return { before, after, changes, paths: [...written.keys()] };
}

/** The texts with the fixes applied; the very same map when there is nothing to fix. */
function fixAll(texts: Texts, diagnostics: readonly Diagnostic[]): Texts {
  const fixed = new Map([...texts].map(([path, text]) => [path, applyFixes(text, diagnostics, path)]));
  return [...fixed].some(([path, text]) => texts.get(path) !== text) ? fixed : texts;
}

function withTexts(surroundings: Surroundings, texts: Texts): Surroundings {
  return {
    ...surroundings,
    gitAttributes: texts.get('.gitattributes') ?? null,
    evalResults: surroundings.evalResults.map((file) => {
      const text = texts.get(file.path) ?? file.text;
      return text === file.text ? file : parseYamlFile(file.path, text);
    }),
    // What a mended file says is for the next run to judge.
    brokenJson: surroundings.brokenJson.flatMap(({ path, broken }) => {
      const text = texts.get(path);
      const reading = text === undefined ? broken : readJson(text);
      return reading.kind === 'value' ? [] : [{ path, broken: reading }];
    }),
  };
}

function cardFileWith(cardFile: CardFile, text: string | undefined): CardFile {
  return text === undefined ? cardFile : { source: 'text', text };
}
