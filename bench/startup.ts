/**
 * Wall time of `validate-card CARD` without smoke, whole process, against `node -e 0`. The two are run in turn, so that a
 * busy machine slows both; medians of the pairs. Needs `npm run build`. Target: at most 1.6.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const command =
  process.env.VALIDATE_CARD_COMMAND ?? fileURLToPath(new URL('../dist/cli.cjs', import.meta.url));
const card =
  process.argv[2] ?? fileURLToPath(new URL('../fixtures/text-classification/README.md', import.meta.url));
const pairs = Number(process.argv[3] ?? 60);

for (const file of [command, card]) {
  if (!existsSync(file))
    throw new Error(`${file} is missing: run npm run build, and name a card that exists`);
}

/** Milliseconds of one whole process. */
function wall(args: readonly string[]): number {
  const start = process.hrtime.bigint();
  const { error, signal } = spawnSync(process.execPath, args, { stdio: 'ignore' });
  if (error !== undefined || signal !== null) throw error ?? new Error(`ended by ${String(signal)}`);
  return Number(process.hrtime.bigint() - start) / 1e6;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

const bare: number[] = [];
const ours: number[] = [];
for (let pair = 0; pair < pairs; pair++) {
  bare.push(wall(['-e', '0']));
  ours.push(wall([command, card]));
}
const ratio = median(ours.map((time, pair) => time / (bare[pair] ?? Number.NaN)));
console.log(
  `startup: validate-card CARD ${median(ours).toFixed(1)} ms, node -e 0 ${median(bare).toFixed(1)} ms, ` +
    `ratio ${ratio.toFixed(2)} (target at most 1.60; Node ${process.versions.node})`,
);
