/** An id of a repository, or a path in one, as it stands in an address. */
export function encodedPath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
