/**
 * Wall time of a smoke inference (`validate-card FOLDER --smoke --device cpu --quiet`: this process, the child process, all checks)
 * against a bare script of its runtime that does the same (bench/bare): same graphs and options, same inputs, as many runs. Whole
 * processes, in turns. Needs `npm run build`. Usage: npx tsx bench/smoke.ts [ROUNDS [FOLDER...]]; all healthy fixtures when no folder
 * is named. Target: at most 1.3 for each.
 *
 * A run starts Node twice, once for the command and once for the child process that the model is kept in. Where the script needs
 * little more than onnxruntime, as the ones of tables and of games do, Node's own start is a third to a half of its time, so that
 * the second start alone makes a ratio of 1.3 to 1.5, whatever else the command does. What stands in brackets is the ratio against
 * the script and one more `node -e 0`.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { basename, join, resolve } from 'node:path';
import type { SmokeReport } from '../src/smoke/report.js';
import { builtCommand, inTurns, node, place } from './measure.js';
import { bareScripts } from './smoke-spec.js';

const [rounds = '7', ...named] = process.argv.slice(2);
const command = builtCommand();

/** Fixtures whose smoke inference passes. */
function healthy(): readonly string[] {
  const root = place('../fixtures');
  return readdirSync(root).flatMap((name) => {
    try {
      const expected = JSON.parse(readFileSync(join(root, name, 'expected.json'), 'utf8')) as {
        status?: string;
      };
      return expected.status === 'passed' ? [join(root, name)] : [];
    } catch {
      return [];
    }
  });
}

/** What the report itself says of load, latency and memory. */
function reported(folder: string, dtype: string): SmokeReport | undefined {
  const args = [command, folder, '--smoke', '--device', 'cpu', '--dtype', dtype, '--format', 'json'];
  const { stdout } = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 2 ** 28 });
  return (JSON.parse(stdout) as { smoke?: SmokeReport }).smoke;
}

const rows: { name: string; runner: string; ratio: number }[] = [];
// Absolute: transformers.js takes a relative path for a Hub id.
for (const folder of named.length > 0 ? named.map((one) => resolve(one)) : healthy()) {
  const [bare] = (await bareScripts(folder)) ?? [];
  if (bare === undefined) continue;
  const ours = [command, folder, '--smoke', '--device', 'cpu', '--dtype', bare.dtype, '--quiet'];
  const [script, twice, whole] = inTurns(
    {
      bare: () => node(...bare.args),
      'bare, and one more start': () => {
        node(...bare.args);
        node('-e', '0');
      },
      ours: () => node(...ours),
    },
    Number(rounds),
  );
  if (script === undefined || twice === undefined || whole === undefined) continue;
  const report = reported(folder, bare.dtype);
  rows.push({ name: bare.name, runner: report?.runner ?? '', ratio: whole.ratio });
  const facts = [
    `loaded in ${report?.loadMs?.toFixed(0)} ms`,
    `${report?.latencyMs?.toFixed(1)} ms a run`,
    `peak ${((report?.peakRssBytes ?? 0) / 1e6).toFixed(0)} MB`,
  ];
  console.log(
    `  ${basename(folder).padEnd(38)} ${whole.ratio.toFixed(2)} (${(whole.ratio / twice.ratio).toFixed(2)})  ` +
      `${whole.milliseconds.toFixed(0).padStart(5)} ms, ` +
      `bare ${script.milliseconds.toFixed(0).padStart(5)} ms; ${facts.join(', ')}`,
  );
}
for (const runner of new Set(rows.map((row) => row.runner))) {
  const some = rows.filter((row) => row.runner === runner).sort((a, b) => a.ratio - b.ratio);
  const worst = some.at(-1);
  console.log(
    `smoke: ${some.length} model(s) on ${runner}: median ratio ${some[some.length >> 1]?.ratio.toFixed(2)}, worst ` +
      `${worst?.ratio.toFixed(2)} (${worst?.name}) (target at most 1.30; ${rounds} rounds, Node ${process.versions.node}, ` +
      `load average ${loadavg()[0]?.toFixed(1)})`,
  );
}
