import { lstat, realpath } from 'node:fs/promises';
import { dirname, relative, resolve, sep } from 'node:path';
import { errorCode, isMissing } from '../error-code.js';
import { UsageError } from '../errors.js';
import { slashedWay } from '../slashed-path.js';

/** A path inside the workspace. */
export interface WorkspacePath {
  /** Absolute, with symbolic links resolved as far as the path exists. */
  readonly absolute: string;
  /** Relative to the workspace, with forward slashes; empty for the workspace itself. */
  readonly shown: string;
  readonly exists: boolean;
}

/**
 * Resolves what an input names against the workspace. Throws `UsageError` (`outside-workspace`) when the path leaves it,
 * by `..`, as an absolute path or through a symbolic link, and (`git-folder`) when it leads to what git keeps for itself: a
 * checkout can hold a link there, and what is written there git reads as its settings, or runs.
 */
export async function inWorkspace(workspace: string, input: string, value: string): Promise<WorkspacePath> {
  const root = await realpath(workspace);
  const wanted = resolve(root, value);
  const { real, exists } = await realPathSoFar(wanted);
  if (real !== root && !real.startsWith(root.endsWith(sep) ? root : root + sep)) {
    throw new UsageError(
      'outside-workspace',
      `The input ${input} leaves the workspace: ${JSON.stringify(value)}.`,
      {
        hint: 'Name a path inside the folder that actions/checkout filled.',
      },
    );
  }
  const shown = slashedWay(root, real);
  if (shown.split('/').some((step) => step.toLowerCase() === '.git')) {
    throw new UsageError('git-folder', `The input ${input} leads into .git: ${JSON.stringify(value)}.`, {
      hint: 'Name another path, and see whether it holds a symbolic link.',
    });
  }
  return { absolute: real, shown, exists };
}

/** The real path of the longest part that exists, with the rest joined on. */
async function realPathSoFar(path: string): Promise<{ real: string; exists: boolean }> {
  try {
    return { real: await realpath(path), exists: true };
  } catch (error) {
    const parent = dirname(path);
    if (!isMissing(error) || parent === path) {
      throw new UsageError(
        'unreadable',
        `The path ${JSON.stringify(path)} cannot be read (${errorCode(error) ?? String(error)}).`,
        {
          cause: error,
        },
      );
    }
    // A link that leads nowhere exists all the same; what is written to it would land where it points.
    if (
      await lstat(path).then(
        () => true,
        () => false,
      )
    ) {
      throw new UsageError('unreadable', `${JSON.stringify(path)} is a symbolic link that leads nowhere.`);
    }
    const { real } = await realPathSoFar(parent);
    return { real: resolve(real, relative(parent, path)), exists: false };
  }
}
