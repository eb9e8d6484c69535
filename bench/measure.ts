/** What the benchmarks share: contestants in turns, so that a busy machine slows all of them, and medians of ratios. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { splitFrontMatter } from '../src/card/split.js';

/** One contestant's figures: median time in milliseconds, and median of its time over the first one's in the same round. */
export interface Figure {
  readonly name: string;
  readonly milliseconds: number;
  readonly ratio: number;
}

/**
 * Runs every contestant once a round. Every other round runs backwards, so that nobody always runs behind the same one.
 * @param warmUp Rounds before the first one that counts, for contestants in this process: until Node has compiled them.
 */
export function inTurns(
  contestants: Readonly<Record<string, () => void>>,
  rounds: number,
  warmUp = 0,
): readonly Figure[] {
  const entries = Object.entries(contestants);
  for (let round = 0; round < warmUp; round++) for (const [, run] of entries) run();
  const times = entries.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    const order = [...entries.keys()];
    for (const index of round % 2 === 0 ? order : order.reverse()) {
      const start = process.hrtime.bigint();
      entries[index]?.[1]();
      times[index]?.push(Number(process.hrtime.bigint() - start) / 1e6);
    }
  }
  const [base = []] = times;
  return entries.map(([name], index) => {
    const own = times[index] ?? [];
    return {
      name,
      milliseconds: median(own),
      ratio: median(own.map((time, round) => time / (base[round] ?? Number.NaN))),
    };
  });
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

/** Runs Node to its end; throws when it is killed or exits with another status than 0. */
export function node(...args: readonly string[]): void {
  const { error, status, stderr } = spawnSync(process.execPath, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    cwd: place('..'),
    env: { ...process.env, ORT_DISABLE_TELEMETRY: '1' },
    encoding: 'utf8',
  });
  if (error !== undefined || status !== 0)
    throw error ?? new Error(`node ${args[0]}: status ${String(status)}: ${stderr}`);
}

/** Absolute path of something beside this file. */
export function place(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

/** The built command; another one when VALIDATE_CARD_COMMAND names it. */
export function builtCommand(): string {
  const command = process.env.VALIDATE_CARD_COMMAND ?? place('../dist/cli.cjs');
  if (!existsSync(command)) throw new Error(`${command} is missing: run npm run build`);
  return command;
}

/** The library as it is shipped: what runs the sources gives each function its name when it is made, which costs time. */
export async function builtLibrary(): Promise<typeof import('../src/index.js')> {
  const library = place('../dist/index.js');
  if (!existsSync(library)) throw new Error(`${library} is missing: run npm run build`);
  return (await import(library)) as typeof import('../src/index.js');
}

/** Cards of a file of {id, text} lines, gzipped or not, and their front matters; the cards in bench/data when no file is named. */
export function cards(file = place('data/cards.jsonl.gz')): {
  readonly texts: readonly string[];
  readonly yamls: readonly string[];
} {
  const bytes = readFileSync(file);
  const lines = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8').split('\n');
  const texts = lines.filter(Boolean).map((line) => (JSON.parse(line) as { readonly text: string }).text);
  const yamls = texts.flatMap((text) => {
    const block = splitFrontMatter(text);
    return block === null ? [] : [text.slice(block.yaml.start, block.yaml.end)];
  });
  return { texts, yamls };
}
