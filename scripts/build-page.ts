/** Builds the page of `validate-card serve` alone, into `dist/page`: `tsx scripts/build-page.ts`. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildPage } from './build/page.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const { files } = await buildPage(root, join(root, 'dist', 'page'));
for (const { path, bytes } of files)
  console.log(`${(bytes / 1000).toFixed(1).padStart(8)} kB  dist/page/${path}`);
