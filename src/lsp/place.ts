import { posix, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Where an open document belongs. */
export interface DocumentPlace {
  /** Tells models apart: documents of the same model have the same. */
  readonly model: string;
  /** Absolute path of the repository's folder; null for a document that was never saved. */
  readonly folder: string | null;
  /** Repository-relative path of the document. */
  readonly file: string;
  /** Repository-relative path of the card it belongs to. */
  readonly card: string;
}

/**
 * Finds the model a document belongs to by its address alone: its folder, or the one above for evaluation results. A Markdown
 * file that is not called README.md is a card that stands alone.
 */
export function placeOf(uri: string): DocumentPlace {
  const path = pathOf(uri);
  if (path === null) {
    const name = posix.basename(uri.replace(/^[\w.+-]+:/, '').replace(/[?#].*$/, '')) || 'untitled';
    return { model: uri, folder: null, file: name, card: name };
  }
  const parts = path.split(sep);
  const name = parts.pop() ?? '';
  const parent = parts.at(-1);
  if (parent === '.eval_results' && /\.ya?ml$/.test(name)) {
    const folder = folderOf(parts.slice(0, -1));
    return { model: folder, folder, file: `${parent}/${name}`, card: 'README.md' };
  }
  const folder = folderOf(parts);
  const alone = name !== 'README.md' && /\.(?:md|markdown)$/i.test(name);
  return {
    model: alone ? `${folder}\0${name}` : folder,
    folder,
    file: name,
    card: alone ? name : 'README.md',
  };
}

/** The root keeps its separator. */
function folderOf(parts: readonly string[]): string {
  const folder = parts.join(sep);
  return folder === '' || /^[A-Za-z]:$/.test(folder) ? folder + sep : folder;
}

/** The path of a document on this machine; null when its address is of another kind. */
export function pathOf(uri: string): string | null {
  if (!uri.startsWith('file:')) return null;
  try {
    return fileURLToPath(uri);
  } catch {
    // A file of another machine, or a path that cannot be.
    return null;
  }
}

/** The address of a file of a repository. */
export function uriOf(folder: string, file: string): string {
  return pathToFileURL([folder, ...file.split('/')].join(sep)).href;
}
