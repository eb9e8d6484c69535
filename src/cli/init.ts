import { parseCard } from '../card/parse.js';
import type { Severity } from '../diagnostic.js';
import { RepoError, UsageError } from '../errors.js';
import type { Clue, MetadataValue } from '../init/clue.js';
import { completeCard, type Draft, newCard } from '../init/draft.js';
import { readSources } from '../init/sources.js';
import { lintCard } from '../lint.js';
import { readCard } from '../repo/card-file.js';
import { openRepo } from '../repo/open.js';
import type { Repo, RepoFile } from '../repo/repo.js';
import { readSurroundings } from '../repo/surroundings.js';
import { diffLines, unifiedDiff } from '../report/diff.js';
import { counted } from '../report/wording.js';
import { isLfsPointer } from '../rules/card-lfs-pointer.js';
import { withoutSecrets } from '../secrets/mask.js';
import { decideSupport } from '../support/decide.js';
import { createInRepo, replaceInRepo } from './write-file.js';

/** What `init` did, or would do. */
export interface Initialized {
  /** With `dryRun`, the card or the diff; else empty. */
  readonly output: string;
  /** The same for a person to read: credentials in it are stars. */
  readonly shownOutput: string;
  /** For a person: what was written, from what evidence, what is left to do, and what the Hub will make of it. */
  readonly lines: readonly string[];
}

/**
 * Writes a card with the metadata the files tell, or adds it to the card there is, whose own words stay. With `dryRun`, only
 * shows it. Throws `UsageError` for a target on the Hub, and `RepoError` for a card that must be mended first.
 */
export async function initCard(target: string, cwd: string, dryRun: boolean): Promise<Initialized> {
  const repo = await openHere(target, cwd);
  const files = await repo.list();
  const { root } = repo;
  if (files === null || root === null) {
    throw new UsageError(
      'init-folder',
      `init reads the folder of a model, and writes its README.md, not ${repo.cardPath}.`,
      {
        hint: 'Name the folder, as in: validate-card init path/to/model',
      },
    );
  }
  const { cardPath } = repo;
  const before = await readText(repo);
  const misnamed = files.find(
    ({ path }) => path !== cardPath && path.toLowerCase() === cardPath.toLowerCase(),
  );
  if (before === null && misnamed !== undefined) {
    throw new RepoError('init-card-name', `There is ${misnamed.path}, but the Hub reads ${cardPath} alone.`, {
      hint: `Rename ${misnamed.path} to ${cardPath}, then run init again.`,
    });
  }

  const card = parseCard(before ?? '');
  const sources = await readSources(repo, card, files);
  // Of a file without a word nothing is lost.
  const draft = (before ?? '').trim() === '' ? newCard(sources) : completeCard(card, sources);
  if (draft.kind === 'unfit') {
    throw new RepoError('init-front-matter', `${cardPath} has front matter that nothing can be added to.`, {
      hint: draft.advice,
    });
  }
  if (draft.kind === 'nothing-to-add') {
    return {
      output: '',
      shownOutput: '',
      lines: [
        `Nothing to add to ${cardPath}: it has all that the files tell for certain.`,
        ...(await outlook(before ?? '', repo, files)),
      ],
    };
  }
  if (!dryRun) {
    if (before === null) await createInRepo(root, cardPath, draft.text);
    else await replaceInRepo(root, cardPath, draft.text);
  }
  const outputOf = (shown: (text: string) => string) =>
    before === null ? shown(draft.text) : unifiedDiff(diffLines(shown(before), shown(draft.text)), cardPath);
  return {
    output: dryRun ? outputOf((text) => text) : '',
    shownOutput: dryRun ? outputOf(withoutSecrets) : '',
    lines: [
      dryRun
        ? `Nothing was written; init would ${wording(draft.kind).would} ${cardPath}.`
        : `${wording(draft.kind).done} ${cardPath}.`,
      ...evidence(draft.written),
      ...sources.brokenJson.map(({ path }) => `Nothing was taken from ${path}: it cannot be read.`),
      ...leftOver(draft),
      ...(await outlook(draft.text, repo, files)),
    ],
  };
}

/** A target on this machine; init has nothing to write to elsewhere, so nothing is asked for over the network. */
async function openHere(target: string, cwd: string): Promise<Repo> {
  const onHub = new UsageError(
    'init-hub',
    `There is no folder ${target} here, and init writes to none on the Hub.`,
    { hint: 'Clone the repository and name its folder.' },
  );
  try {
    const repo = await openRepo(target, { cwd, offline: true });
    // The cache holds it; that is shared, and not to be written to.
    if (repo.target.kind === 'hub') throw onHub;
    return repo;
  } catch (error) {
    throw error instanceof UsageError && error.code === 'target-offline' ? onHub : error;
  }
}

/** The text of the card, null when there is none. Throws `RepoError` for anything else. */
async function readText(repo: Repo): Promise<string | null> {
  const { cardPath } = repo;
  const file = await readCard(repo);
  switch (file.source) {
    case 'missing':
      return null;
    case 'text':
      if (!isLfsPointer({ card: parseCard(file.text) })) return file.text;
      throw new RepoError('init-lfs', `${cardPath} is a Git LFS pointer, not the card.`, {
        hint: 'Fetch the card with "git lfs pull", and take "*.md" out of .gitattributes: the Hub does not follow the pointer.',
      });
    case 'binary':
      throw new RepoError(
        'init-binary',
        `${cardPath} is no UTF-8 text (${file.detail}); it was not changed.`,
        {
          hint: 'Save it as UTF-8 first.',
        },
      );
    case 'too-large':
      throw new RepoError('init-large', `${cardPath} is too large for a model card; it was not changed.`);
  }
}

function wording(kind: 'new-card' | 'new-front-matter' | 'keys-added') {
  return {
    'new-card': { done: 'Wrote', would: 'write' },
    'new-front-matter': { done: 'Added front matter to', would: 'add front matter to' },
    'keys-added': { done: 'Added what was missing to', would: 'add what is missing to' },
  }[kind];
}

function evidence(written: readonly Clue[]): readonly string[] {
  const shown = written.map(({ key, value }) => `${key}: ${shortly(value)}`);
  const width = Math.min(50, Math.max(0, ...shown.map(({ length }) => length)));
  return written.map(({ evidence: where }, index) => `  ${(shown[index] ?? '').padEnd(width)}  (${where})`);
}

function shortly(value: MetadataValue): string {
  if (typeof value === 'string') return value;
  const texts = value.filter((item) => typeof item === 'string');
  return texts.length === value.length ? texts.join(', ') : counted(value.length, 'example');
}

function leftOver(draft: Exclude<Draft, { kind: 'unfit' | 'nothing-to-add' }>): readonly string[] {
  if (draft.kind === 'keys-added') return [];
  const { openKeys, openSections } = draft;
  return [
    ...(openKeys.length === 0
      ? []
      : [`Left for you, as comments in the front matter: ${openKeys.join(', ')}.`]),
    ...(openSections.length === 0
      ? []
      : [`Left for you, listed at the end of the card: ${openSections.join(', ')}.`]),
  ];
}

/** What the Hub will make of the card: API and widget, and how many findings there are. */
async function outlook(text: string, repo: Repo, before: readonly RepoFile[]): Promise<readonly string[]> {
  const { cardPath } = repo;
  const card = parseCard(text);
  const others = before.filter(({ path }) => path !== cardPath);
  const files = [...others, { path: cardPath, size: Buffer.byteLength(text) }];
  // The examples of the new card may name files that the old one did not.
  const surroundings = await readSurroundings(repo, card, files);
  const { modelConfig, tokenizerConfig } = surroundings;
  const { api, widget } = decideSupport({
    metadata: card.metadata,
    card,
    cardFile: cardPath,
    files,
    modelConfig,
    tokenizerConfig,
  });
  const states = { live: 'live widget', 'examples-only': 'recorded examples', hidden: 'no widget' };
  const findings = lintCard(card, { ...surroundings, cardPath });
  const severities: readonly Severity[] = ['error', 'warning', 'info'];
  const counts = severities.flatMap((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    return count === 0 ? [] : [counted(count, severity)];
  });
  return [
    `With this card: API ${api.enabled ? 'on' : `off (${api.reason})`}, ${states[widget.state]}.`,
    findings.length === 0
      ? 'validate-card finds nothing to say against it.'
      : `validate-card finds ${counts.join(', ')}; run it to see ${findings.length === 1 ? 'it' : 'them'}.`,
  ];
}
