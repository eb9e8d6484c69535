import { readdir, readFile, rm } from 'node:fs/promises';
import { join, posix } from 'node:path';

/**
 * Removes the declaration files in `folder` that none of `entries` imports, directly or through others: the compiler writes one
 * for every module, also for those whose types are nobody's business outside.
 */
export async function keepReachable(folder: string, ...entries: readonly string[]): Promise<void> {
  const reached = new Set<string>();
  const queue = [...entries];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    const text = await readFile(join(folder, file), 'utf8');
    for (const [, target = ''] of text.matchAll(/(?:from|import\()\s*['"](\.[^'"]+)\.js['"]/g)) {
      queue.push(posix.join(posix.dirname(file), `${target}.d.ts`));
    }
  }
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of names) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const file = posix.join(...path.slice(folder.length + 1).split(/[\\/]/));
    if (!reached.has(file)) await rm(path);
  }
  await removeEmpty(folder);
}

async function removeEmpty(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await removeEmpty(join(folder, entry.name));
  }
  if ((await readdir(folder)).length === 0) await rm(folder, { recursive: true });
}
