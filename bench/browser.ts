/** Size of the bundle for browsers as it is sent. Usage: npx tsx bench/browser.ts. Target: under 150 kB gzipped. */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { place } from './measure.js';

const TARGET = 150_000;
const text = readFileSync(place('../dist/browser.js'));
const bytes = gzipSync(text, { level: 9 }).length;
console.log(
  `browser: ${(bytes / 1000).toFixed(1)} kB gzipped (${(text.length / 1000).toFixed(0)} kB), ${(bytes / TARGET).toFixed(2)} of the 150 kB it may take`,
);
