import { describe, expect, it } from 'vitest';
import type { RequestEvent } from '../../src/serve/events.js';
import { metricsOf } from '../../src/serve/metrics.js';
import { type Family, readPrometheus } from './prometheus.js';
import { post, serve } from './served.js';

const TEXT = 'text-classification';

type Labels = Readonly<Record<string, string>>;

/** The sum of the samples of a name that have some labels. */
function figure(families: ReadonlyMap<string, Family>, name: string, labels: Labels = {}): number {
  return [...families.values()]
    .flatMap(({ samples }) => samples)
    .filter((sample) => sample.name === `validate_card_${name}`)
    .filter((sample) => Object.entries(labels).every(([key, value]) => sample.labels[key] === value))
    .reduce((sum, { value }) => sum + value, 0);
}

async function scrape(url: string, headers: Labels = {}): Promise<ReadonlyMap<string, Family>> {
  const response = await fetch(`${url}/metrics`, { headers });
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  return readPrometheus(await response.text());
}

describe('/metrics', () => {
  it('counts what was asked, computed and kept', async () => {
    // Longer than any two of the requests are apart.
    const server = await serve([TEXT, 'fill-mask'], { idleMs: 3000 });
    try {
      const url = `${server.url}/models/${TEXT}`;
      for (const inputs of ['Great!', 'Bad!', 'Great!'])
        expect((await post(url, { inputs })).status).toBe(200);
      const many = Array.from({ length: 5 }, () => post(url, { inputs: 'Shared '.repeat(200) }));
      await Promise.all(many);
      expect((await post(url, '{"inputs": 1', { 'content-type': 'application/json' })).status).toBe(400);
      const of = { model: TEXT, task: TEXT };
      // An event comes once its answer is written, which the client may see before.
      await expect.poll(async () => figure(await scrape(server.url), 'requests_total', of)).toBe(9);
      const found = await scrape(server.url);
      expect(figure(found, 'requests_total', { ...of, route: '/models/*', status: '200' })).toBe(8);
      expect(figure(found, 'requests_total', { ...of, route: '/models/*', status: '400' })).toBe(1);
      expect(figure(found, 'request_duration_seconds_count', { model: TEXT })).toBe(9);
      expect(figure(found, 'cache_hits_total', of) + figure(found, 'shared_runs_total', of)).toBe(5);
      expect(figure(found, 'cache_hits_total', of)).toBeGreaterThanOrEqual(1);
      expect(figure(found, 'compute_seconds_count', of)).toBe(3);
      expect(figure(found, 'compute_seconds_sum', of)).toBeGreaterThan(0);
      expect(figure(found, 'queue_seconds_sum', of)).toBeGreaterThan(0);
      expect(figure(found, 'model_loads_total', { ...of, outcome: 'ok' })).toBe(1);
      expect(figure(found, 'model_load_seconds_sum', of)).toBeGreaterThan(0.01);
      expect(figure(found, 'queue_length', of)).toBe(0);
      expect(figure(found, 'faults_total')).toBe(0);
      expect(figure(found, 'build_info')).toBe(1);
      await expect
        .poll(async () => figure(await scrape(server.url), 'model_evictions_total', { reason: 'idle' }))
        .toBe(1);
      const after = await scrape(server.url);
      expect(figure(after, 'worker_ends_total', { model: TEXT, reason: 'idle' })).toBe(1);
      expect(figure(after, 'models_loaded')).toBe(0);
    } finally {
      await server.close();
    }
  });

  it('tells what is loaded', async () => {
    const server = await serve([TEXT, 'fill-mask'], { pin: [TEXT] });
    try {
      const found = await scrape(server.url);
      expect(figure(found, 'models_loaded')).toBe(1);
      if (process.platform === 'linux') {
        expect(figure(found, 'model_memory_bytes', { model: TEXT, task: TEXT })).toBeGreaterThan(20e6);
      }
    } finally {
      await server.close();
    }
  });

  it('needs the token where there is one', async () => {
    const server = await serve([TEXT], { serveToken: 'secret-one' });
    try {
      expect((await fetch(`${server.url}/metrics`)).status).toBe(401);
      const found = await scrape(server.url, { authorization: 'Bearer secret-one' });
      expect(figure(found, 'requests_total', { route: '/metrics', status: '401' })).toBe(1);
    } finally {
      await server.close();
    }
  });

  it('does not grow by what clients make up', async () => {
    const server = await serve([TEXT]);
    try {
      for (let index = 0; index < 30; index++) {
        await post(`${server.url}/models/made-up-${index}`, 'x');
        await post(`${server.url}/models/${TEXT}/pipeline/made-up-${index}`, 'x');
        await fetch(`${server.url}/made/up/${index}`);
        await fetch(`${server.url}/models/%zz${index}`);
      }
      const made = async () => {
        const found = await scrape(server.url);
        expect(JSON.stringify([...found.values()])).not.toMatch(/made-up|zz/);
        return [
          figure(found, 'requests_total', { status: '404' }),
          figure(found, 'requests_total', { status: '400' }),
          found.get('validate_card_requests_total')?.samples.length,
        ];
      };
      await expect.poll(made).toEqual([90, 30, expect.any(Number)]);
      expect((await made())[2]).toBeLessThanOrEqual(8);
    } finally {
      await server.close();
    }
  });
});

describe('the figures', () => {
  const request: RequestEvent = {
    event: 'request',
    id: '1',
    method: 'POST',
    route: '/models/*',
    status: 200,
    ms: 12,
    bytesIn: 1,
    bytesOut: 2,
  };

  it('bear any name of a model', async () => {
    const name = 'a"b\\c\nd';
    const metrics = metricsOf(new Set([name]), () => [
      { model: name, task: TEXT, loaded: true, memoryBytes: 5, waiting: 2 },
    ]);
    metrics.hear({ ...request, model: name, task: TEXT, computeType: 'cpu', computeMs: 7, tokens: 30 });
    const found = readPrometheus(await metrics.text());
    const of = { model: name, task: TEXT };
    expect(figure(found, 'generated_tokens_total', of)).toBe(30);
    expect(figure(found, 'compute_seconds_sum', of)).toBeCloseTo(0.007);
    expect(figure(found, 'queue_length', of)).toBe(2);
    expect(figure(found, 'model_memory_bytes', of)).toBe(5);
  });

  it('know no model and no task that is not served', async () => {
    const metrics = metricsOf(new Set(['mine']), () => []);
    metrics.hear({ ...request, model: 'stranger', task: 'stranger', status: 404 });
    metrics.hear({ event: 'worker-end', model: 'stranger', task: 'x', reason: 'crash' });
    const found = readPrometheus(await metrics.text());
    expect(figure(found, 'requests_total', { model: 'other', task: 'other' })).toBe(1);
    expect(figure(found, 'worker_ends_total', { model: 'other', reason: 'crash' })).toBe(1);
  });

  it('are those of one server alone', async () => {
    const one = metricsOf(new Set(['mine']), () => []);
    const other = metricsOf(new Set(['mine']), () => []);
    one.hear({ ...request, model: 'mine' });
    expect(figure(readPrometheus(await one.text()), 'requests_total')).toBe(1);
    expect(figure(readPrometheus(await other.text()), 'requests_total')).toBe(0);
  });

  it('count shared runs and answers of the cache apart from what was computed', async () => {
    const metrics = metricsOf(new Set(['mine']), () => []);
    const answered = { ...request, model: 'mine', computeType: 'cpu', computeMs: 5 } as const;
    metrics.hear(answered);
    metrics.hear({ ...answered, shared: true });
    metrics.hear({ ...request, model: 'mine', computeType: 'cache' });
    const found = readPrometheus(await metrics.text());
    expect(figure(found, 'compute_seconds_count')).toBe(1);
    expect(figure(found, 'shared_runs_total')).toBe(1);
    expect(figure(found, 'cache_hits_total')).toBe(1);
  });
});

describe('the reader of these tests', () => {
  it.each([
    'a 1',
    'a 1\n',
    '# HELP a b\n# TYPE a counter\nb 1\n',
    '# HELP a b\n# TYPE a counter\na one\n',
    '# HELP a b\n# TYPE a counter\na{x="1" y="2"} 1\n',
    '# HELP a b\n# TYPE a counter\na{x="a"b"} 1\n',
    '# HELP a b\n# TYPE a counter\na 1\na 2\n',
    '# HELP a b\n# TYPE a counter\na -1\n',
    '# HELP a b\n# TYPE a histogram\na_bucket{le="1"} 2\na_bucket{le="+Inf"} 1\na_sum 1\na_count 1\n',
    '# HELP a b\n# TYPE a histogram\na_bucket{le="1"} 1\na_sum 1\na_count 1\n',
  ])('refuses %j', (text) => {
    expect(() => readPrometheus(text)).toThrow();
  });
});
