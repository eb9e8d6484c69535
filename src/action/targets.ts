import { UsageError } from '../errors.js';
import { findRepositories } from '../repo/find-repositories.js';
import { isPattern } from '../repo/pattern.js';
import { inWorkspace } from './workspace.js';

/** What is to be checked. */
export interface Targets {
  /** Folders or cards relative to the workspace, with forward slashes, `.` for itself; each once. */
  readonly targets: readonly string[];
  /** Whether the input names one thing, and not a list or a pattern, whatever that comes to. */
  readonly single: boolean;
}

/**
 * Resolves the lines of the input `path`: folders and cards by name, and patterns as `findRepositories` expands them. None leads
 * out of the workspace, by `..`, as an absolute path or through a symbolic link.
 * @param root The workspace, absolute and real.
 * @throws UsageError
 */
export async function findTargets(root: string, lines: readonly string[]): Promise<Targets> {
  const [first] = lines;
  if (first === undefined) {
    throw new UsageError('input', 'The input path is empty.', {
      hint: 'Name a folder inside the workspace, or leave the input out for the workspace itself.',
    });
  }
  const named: string[] = [];
  for (const line of lines) named.push(isPattern(line) ? line : await existing(root, line));
  const single = lines.length === 1 && !isPattern(first);
  return { targets: single ? named : await findRepositories(named, { cwd: root, top: root }), single };
}

async function existing(root: string, line: string): Promise<string> {
  const target = await inWorkspace(root, 'path', line);
  if (!target.exists) {
    throw new UsageError(
      'target-not-found',
      `There is nothing at ${JSON.stringify(line)} in the workspace.`,
      {
        hint: 'Name the folder of a model repository or its card, and run actions/checkout in a step before this one.',
      },
    );
  }
  return target.shown === '' ? '.' : target.shown;
}
