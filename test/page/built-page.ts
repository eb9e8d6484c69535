import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildPage } from '../../scripts/build/page.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The folder of the page as `npm run build` made it; where that is missing, or older than a source, a new one in the folder for temporary files. */
export async function builtPage(): Promise<string> {
  const built = join(root, 'dist', 'page');
  const page = statSync(join(built, 'index.html'), { throwIfNoEntry: false });
  if (page !== undefined && page.mtimeMs > newest(join(root, 'src'))) return built;
  const folder = mkdtempSync(join(tmpdir(), 'page-built-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  await buildPage(root, folder);
  return folder;
}

function newest(folder: string): number {
  return Math.max(
    ...readdirSync(folder, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .map(
        ({ parentPath, name }) => statSync(join(parentPath, name), { throwIfNoEntry: false })?.mtimeMs ?? 0,
      ),
  );
}
