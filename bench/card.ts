/**
 * Cards a second: reading them (parseCard) and judging them (lintCard), against js-yaml's `load` alone on the same front
 * matters. Usage: npx tsx bench/card.ts [CARDS [ROUNDS]]. Target: lintCard at least 0.6 of the cards a second of `load`.
 */
import { load } from 'js-yaml';
import { parseCard } from '../src/card/parse.js';
import { walkValues } from '../src/card/walk.js';
import { lintCard } from '../src/lint.js';
import { cards, inTurns } from './measure.js';

const [file, rounds = '31'] = process.argv.slice(2);
const { texts, yamls } = cards(file);

const figures = inTurns(
  {
    'js-yaml load': () => {
      for (const yaml of yamls) {
        try {
          load(yaml);
        } catch {
          // A card that cannot be read costs time too.
        }
      }
    },
    parseCard: () => {
      for (const text of texts) parseCard(text);
    },
    lintCard: () => {
      for (const text of texts) lintCard(text);
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
  },
  Number(rounds),
);

console.log(`card: ${texts.length} cards, medians of ${rounds} rounds`);
for (const { name, milliseconds, ratio } of figures) {
  const rate = Math.round(texts.length / (milliseconds / 1000));
  console.log(`  ${name.padEnd(24)} ${(1 / ratio).toFixed(2)} x the cards a second of load  ${rate} cards/s`);
}
