/**
 * Prints what the changelog says about a version, for the release of its tag, and fails when something disagrees with the tag.
 * Usage: tsx scripts/release-notes.ts v1.2.3
 */
import { readFileSync } from 'node:fs';
import { TOOL } from '../src/version.js';
import { releaseNotes } from './build/changelog.js';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
const version = (process.argv[2] ?? '').replace(/^v/, '');
const manifest = JSON.parse(read('../package.json')) as { readonly version: string };
for (const [where, found] of Object.entries({
  'package.json': manifest.version,
  'src/version.ts': TOOL.version,
})) {
  if (found !== version) throw new Error(`${where} has version ${found}, and the tag says ${version}`);
}
console.log(releaseNotes(read('../CHANGELOG.md'), version));
