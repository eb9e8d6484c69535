/**
 * Wall time of comparing all variants of a model (`validate-card FOLDER --smoke --device cpu --quiet`) against the sum of the times of
 * a bare script for each variant, in a process of its own; whole processes, in turns. Needs `npm run build`.
 * Usage: npx tsx bench/variants.ts [ROUNDS [FOLDER...]]; the fixtures with variants when no folder is named. Target: at most 1.2.
 */
import { readdirSync } from 'node:fs';
import { loadavg } from 'node:os';
import { basename, resolve } from 'node:path';
import { builtCommand, inTurns, node, place } from './measure.js';
import { bareScripts } from './smoke-spec.js';

const [rounds = '9', ...named] = process.argv.slice(2);
const command = builtCommand();
const fixtures = place('../fixtures');
const folders =
  named.length > 0
    ? named.map((one) => resolve(one))
    : readdirSync(fixtures)
        .filter((name) => name.endsWith('-variants') || name === 'text-generation-gguf')
        .map((name) => `${fixtures}/${name}`);

for (const folder of folders) {
  const scripts = (await bareScripts(folder)) ?? [];
  const [bare, ours] = inTurns(
    {
      bare: () => {
        for (const { args } of scripts) node(...args);
      },
      ours: () => node(command, folder, '--smoke', '--device', 'cpu', '--quiet'),
    },
    Number(rounds),
  );
  console.log(
    `variants: ${basename(folder)} (${scripts.map(({ dtype }) => dtype).join(', ')}) ${ours?.milliseconds.toFixed(0)} ms, ` +
      `bare ${bare?.milliseconds.toFixed(0)} ms, ratio ${ours?.ratio.toFixed(2)} (target at most 1.20; ${rounds} rounds, Node ${process.versions.node}, ` +
      `load average ${loadavg()[0]?.toFixed(1)})`,
  );
}
