import { errorCode } from './error-code.js';

const FAULTS: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'its folder does not exist'],
  ['EACCES', 'permission denied'],
  ['EPERM', 'permission denied'],
  ['EROFS', 'the disk is read-only'],
  ['ENOSPC', 'the disk is full'],
  ['EDQUOT', 'the quota is used up'],
  ['EISDIR', 'it is a folder'],
  ['EEXIST', 'something of that name is there'],
  ['ENOTDIR', 'a file is in the place of a folder'],
  ['ENAMETOOLONG', 'the path is too long'],
]);

/** Why a file or folder cannot be written, in a few words, from the error of the system. */
export function writeFault(error: unknown): string {
  return knownWriteFault(error) ?? errorCode(error) ?? String(error);
}

/** As `writeFault`; undefined for an error that says nothing of the kind. */
export function knownWriteFault(error: unknown): string | undefined {
  return FAULTS.get(errorCode(error) ?? '');
}
