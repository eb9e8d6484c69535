import { lstat, realpath } from 'node:fs/promises';
import { dirname, relative, resolve, sep } from 'node:path';
import { UsageError } from '../errors.js';

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
 * by `..`, as an absolute path or through a symbolic link.
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
  return { absolute: real, shown: relative(root, real).split(sep).join('/'), exists };
}

/** The real path of the longest part that exists, with the rest joined on. */
async function realPathSoFar(path: string): Promise<{ real: string; exists: boolean }> {
  try {
    return { real: await realpath(path), exists: true };
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
    const parent = dirname(path);
    if ((code !== 'ENOENT' && code !== 'ENOTDIR') || parent === path) {
      throw new UsageError(
        'unreadable',
        `The path ${JSON.stringify(path)} cannot be read (${String(code)}).`,
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
