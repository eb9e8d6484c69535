/**
 * Cards a second: lintCard against js-yaml's load alone on the same front matters, in turns within one run.
 * Usage: tsx bench/lint.ts [cards.jsonl.gz] (lines of {"id", "text"}; the cards in bench/data when absent)
 */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { load } from 'js-yaml';
import { parseCard } from '../src/card/parse.js';
import { lintCard } from '../src/lint.js';

const ROUNDS = 15;

const path = process.argv[2] ?? new URL('data/cards.jsonl.gz', import.meta.url);
const texts = gunzipSync(readFileSync(path))
  .toString('utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => (JSON.parse(line) as { text: string }).text);
const yamls = texts.flatMap((text) => {
  const { frontMatter } = parseCard(text);
  return frontMatter.kind === 'absent'
    ? []
    : [text.slice(frontMatter.block.yaml.start, frontMatter.block.yaml.end)];
});

/** Seconds of one round over all cards. */
const contestants = {
  'js-yaml load': () => {
    for (const yaml of yamls) {
      try {
        load(yaml);
      } catch {
        // Invalid YAML costs its time too.
      }
    }
  },
  parseCard: () => {
    for (const text of texts) parseCard(text);
  },
  lintCard: () => {
    for (const text of texts) lintCard(text);
  },
};

const best = new Map<string, number>();
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, run] of Object.entries(contestants)) {
    const start = performance.now();
    run();
    const seconds = (performance.now() - start) / 1000;
    best.set(name, Math.min(seconds, best.get(name) ?? Number.POSITIVE_INFINITY));
  }
}

const base = best.get('js-yaml load') ?? Number.NaN;
console.log(`${texts.length} cards, best of ${ROUNDS} rounds in turns`);
for (const [name, seconds] of best) {
  const perCard = (seconds / texts.length) * 1e6;
  console.log(
    `${name.padEnd(14)} ${Math.round(texts.length / seconds)} cards/s, ${perCard.toFixed(1)} µs a card, ${(base / seconds).toFixed(2)} × load`,
  );
}
