import { encodedPath } from '../encoded-path.js';
import { REPO_ID } from '../hub/repo-id.js';

/** Longest id of a repository that is asked for: owner and name have at most 96 characters each. */
const LONGEST_ID = 193;

/** The path of a repository in the API of the Hub. */
export function apiPath(kind: 'models' | 'datasets', id: string): string {
  return `/api/${kind}/${encodedPath(id)}`;
}

/** A value that is an id of a repository; null for anything else, such as what would lead elsewhere in an address. */
export function hubIdIn(value: unknown): string | null {
  const good =
    typeof value === 'string' && value.length <= LONGEST_ID && REPO_ID.test(value) && !value.includes('..');
  return good ? value : null;
}
