import { dirname, join, relative, resolve } from 'node:path';
import { CONFIG_FILES } from '../config/find.js';
import { UsageError } from '../errors.js';
import { realName } from '../repo/fs.js';
import { leadsOut } from '../repo/leads-out.js';
import type { Repo } from '../repo/repo.js';
import type { Output } from './run-options.js';

/** Files of a repository that a report is made from, beside the card. */
const READ = [
  'config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'adapter_config.json',
  'model_index.json',
  '.gitattributes',
  ...CONFIG_FILES,
];

/** A folder of them. */
const READ_FOLDER = '.eval_results';

/** What is written and read beside the reports themselves. */
export interface OtherFiles {
  readonly settings: string | null;
  /** Absolute; null when there is none. */
  readonly baseline: string | null;
  /** Whether the baseline is about to be written. */
  readonly updateBaseline: boolean;
}

/**
 * Refuses, before any work is done, reports and a baseline that would overwrite one another or what they are made from: the
 * card, or a file read with it. Links are followed, but for those of the repository that lead out of it: these are refused. Throws
 * `UsageError`.
 */
export async function checkWrittenFiles(
  outputs: readonly Output[],
  cwd: string,
  repo: Repo,
  { settings, baseline, updateBaseline }: OtherFiles,
): Promise<void> {
  const files = outputs.flatMap(({ file }) => (file === undefined ? [] : [file]));
  if (files.length === 0 && !updateBaseline) return;
  const { root } = repo;
  const sources = [
    ...(root === null ? [] : [repo.cardPath, ...READ].map((path) => join(root, path))),
    ...(settings === null ? [] : [settings]),
  ];
  const taken = new Set(await Promise.all(sources.map(realName)));
  const folder = root === null ? undefined : await realName(join(root, READ_FOLDER));
  const isSource = (path: string) => taken.has(path) || dirname(path) === folder;
  const baselinePath = baseline === null ? undefined : await realName(baseline);
  if (updateBaseline && baselinePath !== undefined && isSource(baselinePath)) {
    throw new UsageError(
      'overwrites-source',
      `The baseline would overwrite ${relative(cwd, baselinePath)}, which the findings are about.`,
      { hint: 'Name another file for the baseline.' },
    );
  }
  for (const file of [...files, ...(updateBaseline && baseline !== null ? [baseline] : [])]) {
    if (root !== null && (await leadsOut(resolve(cwd, file), resolve(root)))) {
      throw new UsageError(
        'writes-outside',
        `Nothing is written to ${file}: a symbolic link of the repository leads out of it.`,
        { hint: 'Name a file outside of the repository, or delete the link.' },
      );
    }
  }
  const written = new Set<string>();
  for (const file of files) {
    const path = await realName(resolve(cwd, file));
    if (isSource(path)) {
      throw new UsageError('overwrites-source', `A report would overwrite ${file}, which it is made from.`, {
        hint: 'Name another file for the report.',
      });
    }
    if (path === baselinePath) {
      throw new UsageError('overwrites-source', `A report would overwrite the baseline ${file}.`, {
        hint: 'Name another file for the report.',
      });
    }
    // To a device or a pipe both can go, one after the other.
    if (written.has(path) && !path.startsWith('/dev/')) {
      throw new UsageError('two-formats', `Two formats cannot go to the same file, ${file}.`);
    }
    written.add(path);
  }
}
