/**
 * How much reading a card costs beyond reading its YAML: parseCard over whole cards against js-yaml's `load` alone over
 * their front matters. Rounds are interleaved, ratios are between medians.
 *
 * Run with `npx tsx bench/card.ts CARDS [ROUNDS]`; CARDS is a file of {id, text} lines, gzipped or not.
 */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { load } from 'js-yaml';
import { parseCard } from '../src/card/parse.js';
import { splitFrontMatter } from '../src/card/split.js';
import { walkValues } from '../src/card/walk.js';

const [file, rounds = '15'] = process.argv.slice(2);
if (file === undefined) throw new Error('Name a file of cards: npx tsx bench/card.ts CARDS [ROUNDS]');

const bytes = readFileSync(file);
const lines = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8').split('\n');
const texts = lines.filter(Boolean).map((line) => (JSON.parse(line) as { readonly text: string }).text);
const yamls = texts.flatMap((text) => {
  const block = splitFrontMatter(text);
  return block === null ? [] : [text.slice(block.yaml.start, block.yaml.end)];
});

const contestants: Readonly<Record<string, () => void>> = {
  'js-yaml load': () => {
    for (const yaml of yamls) {
      try {
        load(yaml);
      } catch {
        // A card that cannot be read costs time too.
      }
    }
  },
  splitFrontMatter: () => {
    for (const text of texts) splitFrontMatter(text);
  },
  parseCard: () => {
    for (const text of texts) parseCard(text);
  },
  'parseCard, one place': () => {
    for (const text of texts) {
      const card = parseCard(text);
      const span = card.spanOf(['license'], 'key');
      if (span !== undefined) card.rangeAt(span);
    }
  },
  'parseCard, every place': () => {
    for (const text of texts) {
      const card = parseCard(text);
      if (card.metadata === null) continue;
      walkValues(card.metadata, (path) => {
        const span = card.spanOf(path);
        if (span !== undefined) card.rangeAt(span);
      });
    }
  },
};

const times = new Map(Object.keys(contestants).map((name) => [name, [] as number[]]));
for (let round = 0; round < Number(rounds); round++) {
  for (const [name, run] of Object.entries(contestants)) {
    const start = process.hrtime.bigint();
    run();
    times.get(name)?.push(Number(process.hrtime.bigint() - start) / 1e6);
  }
}

const median = (name: string) => {
  const sorted = [...(times.get(name) ?? [])].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
};
const base = median('js-yaml load');
console.log(`${texts.length} cards, ${yamls.length} front matters, medians of ${rounds} rounds`);
for (const name of times.keys()) {
  const time = median(name);
  const rate = Math.round((texts.length / time) * 1000);
  console.log(
    `${name.padEnd(24)} ${time.toFixed(1).padStart(8)} ms  ${(time / base).toFixed(2)} x  ${rate} cards/s`,
  );
}
