/**
 * Wall time of a smoke inference on the text classifier (`validate-card FOLDER --smoke --device cpu`: this process, the child
 * process, all checks) against a bare script that runs the same inferences with transformers.js; whole processes. The two are
 * run in turn, so that a busy machine slows both; medians of the pairs. Needs `npm run build`. Target: at most 1.3.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const place = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const command = process.env.VALIDATE_CARD_COMMAND ?? place('../dist/cli.cjs');
// Absolute: transformers.js takes a relative path for a Hub id.
const folder = resolve(process.argv[2] ?? place('../fixtures/text-classification'));
const pairs = Number(process.argv[3] ?? 25);

for (const file of [command, folder]) {
  if (!existsSync(file))
    throw new Error(`${file} is missing: run npm run build, and name a folder that exists`);
}

/** The two examples of the card, and the first of them again, as the smoke inference runs them. */
const BARE = `
import { env, pipeline } from '@huggingface/transformers';
env.allowRemoteModels = false;
const classify = await pipeline('text-classification', ${JSON.stringify(folder)}, { dtype: 'fp32', device: 'cpu' });
for (const text of ['The movie was great!', 'The food was not good.', 'The movie was great!']) {
  console.log(JSON.stringify(await classify(text, { top_k: null })));
}
`;

/** Milliseconds of one whole process. */
function wall(args: readonly string[]): number {
  const start = process.hrtime.bigint();
  const { error, status, stderr } = spawnSync(process.execPath, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    cwd: place('..'),
    encoding: 'utf8',
  });
  if (error !== undefined || status !== 0) throw error ?? new Error(`status ${String(status)}: ${stderr}`);
  return Number(process.hrtime.bigint() - start) / 1e6;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

const bare: number[] = [];
const ours: number[] = [];
const bareArguments = ['--input-type=module', '-e', BARE];
const ourArguments = [command, folder, '--smoke', '--device', 'cpu', '--quiet'];
for (const args of [bareArguments, ourArguments]) wall(args);
for (let pair = 0; pair < pairs; pair++) {
  bare.push(wall(bareArguments));
  ours.push(wall(ourArguments));
}
const ratio = median(ours.map((time, pair) => time / (bare[pair] ?? Number.NaN)));
console.log(
  `smoke: validate-card --smoke ${median(ours).toFixed(0)} ms, bare transformers.js ${median(bare).toFixed(0)} ms, ` +
    `ratio ${ratio.toFixed(2)} (target at most 1.30; Node ${process.versions.node})`,
);
