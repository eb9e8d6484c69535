import { relative, sep } from 'node:path';

/** A path with slashes, as patterns, addresses and reports have it, on Windows too. */
export function slashed(path: string): string {
  return sep === '/' ? path : path.split(sep).join('/');
}

/** The way from one folder to a path, with slashes; empty where both are one. */
export function slashedWay(from: string, to: string): string {
  return slashed(relative(from, to));
}
