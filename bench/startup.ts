/**
 * Wall time of `validate-card CARD` without smoke, whole process, against `node -e 0`. Needs `npm run build`.
 * Usage: npx tsx bench/startup.ts [CARD [ROUNDS]]. Target: at most 1.6.
 */
import { builtCommand, inTurns, node, place } from './measure.js';

const [card = place('../fixtures/text-classification/README.md'), rounds = '60'] = process.argv.slice(2);
const command = builtCommand();

const [bare, ours] = inTurns(
  { bare: () => node('-e', '0'), ours: () => node(command, card, '--fail-level', 'never') },
  Number(rounds),
);
console.log(
  `startup: validate-card CARD ${ours?.milliseconds.toFixed(0)} ms, node -e 0 ${bare?.milliseconds.toFixed(0)} ms, ` +
    `ratio ${ours?.ratio.toFixed(2)} (target at most 1.60; Node ${process.versions.node})`,
);
