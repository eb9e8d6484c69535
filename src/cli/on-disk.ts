import { resolve } from 'node:path';
import type { UsageError } from '../errors.js';
import { exists } from '../repo/fs.js';
import { isPattern } from '../repo/pattern.js';

/** Refuses a target that is no pattern and lies on no disk, such as a model on the Hub. */
export async function checkOnDisk(
  targets: readonly string[],
  cwd: string,
  refusal: (target: string) => UsageError,
): Promise<void> {
  for (const target of targets) {
    if (!isPattern(target) && !(await exists(resolve(cwd, target)))) throw refusal(target);
  }
}
