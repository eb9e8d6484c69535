import { realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { CONFIG_FILES } from '../config/find.js';
import { UsageError } from '../errors.js';
import type { Repo } from '../repo/repo.js';
import type { Output } from './options.js';

/** Files of a repository that a report is made from, beside the card. */
const READ = ['config.json', 'tokenizer.json', 'tokenizer_config.json', ...CONFIG_FILES];

/**
 * Refuses, before any work is done, reports that would overwrite one another or what they are made from: the card, or a
 * file read with it. Links are followed. Throws `UsageError`.
 */
export async function checkReportFiles(
  outputs: readonly Output[],
  cwd: string,
  repo: Repo,
  settings: string | null,
): Promise<void> {
  const files = outputs.flatMap(({ file }) => (file === undefined ? [] : [file]));
  if (files.length === 0) return;
  const { root } = repo;
  const sources = [
    ...(root === null ? [] : [repo.cardPath, ...READ].map((path) => join(root, path))),
    ...(settings === null ? [] : [settings]),
  ];
  const taken = new Set(await Promise.all(sources.map(identity)));
  const written = new Set<string>();
  for (const file of files) {
    const path = await identity(resolve(cwd, file));
    if (taken.has(path)) {
      throw new UsageError('overwrites-source', `A report would overwrite ${file}, which it is made from.`, {
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

/** One name for a file however it is reached; it need not exist. */
async function identity(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const folder = await realpath(dirname(path)).catch(() => dirname(path));
    return join(folder, basename(path));
  }
}
