/**
 * A monorepo of models, checked by one run of the built command: `validate-card 'models/*'` on repositories made of the cards in
 * bench/data. Usage: npx tsx bench/monorepo.ts [REPOSITORIES [ROUNDS]]. Target: 1,000 repositories in under 5 s.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtCommand, cards } from './measure.js';

const [count = '1000', rounds = '5'] = process.argv.slice(2);
const TARGET_MS = 5000;

/** Folders `models/NNNN`, each with a card, a config.json and an empty file of weights, in a checkout of their own. */
function makeMonorepo(root: string, repositories: number): void {
  const { texts } = cards();
  mkdirSync(join(root, '.git'));
  writeFileSync(join(root, '.validate-card.yaml'), 'failLevel: never\n');
  for (let index = 0; index < repositories; index++) {
    const folder = join(root, 'models', String(index).padStart(4, '0'));
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'README.md'), texts[index % texts.length] ?? '');
    writeFileSync(join(folder, 'config.json'), '{"model_type": "bert", "architectures": ["BertModel"]}\n');
    writeFileSync(join(folder, 'model.safetensors'), '');
  }
}

const root = mkdtempSync(join(tmpdir(), 'monorepo-'));
try {
  makeMonorepo(root, Number(count));
  for (const format of ['pretty', 'json', 'sarif']) {
    const times: number[] = [];
    for (let round = 0; round < Number(rounds); round++) {
      const start = process.hrtime.bigint();
      const { status, stderr, stdout } = spawnSync(
        process.execPath,
        [builtCommand(), 'models/*', '--format', `${format}=report.txt`, '--format', 'pretty', '--quiet'],
        { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 30 },
      );
      times.push(Number(process.hrtime.bigint() - start) / 1e6);
      if (status !== 0) throw new Error(`status ${String(status)}: ${stderr}`);
      if (!stdout.includes(`${count} repositories`))
        throw new Error(`Not all were checked: ${stdout.slice(-300)}`);
    }
    const median = times.sort((a, b) => a - b)[times.length >> 1] ?? Number.NaN;
    const share = median / TARGET_MS;
    console.log(
      `monorepo, ${format.padEnd(6)} ${count} repositories in ${(median / 1000).toFixed(2)} s (best ${((times[0] ?? 0) / 1000).toFixed(2)} s), ${share.toFixed(2)} of the 5 s they may take`,
    );
  }
} finally {
  rmSync(root, { recursive: true, force: true });
}
