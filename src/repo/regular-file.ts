import { constants } from 'node:fs';
import { type OpenFile, open, stat } from './fs.js';

/**
 * Opens a file for reading; null when what is there is no regular file. A pipe that nobody writes to would block its reader
 * for good, and merely opening a device can do something, so neither is opened. Rejects as `open` does.
 */
export async function openRegular(path: string): Promise<OpenFile | null> {
  if (!(await stat(path)).isFile()) return null;
  // Should a pipe take the place of the file meanwhile, this flag keeps the opening from blocking. Windows has neither.
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    if ((await file.stat()).isFile()) return file;
  } catch (error) {
    await file.close();
    throw error;
  }
  await file.close();
  return null;
}
