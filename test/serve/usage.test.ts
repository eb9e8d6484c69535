import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Catalog, CatalogModel } from '../../src/serve/catalog.js';
import type { RequestEvent, ServerEvent } from '../../src/serve/events.js';
import type { PooledModel } from '../../src/serve/model-pool.js';
import { readBook } from '../../src/serve/usage/book-text.js';
import { countLatency, noFigures } from '../../src/serve/usage/figures.js';
import { addLatencies, type Latencies, percentile, RELATIVE_ERROR } from '../../src/serve/usage/latencies.js';
import type { UsageReport } from '../../src/serve/usage/report.js';
import { openUsage, type Usage } from '../../src/serve/usage/usage.js';
import { post, read, serve } from './served.js';

const TEXT = 'text-classification';
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** The begin of a quarter of an hour. */
const START = Date.UTC(2026, 0, 15, 12);

let folder: string;
let files = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'usage-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const newFile = () => join(folder, `usage-${++files}.json`);

function catalogOf(...ids: readonly string[]): Catalog {
  return new Map(
    ids.map((id) => {
      const repo = { target: { kind: 'folder', path: id }, root: `/models/${id}` };
      return [id, { id, repo } as unknown as CatalogModel];
    }),
  );
}

interface Counted extends Usage {
  readonly messages: readonly string[];
  readonly clock: { now: number };
  readonly pooled: PooledModel[];
}

async function counting(file?: string, ids: readonly string[] = ['a', 'b'], at = START): Promise<Counted> {
  const messages: string[] = [];
  const clock = { now: at };
  const pooled: PooledModel[] = [];
  const usage = await openUsage({
    catalog: catalogOf(...ids),
    pooled: () => pooled,
    file,
    tell: (message) => messages.push(message),
    now: () => clock.now,
  });
  return { ...usage, messages, clock, pooled };
}

function request(of: Partial<RequestEvent> = {}): RequestEvent {
  return {
    event: 'request',
    id: '1',
    method: 'POST',
    route: '/models/*',
    status: 200,
    ms: 10,
    bytesIn: 1,
    bytesOut: 1,
    model: 'a',
    task: TEXT,
    ...of,
  };
}

const perStep = (report: UsageReport, span: 'hour' | 'day') =>
  report[span].steps.map(({ requests }) => requests);

describe('latencies', () => {
  const counted = (values: readonly number[]): Latencies => {
    const figures = noFigures();
    for (const value of values) countLatency(figures, value);
    return figures.latencies;
  };
  const exact = (values: readonly number[], share: number) =>
    [...values].sort((a, b) => a - b)[Math.max(1, Math.ceil(share * values.length)) - 1] ?? Number.NaN;

  it('are told within the stated error', () => {
    const milliseconds = fc.double({ min: 0.1, max: 3_600_000, noNaN: true });
    fc.assert(
      fc.property(fc.array(milliseconds, { minLength: 1, maxLength: 200 }), (values) => {
        const latencies = counted(values);
        for (const share of [0.5, 0.9, 0.99]) {
          const told = percentile(latencies, share) ?? Number.NaN;
          const real = exact(values, share);
          expect(Math.abs(told - real) / real).toBeLessThanOrEqual(RELATIVE_ERROR + 1e-9);
        }
      }),
    );
  });

  it('of two times are as if they had been counted together', () => {
    const times = fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }));
    fc.assert(
      fc.property(times, times, (some, others) => {
        expect(addLatencies(counted(some), counted(others))).toEqual(counted([...some, ...others]));
      }),
    );
  });

  it('of which there are none have no percentile', () => {
    expect(percentile(counted([]), 0.5)).toBeNull();
  });
});

describe('usage', () => {
  it('counts by the minute and by the quarter of an hour', async () => {
    const usage = await counting();
    usage.hear(request());
    usage.hear(request({ ms: 1000 }));
    usage.clock.now += MINUTE;
    usage.hear(request({ status: 500, error: 'model-failed' }));
    usage.hear(request({ model: 'b', computeType: 'cache', ms: 1 }));
    usage.hear(request({ model: 'b', shared: true, tokens: 5 }));
    usage.hear(request({ model: 'b', tokens: 20 }));
    usage.clock.now += 20 * MINUTE;
    usage.hear({ event: 'load', model: 'b', task: TEXT, ok: true, ms: 5, memoryBytes: 300 });
    usage.hear({ event: 'load', model: 'b', task: TEXT, ok: false, ms: 5, memoryBytes: null });
    const all = usage.report(null);
    expect(perStep(all, 'hour').slice(-22)).toEqual([2, 4, ...Array.from({ length: 20 }, () => 0)]);
    expect(perStep(all, 'hour')).toHaveLength(60);
    expect(perStep(all, 'day').slice(-2)).toEqual([6, 0]);
    expect(perStep(all, 'day')).toHaveLength(96);
    expect(all.hour.start).toBe(START + 21 * MINUTE - 59 * MINUTE);
    expect(all.day.start).toBe(START + 15 * MINUTE - 95 * 15 * MINUTE);
    expect(all.hour.total).toMatchObject({
      requests: 6,
      errors: 1,
      cacheHits: 1,
      sharedRuns: 1,
      tokens: 20,
      loads: 1,
      memoryBytes: 300,
    });
    const { p50, p99 } = all.hour.total;
    expect([(p50 ?? 0) / 10, (p99 ?? 0) / 1000].every((ratio) => Math.abs(ratio - 1) <= RELATIVE_ERROR)).toBe(
      true,
    );
    expect(all.hour.models.map(({ id, requests, loads }) => [id, requests, loads])).toEqual([
      ['a', 3, 0],
      ['b', 3, 1],
    ]);
    const one = usage.report('a');
    expect([one.model, one.hour.total.requests, one.hour.models.length]).toEqual(['a', 3, 2]);
    expect(perStep(one, 'hour').slice(-22, -20)).toEqual([2, 1]);
    await usage.close();
  });

  it('forgets what is older than an hour, and than a day', async () => {
    const usage = await counting();
    usage.hear(request());
    usage.clock.now += HOUR;
    expect([usage.report(null).hour.total.requests, usage.report(null).day.total.requests]).toEqual([0, 1]);
    usage.clock.now += 23 * HOUR;
    expect(usage.report(null).day.total.requests).toBe(0);
    await usage.close();
  });

  it('counts no questions about models, no strangers, and no failure where none is', async () => {
    const usage = await counting();
    usage.hear(request({ method: 'GET' }));
    usage.hear(request({ model: 'stranger' }));
    usage.hear(request({ status: 503, error: 'loading' }));
    usage.hear(request({ status: 499, error: 'gone' }));
    expect(usage.report(null).hour.total).toMatchObject({ requests: 2, errors: 0, p50: null });
    await usage.close();
  });
});

describe('a file of usage figures', () => {
  it('keeps them across restarts', async () => {
    const file = newFile();
    const first = await counting(file);
    first.hear(request({ tokens: 7 }));
    first.pooled.push({ model: 'a', task: TEXT, loaded: true, memoryBytes: 1234, waiting: 0 });
    await first.close();
    const second = await counting(file, ['a'], START + MINUTE);
    second.hear(request());
    expect(second.report('a').hour.total).toMatchObject({ requests: 2, tokens: 7, memoryBytes: 1234 });
    expect(second.report('a').kept).toBe(true);
    await second.close();
    const third = await counting(file, ['a'], START + 2 * MINUTE);
    expect(perStep(third.report(null), 'hour').slice(-3)).toEqual([1, 1, 0]);
    expect(third.messages).toEqual([]);
    await third.close();
  });

  it('keeps them of models whose names are as long as a name may be', async () => {
    const file = newFile();
    const id = `${'o'.repeat(255)}/${'n'.repeat(255)}`;
    const first = await counting(file, [id]);
    first.hear(request({ model: id }));
    await first.close();
    const second = await counting(file, [id]);
    expect([second.report(id).hour.total.requests, second.messages]).toEqual([1, []]);
    await second.close();
  });

  it('holds no names of folders', async () => {
    const file = newFile();
    const usage = await counting(file);
    usage.hear(request());
    await usage.close();
    expect(await readFile(file, 'utf8')).not.toContain('/models/');
  });

  it('tells models of one name in two places apart', async () => {
    const file = newFile();
    const one = await counting(file);
    one.hear(request());
    await one.close();
    const repo = { target: { kind: 'folder', path: 'a' }, root: '/elsewhere/a' };
    const elsewhere = new Map([['a', { id: 'a', repo } as unknown as CatalogModel]]);
    const other = await openUsage({
      catalog: elsewhere,
      pooled: () => [],
      file,
      tell: () => undefined,
      now: () => START,
    });
    expect(other.report(null).hour.total.requests).toBe(0);
    await other.close();
  });

  it('is shared by servers at one time, and forgets nothing', async () => {
    const file = newFile();
    const servers = await Promise.all(Array.from({ length: 8 }, () => counting(file)));
    for (let round = 0; round < 25; round++) for (const one of servers) one.hear(request());
    await Promise.all(servers.map((one) => one.close()));
    const last = await counting(file);
    expect(last.report(null).hour.total.requests).toBe(200);
    expect([...servers, last].flatMap(({ messages }) => messages)).toEqual([]);
    await last.close();
    expect((await readdir(folder)).filter((name) => /lock|tmp/.test(name))).toEqual([]);
  });

  it.each([
    ['cut off', async (file: string) => (await readFile(file, 'utf8')).slice(0, -20)],
    ['full of zeros', async () => '\0'.repeat(500)],
    ['empty', async () => ''],
    [
      'with negative numbers',
      async (file: string) => (await readFile(file, 'utf8')).replaceAll('"requests":1', '"requests":-1'),
    ],
    [
      'with texts for numbers',
      async (file: string) => (await readFile(file, 'utf8')).replaceAll('"requests":1', '"requests":"1"'),
    ],
    [
      'with other parts',
      async (file: string) => (await readFile(file, 'utf8')).replace(/"day":.*/, '"day":{}}'),
    ],
    [
      'with more figures than were ever written',
      async (file: string) => {
        const figures = Array.from({ length: 20_001 }, (_, model) => `["${model}",{"latencies":[]}]`);
        return (await readFile(file, 'utf8')).replace(/"hour":.*/, `"hour":[[0,[${figures}]]],"day":[]}`);
      },
    ],
  ])('that is damaged, %s, is set aside', async (_, damage) => {
    const file = newFile();
    const first = await counting(file);
    first.hear(request());
    await first.close();
    const text = await damage(file);
    await writeFile(file, text);
    const second = await counting(file);
    const aside = `${file}.damaged-${START}`;
    expect(second.messages).toEqual([
      `The usage figures in ${file} are damaged; they were set aside as ${aside}, and are counted anew.`,
    ]);
    expect(await readFile(aside, 'utf8')).toBe(text);
    second.hear(request());
    await second.close();
    const third = await counting(file);
    expect([third.report(null).hour.total.requests, third.messages]).toEqual([1, []]);
    await third.close();
  });

  it.each(['# A card\n', '{"model_type": "bert"}', '{"format":"validate-model-card usage","version":2}'])(
    'that holds something else, %j, is left as it is',
    async (text) => {
      const file = newFile();
      await writeFile(file, text);
      const usage = await counting(file);
      usage.hear(request());
      expect(usage.report(null)).toMatchObject({ kept: false, hour: { total: { requests: 1 } } });
      await usage.close();
      expect(usage.messages).toEqual([
        expect.stringContaining(`${file} holds something else than usage figures`),
      ]);
      expect(await readFile(file, 'utf8')).toBe(text);
    },
  );

  it.runIf(process.platform !== 'win32')('is no pipe and no device', async () => {
    const [pipe, device] = [newFile(), newFile()];
    execFileSync('mkfifo', [pipe]);
    await symlink('/dev/zero', device);
    for (const place of [pipe, device]) {
      const usage = await counting(place);
      usage.hear(request());
      expect(usage.report(null)).toMatchObject({ kept: false, hour: { total: { requests: 1 } } });
      expect(usage.messages).toEqual([`Usage figures cannot be kept in ${place}: it is no file.`]);
      await usage.close();
    }
  });

  it('that cannot be written is told of once, and nothing is lost', async () => {
    const place = join(folder, 'place');
    await writeFile(place, 'a file in the place of a folder');
    const usage = await counting(join(place, 'usage.json'));
    usage.hear(request());
    await usage.close();
    await usage.close();
    expect(usage.messages).toEqual([expect.stringContaining('Usage figures cannot be kept in')]);
    expect(usage.report(null).hour.total.requests).toBe(1);
    await rm(place);
    await usage.close();
    expect(readBook(await readFile(join(place, 'usage.json'), 'utf8')).kind).toBe('book');
  });

  it.each([
    ['', -1],
    [', and the clock was set back since,', 60],
  ])('whose lock was left by a server that is gone%s is written nevertheless', async (_, minutes) => {
    const file = newFile();
    await writeFile(`${file}.lock`, '');
    const then = new Date(Date.now() + minutes * MINUTE);
    await utimes(`${file}.lock`, then, then);
    const usage = await counting(file);
    usage.hear(request());
    await usage.close();
    expect(usage.messages).toEqual([]);
    expect(readBook(await readFile(file, 'utf8')).kind).toBe('book');
  });

  it('stays small', async () => {
    const file = newFile();
    const ids = Array.from({ length: 300 }, (_, index) => `model-${index}`);
    const usage = await counting(file, ids, START - 24 * HOUR);
    for (let minute = 0; minute < 24 * 60; minute += 5) {
      usage.clock.now += 5 * MINUTE;
      for (const model of ids) usage.hear(request({ model, ms: 1 + Math.random() * 100 }));
    }
    await usage.close();
    const text = await readFile(file, 'utf8');
    expect(text.length).toBeLessThan(8_000_000);
    const found = readBook(text);
    const figures =
      found.kind === 'book' ? [...found.book.day.values()].reduce((sum, { size }) => sum + size, 0) : 0;
    expect(figures).toBeLessThanOrEqual(20_000);
    expect(figures).toBeGreaterThan(19_000);
  });

  it('is read whatever stands in it', () => {
    const json = fc.json({ maxDepth: 4 });
    fc.assert(
      fc.property(json, json, (hour, day) => {
        const text = `{"format":"validate-model-card usage","version":1,"hour":${hour},"day":${day}}`;
        expect(['book', 'damaged']).toContain(readBook(text).kind);
      }),
    );
  });
});

describe('GET /api/usage', () => {
  it('tells what was asked, also after a restart', async () => {
    const usageFile = newFile();
    const events: ServerEvent[] = [];
    const options = { usageFile, onEvent: (event: ServerEvent) => events.push(event) };
    const first = await serve([TEXT, 'fill-mask'], options);
    const url = `${first.url}/models/${TEXT}`;
    for (const inputs of ['Great!', 'Great!', 'Bad!']) expect((await post(url, { inputs })).status).toBe(200);
    expect((await post(url, '{', { 'content-type': 'application/json' })).status).toBe(400);
    const report = async (at: string) => (await read(await fetch(`${at}/api/usage`))).json as UsageReport;
    await expect.poll(async () => (await report(first.url)).hour.total.requests).toBe(4);
    const { hour, live, kept } = await report(first.url);
    expect(hour.total).toMatchObject({ requests: 4, errors: 1, cacheHits: 1, loads: 1 });
    expect(hour.total.p50).toBeGreaterThan(0);
    expect([kept, live]).toEqual([
      true,
      [
        {
          model: TEXT,
          task: TEXT,
          loaded: true,
          memoryBytes: process.platform === 'linux' ? expect.any(Number) : null,
          waiting: 0,
        },
      ],
    ]);
    await first.close();

    const second = await serve([TEXT], options);
    try {
      expect((await report(second.url)).day.total).toMatchObject({ requests: 4, errors: 1, loads: 1 });
      const one = await read(await fetch(`${second.url}/api/usage?model=${TEXT}`));
      expect([one.status, (one.json as UsageReport).model]).toEqual([200, TEXT]);
      expect((await read(await fetch(`${second.url}/api/usage?model=elsewhere`))).status).toBe(404);
    } finally {
      await second.close();
    }
    expect(events.filter(({ event }) => event === 'usage-file')).toEqual([]);
  });

  it('needs the token where there is one', async () => {
    const server = await serve([TEXT], { serveToken: 'secret-one' });
    try {
      expect((await fetch(`${server.url}/api/usage`)).status).toBe(401);
      const headers = { authorization: 'Bearer secret-one' };
      expect((await fetch(`${server.url}/api/usage`, { headers })).status).toBe(200);
    } finally {
      await server.close();
    }
  });
});
