/**
 * Writes the table of differences in docs/architectures.md: runs the comparisons of test/architectures with PyTorch on a device, and notes the
 * largest difference of any number, by model type, head and type of weights. Run it with:
 *   npx tsx scripts/measure-architectures.ts cpu [webgpu]
 * or, for what the comparisons noted on another machine (ARCHITECTURES_DEVICE, ARCHITECTURES_DIFFERENCES), with paths of `.jsonl` files.
 * WebGPU needs a Vulkan driver; VK_DRIVER_FILES names the one in software (SwiftShader). Models that a device cannot run are counted as such.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withSection } from './build/action-tables.js';
import { type Difference, differenceTable } from './build/architecture-table.js';

const given = process.argv.slice(2);
if (given.length === 0) throw new Error('Name at least one device: cpu, webgpu');
const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'validate-card-differences-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

const seen = given.flatMap((one) =>
  readFileSync(one.endsWith('.jsonl') ? one : measure(one), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Difference),
);

const page = join(root, 'docs/architectures.md');
writeFileSync(page, withSection(readFileSync(page, 'utf8'), 'differences', differenceTable(seen)));

/** Runs the comparisons on a device; returns the path of what they noted. */
function measure(device: string): string {
  const record = join(folder, `${device}.jsonl`);
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const { status } = spawnSync(
    process.execPath,
    [vitest, 'run', '--testTimeout=300000', 'test/architectures', '-t', 'PyTorch'],
    {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, ARCHITECTURES_DEVICE: device, ARCHITECTURES_DIFFERENCES: record },
    },
  );
  // On other devices some models cannot run, and a text that is written greedily may turn elsewhere.
  if (device === 'cpu' && status !== 0) throw new Error('A graph differs from PyTorch on the CPU.');
  if (!existsSync(record)) throw new Error(`Nothing ran on ${device}.`);
  return record;
}
