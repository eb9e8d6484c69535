import { resolve } from 'node:path';
import { slashed } from '../slashed-path.js';

/** Whether a target is a pattern rather than a name. */
export function isPattern(target: string): boolean {
  return /[*?{}]/.test(target) || target.startsWith('!');
}

/** The folder in which a pattern begins, as an absolute path: what stands before its first wildcard. */
export function patternBase(pattern: string, cwd: string): string {
  const steps = slashed(pattern).split('/');
  const named = steps.slice(0, steps.findIndex(isPattern)).join('/');
  return resolve(cwd, named || (steps[0] === '' ? '/' : '.'));
}
