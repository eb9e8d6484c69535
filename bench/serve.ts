/**
 * A server of the tiny text classifier against a loop over transformers.js in one process (bench/bare/classify.mjs), in turns; one request alone; memory
 * over many requests; more models than there is room for; and a model's process that is killed. The load is autocannon's, from this process, on
 * the same machine. Needs `npm run build`. Usage: npx tsx bench/serve.ts [ROUNDS [REQUESTS [SECONDS]]]: rounds of 5 seconds each, requests that
 * memory is looked at over (100,000), seconds of 20 models that share the room of 5 (20; the aim is 600).
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import autocannon, { type Request, type Result } from 'autocannon';
import { place } from './measure.js';
import { type ServedProcess, startServed } from './served-process.js';

const [rounds = 5, requests = 100_000, seconds = 20] = process.argv.slice(2).map(Number);
const CONNECTIONS = 64;
const ROUND_S = 5;
const MODEL = place('../fixtures/text-classification');
const PATH = '/models/text-classification';
const MB = 1e6;

interface Row {
  readonly what: string;
  readonly seen: string;
  readonly bound: string;
  readonly holds: boolean;
}
const rows: Row[] = [];

function row(what: string, seen: string, bound: string, holds: boolean): void {
  rows.push({ what, seen, bound, holds });
  console.log(`  ${what.padEnd(54)} ${seen.padEnd(34)} ${bound.padEnd(22)} ${holds ? 'holds' : 'MISSED'}`);
}

const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
const text = (index: number) => `The movie was great! I would watch it again, number ${index % 500}.`;
const body = (index: number, cached: boolean) =>
  JSON.stringify({ inputs: text(index), options: { use_cache: cached, wait_for_model: true } });

/** Asks on all connections at once. */
function load(
  url: string,
  cached: boolean,
  limit: { readonly duration: number } | { readonly amount: number },
): Promise<Result> {
  const all = Array.from(
    { length: 500 },
    (_, index): Request => ({
      method: 'POST',
      path: PATH,
      headers: { 'content-type': 'application/json' },
      body: body(index, cached),
    }),
  );
  return autocannon({ url, connections: CONNECTIONS, requests: all, ...limit });
}

interface Bare {
  readonly perSecond: number;
  readonly cpuMs: number;
  readonly latencyMs: number;
}

function bare(threads: number, count: number): Bare {
  const args = [place('bare/classify.mjs'), MODEL, String(threads), String(count)];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as Bare;
}

/** The number of requests that failed, whatever the reason. */
const failed = ({ non2xx, errors, timeouts }: Result) => non2xx + errors + timeouts;

/** Median time of requests one after the other, in milliseconds, by a client that does nothing else: bytes out, bytes in. */
async function alone(url: string, count: number): Promise<number> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const times: number[] = [];
  for (let index = 0; index < count; index++) {
    const content = body(index, false);
    const head = `POST ${PATH} HTTP/1.1\r\nhost: ${hostname}\r\ncontent-length: ${Buffer.byteLength(content)}\r\n\r\n`;
    const start = performance.now();
    socket.write(head + content);
    const answer = await new Promise<Buffer>((resolve) => socket.once('data', resolve));
    times.push(performance.now() - start);
    if (!answer.toString('latin1').startsWith('HTTP/1.1 200')) throw new Error(answer.toString('utf8'));
  }
  socket.destroy();
  return median(times);
}

async function speed(): Promise<void> {
  // What suits a tiny model best: several threads wait for each other longer than they compute.
  const threads = [1, 0].sort((a, b) => bare(b, 1000).perSecond - bare(a, 1000).perSecond)[0] ?? 1;
  const server = await startServed(MODEL);
  await load(server.url, false, { amount: 4000 });
  await load(server.url, true, { amount: 4000 });
  const seen: { readonly bare: Bare; readonly off: Result; readonly on: Result; readonly aloneMs: number }[] =
    [];
  const before = server.usage();
  let asked = 0;
  for (let round = 0; round < rounds; round++) {
    const loop = bare(threads, 4000);
    const off = await load(server.url, false, { duration: ROUND_S });
    const aloneMs = await alone(server.url, 500);
    const on = await load(server.url, true, { duration: ROUND_S });
    asked += off.requests.total;
    seen.push({ bare: loop, off, on, aloneMs });
  }
  const after = server.usage();
  await server.stop();
  const perSecond = ({ requests, duration }: Result) => requests.total / duration;
  const off = median(seen.map(({ off }) => perSecond(off)));
  const on = median(seen.map(({ on }) => perSecond(on)));
  const failures = seen.reduce((sum, { off, on }) => sum + failed(off) + failed(on), 0);
  row('answers a second, 64 connections, nothing kept', off.toFixed(0), 'at least 1000', off >= 1000);
  const p99 = median(seen.map(({ off }) => off.latency.p99));
  const p50 = median(seen.map(({ off }) => off.latency.p50));
  row('their time: p50, p99', `${p50} ms, ${p99} ms`, 'p99 below 100 ms', p99 < 100);
  const ratio = median(seen.map(({ off, bare }) => perSecond(off) / bare.perSecond));
  row(
    'inferences a second, against the loop',
    `${ratio.toFixed(2)} × ${median(seen.map(({ bare }) => bare.perSecond)).toFixed(0)}`,
    'at least 0.90',
    ratio >= 0.9,
  );
  const worker = (after[1]?.cpuMs ?? 0) - (before[1]?.cpuMs ?? 0);
  console.log(
    `    processor time of one: ${(worker / asked).toFixed(3)} ms in the model's process, ${median(seen.map(({ bare }) => bare.cpuMs)).toFixed(3)} ms in the loop`,
  );
  const p99On = median(seen.map(({ on }) => on.latency.p99));
  row(
    'answers a second, kept ones; their p99',
    `${on.toFixed(0)}; ${p99On} ms`,
    'at least 1000, 100 ms',
    on >= 1000 && p99On < 100,
  );
  const overhead = median(seen.map(({ aloneMs, bare }) => aloneMs - bare.latencyMs));
  row('one request alone, beyond the inference', `${overhead.toFixed(2)} ms`, 'below 1.5 ms', overhead < 1.5);
  row('requests of all these that failed', String(failures), '0', failures === 0);
}

async function memory(): Promise<void> {
  // The heap of a server that has just begun still grows to the size that suits its load.
  const server = await startServed(MODEL);
  await load(server.url, false, { amount: 10_000 });
  const fifths: (readonly number[])[] = [];
  let failures = 0;
  for (let fifth = 0; fifth < 5; fifth++) {
    failures += failed(await load(server.url, fifth % 2 === 1, { amount: Math.ceil(requests / 5) }));
    fifths.push(server.usage().map(({ rssBytes }) => rssBytes));
  }
  await server.stop();
  for (const [index, name] of ['server', 'process of the model'].entries()) {
    const sizes = fifths.map((sizes) => sizes[index] ?? Number.NaN);
    const growth = (sizes[4] ?? Number.NaN) / (sizes[1] ?? Number.NaN);
    row(
      `memory of the ${name}, ${requests} requests`,
      `${sizes.map((size) => (size / MB).toFixed(0)).join(', ')} MB`,
      'last to 2nd fifth 1.10',
      growth < 1.1,
    );
  }
  row('requests of these that failed', String(failures), '0', failures === 0);
}

async function room(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'validate-card-bench-'));
  const ids = Array.from({ length: 20 }, (_, index) => `model-${index}`);
  for (const id of ids) cpSync(MODEL, join(folder, id), { recursive: true });
  // How much room five take is known when one is there.
  const first = await startServed(join(folder, 'model-0'));
  await askOne(first, 'model-0', 0);
  const one = first.usage()[1]?.rssBytes ?? 0;
  await first.stop();
  const most = Math.ceil((5.4 * one) / MB);
  const server = await startServed(...ids.map((id) => join(folder, id)), '--max-memory', `${most}MB`);
  const statuses = new Map<number, number>();
  let loaded = 0;
  const end = performance.now() + seconds * 1000;
  const client = async (offset: number) => {
    for (let index = offset; performance.now() < end; index += 4) {
      const status = await askOne(server, ids[index % ids.length] ?? '', index);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      loaded = Math.max(loaded, server.usage().length - 1);
    }
  };
  await Promise.all([0, 1, 2, 3].map(client));
  await server.stop();
  rmSync(folder, { recursive: true });
  const good = statuses.get(200) ?? 0;
  const bad = [...statuses].reduce((sum, [, count]) => sum + count, 0) - good;
  row(
    `20 models, room for 5, ${seconds} s: answers, failures`,
    `${good}, ${bad}`,
    'none fails',
    good > 0 && bad === 0,
  );
  row('processes at once', String(loaded), 'at most 6', loaded <= 6);
}

async function askOne({ url }: ServedProcess, id: string, index: number): Promise<number> {
  const response = await fetch(`${url}/models/${id}`, { method: 'POST', body: body(index, false) });
  await response.arrayBuffer();
  return response.status;
}

async function killed(): Promise<void> {
  const server = await startServed(MODEL);
  await load(server.url, false, { amount: 2000 });
  const running = load(server.url, false, { duration: 3 * ROUND_S });
  let kills = 0;
  const killer = setInterval(() => {
    const pid = server.usage()[1]?.pid;
    if (pid === undefined || kills === 2) return;
    process.kill(pid, 'SIGKILL');
    kills++;
  }, 4000);
  const result = await running;
  clearInterval(killer);
  const next = await askOne(server, 'text-classification', 0);
  await server.stop();
  row(
    `${kills} kills under load: answers, failures, the next one`,
    `${result['2xx']}, ${failed(result)}, ${next}`,
    `at most ${32 * kills} fail`,
    failed(result) <= 32 * kills && next === 200,
  );
}

console.log(`serve: Node ${process.versions.node}, load average ${loadavg()[0]?.toFixed(1)}`);
await speed();
await memory();
await room();
await killed();
const missed = rows.filter(({ holds }) => !holds);
console.log(
  `serve: ${rows.length - missed.length} of ${rows.length} bounds hold; load average ${loadavg()[0]?.toFixed(1)} at the end`,
);
if (missed.length > 0) process.exitCode = 1;
