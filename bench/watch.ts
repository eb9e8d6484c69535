/**
 * How long `validate-card --watch` takes from a change of the card to the new report on its output. Usage:
 * npx tsx bench/watch.ts [CHANGES]. Target: under 100 ms.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtCommand, cards } from './measure.js';

const [changes = '60'] = process.argv.slice(2);
const TARGET_MS = 100;

const folder = mkdtempSync(join(tmpdir(), 'watch-'));
const { texts } = cards();
writeFileSync(join(folder, 'README.md'), texts[0] ?? '');
writeFileSync(join(folder, 'config.json'), '{"model_type": "bert"}\n');
const child = spawn(process.execPath, [builtCommand(), '--watch', '--quiet'], { cwd: folder });
let reported: () => void = () => undefined;
let text = '';
child.stdout.on('data', (part: Buffer) => {
  text += part.toString('utf8');
  if (/eady to publish.*\n$/.test(text)) reported();
});
const nextReport = () =>
  new Promise<void>((resolve) => {
    text = '';
    reported = resolve;
  });

try {
  await nextReport();
  const times: number[] = [];
  for (let change = 0; change < Number(changes); change++) {
    await new Promise((resolve) => setTimeout(resolve, 60));
    const report = nextReport();
    const start = performance.now();
    const card = `${texts[change % texts.length]}\n${change}\n`;
    // In place, and as editors save: a draft that takes the place of the card.
    if (change % 2 === 0) writeFileSync(join(folder, 'README.md'), card);
    else {
      writeFileSync(join(folder, '.README.md.swp'), card);
      renameSync(join(folder, '.README.md.swp'), join(folder, 'README.md'));
    }
    await report;
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) =>
    times[Math.min(times.length - 1, Math.floor(share * times.length))] ?? Number.NaN;
  const ratio = at(0.5) / TARGET_MS;
  console.log(
    `watch: ${changes} changes, from write to report ${at(0.5).toFixed(0)} ms (median), ${at(0.95).toFixed(0)} ms (95 of 100), ${at(1).toFixed(0)} ms (most); ${ratio.toFixed(2)} of the 100 ms it may take`,
  );
} finally {
  child.kill();
  rmSync(folder, { recursive: true, force: true });
}
