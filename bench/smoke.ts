/**
 * Wall time of a smoke inference on the text classifier (`validate-card FOLDER --smoke --device cpu`: this process, the child
 * process, all checks) against a bare script that runs the same inferences with transformers.js; whole processes. Needs
 * `npm run build`. Usage: npx tsx bench/smoke.ts [FOLDER [ROUNDS]]. Target: at most 1.3.
 */
import { resolve } from 'node:path';
import { builtCommand, inTurns, node, place } from './measure.js';

const [named = place('../fixtures/text-classification'), rounds = '25'] = process.argv.slice(2);
// Absolute: transformers.js takes a relative path for a Hub id.
const folder = resolve(named);
const command = builtCommand();

/** The two examples of the card, and the first of them again, as the smoke inference runs them. */
const BARE = `
import { env, pipeline } from '@huggingface/transformers';
env.allowRemoteModels = false;
const classify = await pipeline('text-classification', ${JSON.stringify(folder)}, { dtype: 'fp32', device: 'cpu' });
for (const text of ['The movie was great!', 'The food was not good.', 'The movie was great!']) {
  console.log(JSON.stringify(await classify(text, { top_k: null })));
}
`;

const [bare, ours] = inTurns(
  {
    bare: () => node('--input-type=module', '-e', BARE),
    ours: () => node(command, folder, '--smoke', '--device', 'cpu', '--quiet'),
  },
  Number(rounds),
);
console.log(
  `smoke: validate-card --smoke ${ours?.milliseconds.toFixed(0)} ms, bare transformers.js ${bare?.milliseconds.toFixed(0)} ms, ` +
    `ratio ${ours?.ratio.toFixed(2)} (target at most 1.30; Node ${process.versions.node})`,
);
