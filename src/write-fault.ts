/** Why a file or folder cannot be written, in a few words, from the error of the system. */
export function writeFault(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  if (code === 'ENOENT') return 'its folder does not exist';
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return 'permission denied';
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'the disk is full';
  if (code === 'EISDIR') return 'it is a folder';
  if (code === 'EEXIST') return 'something of that name is there';
  if (code === 'ENOTDIR') return 'a file is in the place of a folder';
  if (code === 'ENAMETOOLONG') return 'the path is too long';
  return code ?? String(error);
}
