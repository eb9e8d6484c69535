import { readdir, readFile, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { isMissing } from '../error-code.js';

/** A file of the page, as it is sent. */
export interface PageFile {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  readonly gzipped: Uint8Array;
}

/** The page as it was built. */
export interface PageFiles {
  /** The one HTML document, which draws every page. */
  readonly document: PageFile;
  /** What it loads, by path below `/`. */
  readonly assets: ReadonlyMap<string, PageFile>;
}

/** Folder of the assets, and the beginning of their addresses. */
export const ASSETS = '_page';

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Beside this bundle in the package; in the repository where the build puts it. */
const FOLDER = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../../dist/page' : './page', import.meta.url),
);

/** Reads the built page, again when it was built anew; null where it was not built. `folder` is another place of it. */
export function pageReader(folder = FOLDER): () => Promise<PageFiles | null> {
  let known: { readonly built: number; readonly files: Promise<PageFiles> } | null = null;
  return async () => {
    try {
      const { mtimeMs } = await stat(join(folder, 'index.html'));
      if (known?.built !== mtimeMs) known = { built: mtimeMs, files: readPage(folder) };
      return await known.files;
    } catch (error) {
      known = null;
      if (isMissing(error)) return null;
      throw error;
    }
  };
}

async function readPage(folder: string): Promise<PageFiles> {
  const names = await readdir(join(folder, ASSETS));
  const assets = await Promise.all(
    names.map(async (name) => [`${ASSETS}/${name}`, await pageFile(join(folder, ASSETS, name))] as const),
  );
  return { document: await pageFile(join(folder, 'index.html')), assets: new Map(assets) };
}

async function pageFile(path: string): Promise<PageFile> {
  const bytes = await readFile(path);
  return {
    mediaType: MEDIA_TYPES[extname(path)] ?? 'application/octet-stream',
    bytes,
    gzipped: await promisify(gzip)(bytes),
  };
}
