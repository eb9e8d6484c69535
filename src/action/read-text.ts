import { openRegular } from '../repo/regular-file.js';

/** The text of a file of at most `most` bytes; null when there is none, or it cannot be read or is larger. */
export async function readText(path: string, most: number): Promise<string | null> {
  try {
    const file = await openRegular(path);
    if (file === null) return null;
    try {
      const bytes = await file.bytes(0, most + 1);
      return bytes.byteLength > most ? null : new TextDecoder().decode(bytes);
    } finally {
      await file.close();
    }
  } catch {
    return null;
  }
}
