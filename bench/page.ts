/** Size of the page of `validate-card serve` as it is sent. Usage: npx tsx bench/page.ts. Target: under 250 kB gzipped. */
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { place } from './measure.js';

const TARGET = 250_000;
const files = readdirSync(place('../dist/page'), { recursive: true, encoding: 'utf8' }).filter((name) =>
  /\.\w+$/.test(name),
);
const bytes = files.reduce(
  (sum, name) => sum + gzipSync(readFileSync(place(`../dist/page/${name}`))).length,
  0,
);
console.log(
  `page: ${(bytes / 1000).toFixed(1)} kB gzipped in ${files.length} files, ${(bytes / TARGET).toFixed(2)} of the 250 kB it may take`,
);
