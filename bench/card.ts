/**
 * How much reading a card costs beyond reading its YAML: parseCard over whole cards against js-yaml's `load` alone over
 * their front matters. Rounds are interleaved; a ratio is taken within its round, then the median.
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

const names = Object.keys(contestants);
const rates = new Map(names.map((name) => [name, [] as number[]]));
const ratios = new Map(names.map((name) => [name, [] as number[]]));
for (let round = 0; round < Number(rounds); round++) {
  const times = new Map<string, number>();
  // Every other round runs backwards, so that nobody always runs behind the same one.
  for (const name of round % 2 === 0 ? names : names.toReversed()) {
    const start = process.hrtime.bigint();
    contestants[name]?.();
    times.set(name, Number(process.hrtime.bigint() - start) / 1e9);
  }
  const base = times.get('js-yaml load') ?? Number.NaN;
  for (const [name, time] of times) {
    rates.get(name)?.push(texts.length / time);
    ratios.get(name)?.push(time / base);
  }
}

const median = (values: readonly number[] = []) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
console.log(`${texts.length} cards, ${yamls.length} front matters, medians of ${rounds} rounds`);
for (const name of names) {
  const rate = Math.round(median(rates.get(name)));
  console.log(`${name.padEnd(24)} ${median(ratios.get(name)).toFixed(2)} x the time  ${rate} cards/s`);
}
