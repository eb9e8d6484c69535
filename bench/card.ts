/**
 * Cards a second: reading them (parseCard) and judging them (lintCard), against js-yaml's `load` alone on the same front
 * matters, all of them warm. Usage: npx tsx bench/card.ts [CARDS [ROUNDS]]. Target: lintCard at least 0.5 of the cards a
 * second of `load`. Of the time that one card takes, reading it is half, the search for credentials a tenth (a fifth of what reading takes), and no rule
 * more than a fifteenth (node --cpu-prof).
 */
import { load } from 'js-yaml';
import { walkValues } from '../src/card/walk.js';
import { builtLibrary, cards, inTurns } from './measure.js';

const [file, rounds = '31'] = process.argv.slice(2);
const { texts, yamls } = cards(file);
const { lintCard, parseCard } = await builtLibrary();

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
  // Cards differ, and what was compiled for the first ones is compiled anew: twenty times through 4,000 cards settles it.
  Math.ceil(80_000 / texts.length),
);

console.log(`card: ${texts.length} cards, medians of ${rounds} rounds`);
for (const { name, milliseconds, ratio } of figures) {
  const rate = Math.round(texts.length / (milliseconds / 1000));
  console.log(`  ${name.padEnd(24)} ${(1 / ratio).toFixed(2)} x the cards a second of load  ${rate} cards/s`);
}
