/**
 * Wall time of the action without smoke, from the start of its process: one card, and a monorepo of 1,000 models. Needs
 * `npm run bundle`. Usage: npx tsx bench/action.ts [ROUNDS]. Targets: 1,500 ms, and 5 s.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { inTurns, node, place } from './measure.js';

const [rounds = '15'] = process.argv.slice(2);
const REPOSITORIES = 1000;

const bundle = place('../action/dist/index.js');
if (!existsSync(bundle)) throw new Error(`${bundle} is missing: run npm run bundle`);
const card = readFileSync(place('../fixtures/text-classification/README.md'));
const config = readFileSync(place('../fixtures/text-classification/config.json'));

const folder = mkdtempSync(join(tmpdir(), 'bench-action-'));
try {
  const workspace = join(folder, 'workspace');
  for (let index = 0; index < REPOSITORIES; index++) {
    const model = join(workspace, 'models', String(index));
    mkdirSync(model, { recursive: true });
    writeFileSync(join(model, 'README.md'), card);
    writeFileSync(join(model, 'config.json'), config);
  }
  const { inputs } = load(readFileSync(place('../action.yml'), 'utf8')) as {
    readonly inputs: Readonly<Record<string, { readonly default: string }>>;
  };
  for (const [name, { default: value }] of Object.entries(inputs)) {
    process.env[`INPUT_${name.toUpperCase()}`] = value.startsWith('${{') ? '' : value;
  }
  Object.assign(process.env, {
    GITHUB_WORKSPACE: workspace,
    RUNNER_TEMP: folder,
    GITHUB_OUTPUT: join(folder, 'output'),
    GITHUB_STEP_SUMMARY: join(folder, 'summary'),
    'INPUT_FAIL-LEVEL': 'never',
  });
  const action = (path: string) => () => {
    for (const name of ['output', 'summary']) writeFileSync(join(folder, name), '');
    process.env.INPUT_PATH = path;
    node(bundle);
  };
  const [bare, one] = inTurns({ bare: () => node('-e', '0'), one: action('models/0') }, Number(rounds));
  const [many] = inTurns({ many: action('models/*') }, 3);
  console.log(
    `action: one card ${one?.milliseconds.toFixed(0)} ms (target 1500), node -e 0 ${bare?.milliseconds.toFixed(0)} ms, ` +
      `ratio ${one?.ratio.toFixed(2)}; ${REPOSITORIES} repositories ${((many?.milliseconds ?? Number.NaN) / 1000).toFixed(2)} s ` +
      `(target 5; Node ${process.versions.node})`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
