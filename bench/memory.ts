/**
 * Memory over many cards: lints the same cards again and again in one process and prints the heap in use after each fifth of
 * the work. It must stay flat. Usage: npx tsx --expose-gc bench/memory.ts [CARDS [COUNT]]; 100,000 cards when no count is given.
 */
import { lintCard } from '../src/lint.js';
import { cards } from './measure.js';

const [file, count = '100000'] = process.argv.slice(2);
const { gc } = globalThis;
if (gc === undefined) throw new Error('Run it with --expose-gc.');
const { texts } = cards(file);
const total = Number(count);
const heaps: number[] = [];
let findings = 0;
for (let done = 0; done < total; done++) {
  findings += lintCard(texts[done % texts.length] ?? '').length;
  if ((done + 1) % Math.ceil(total / 5) !== 0) continue;
  gc();
  heaps.push(process.memoryUsage().heapUsed);
}
const megabytes = heaps.map((bytes) => (bytes / 1e6).toFixed(1));
console.log(
  `memory: ${total} cards, ${findings} findings; heap after each fifth: ${megabytes.join(', ')} MB`,
);
const [first = Number.NaN] = heaps;
const growth = (heaps.at(-1) ?? Number.NaN) / first;
console.log(`  last to first: ${growth.toFixed(3)}`);
if (!(growth < 1.05)) process.exitCode = 1;
