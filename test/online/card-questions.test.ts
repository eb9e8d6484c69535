import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseCard } from '../../src/card/parse.js';
import type { HubFacts } from '../../src/hub/facts.js';
import { forgetAnswers, TIME_TO_LIVE } from '../../src/online/cache.js';
import { askAboutCard, type OnlineOptions } from '../../src/online/card-questions.js';
import { BY_THE_CLOCK } from '../by-the-clock.js';
import { cpuTime } from '../cpu-time.js';
import { type HubServer, startHub } from '../hub-server/hub-server.js';

const TOKEN = 'hf_reader';
const CARD = `---
base_model:
- org/parent
- org/nowhere
new_version: org/next
datasets:
- org/data
- org/no-data
pipeline_tag: fill-mask
---
`;

let hub: HubServer;
let folder: string;

beforeEach(async () => {
  forgetAnswers();
  folder = await mkdtemp(join(tmpdir(), 'validate-card-online-'));
  hub = await startHub({
    models: {
      'org/model': {
        pipelineTag: 'fill-mask',
        libraryName: 'transformers',
        inferenceProviderMapping: [
          { provider: 'hf-inference', providerId: 'org/model', status: 'live', task: 'fill-mask' },
        ],
        info: { cardData: { pipeline_tag: 'fill-mask' } },
      },
      'org/parent': {},
      'org/next': { renamedTo: 'org/later' },
      'org/later': {},
      'org/secret': { private: true, readers: [TOKEN] },
    },
    datasets: { 'org/data': {}, squad: { renamedTo: 'org/data' } },
    tokens: { [TOKEN]: { name: 'reader', role: 'read' } },
  });
});

afterEach(async () => {
  await hub.close();
  await rm(folder, { recursive: true, force: true });
});

function ask(
  card: string,
  options: OnlineOptions & { token?: string; id?: string | null; signal?: AbortSignal } = {},
): Promise<HubFacts> {
  const { token, id = null, signal, ...online } = options;
  const access = { endpoint: hub.endpoint, ...(token === undefined ? {} : { token }) };
  return askAboutCard(parseCard(card), id, access, online, signal);
}

describe('what is asked about a card', () => {
  it('tells what is there, what is missing, and what is called otherwise', async () => {
    const facts = await ask(CARD, { token: TOKEN, id: 'org/model' });
    expect(Object.fromEntries(facts.models)).toEqual({
      'org/parent': { kind: 'found', id: 'org/parent' },
      'org/nowhere': { kind: 'missing' },
      'org/next': { kind: 'found', id: 'org/later' },
    });
    expect(Object.fromEntries(facts.datasets)).toEqual({
      'org/data': { kind: 'found', id: 'org/data' },
      'org/no-data': { kind: 'missing' },
    });
    expect(facts.page).toEqual({
      id: 'org/model',
      task: 'fill-mask',
      library: 'transformers',
      declared: { task: 'fill-mask', library: null },
      providers: [{ name: 'hf-inference', status: 'live', task: 'fill-mask' }],
    });
    expect(facts.gap).toBeNull();
    expect(hub.requests).toHaveLength(7);
    expect(hub.requests.every(({ host }) => host === 'hub')).toBe(true);
  });

  it('cannot tell private from missing without a token, and does not guess', async () => {
    const facts = await ask('---\nbase_model: [org/secret, org/nowhere]\n---\n');
    expect([...facts.models.values()]).toEqual([{ kind: 'hidden' }, { kind: 'hidden' }]);
    expect(facts.gap).toBeNull();
    const known = await ask('---\nbase_model: org/secret\n---\n', { token: TOKEN });
    expect(known.models.get('org/secret')).toEqual({ kind: 'found', id: 'org/secret' });
  });

  it('follows the short names of old', async () => {
    const facts = await ask('---\nbase_model: gpt2\ndatasets: squad\n---\n', { token: TOKEN });
    expect(facts.datasets.get('squad')).toEqual({ kind: 'found', id: 'org/data' });
    expect(facts.models.get('gpt2')).toEqual({ kind: 'missing' });
  });

  it('says that a token is not accepted, rather than that nothing is known', async () => {
    const facts = await ask('---\nbase_model: org/parent\n---\n', { token: 'hf_expired' });
    expect(facts.models.size).toBe(0);
    expect(facts.gap).toEqual({
      reason: 'token',
      detail: 'The Hub does not accept the token from the settings.',
      unanswered: 1,
    });
  });

  it('takes 403 for no answer to the question', async () => {
    hub.fault({ path: '/api/models/org/parent', answer: { status: 403, body: '{}' } });
    const facts = await ask('---\nbase_model: org/parent\n---\n');
    expect(facts.models.get('org/parent')).toEqual({ kind: 'hidden' });
    expect(facts.gap).toBeNull();
  });

  it('asks for nothing but ids, once each', async () => {
    const facts = await ask(
      '---\nbase_model: [./local, /data/x, "a b", "../..", org/.., null, 3, org/parent, org/parent, "org/a?b=c", "https://huggingface.co/a/b"]\nnew_version: org/parent\n---\n',
    );
    expect(hub.requests.map(({ path }) => path)).toEqual(['/api/models/org/parent?expand[]=private']);
    expect([...facts.models.keys()]).toEqual(['org/parent']);
  });

  it('asks nothing about a card that names nothing', async () => {
    expect(await ask('# Card\n')).toEqual({
      models: new Map(),
      datasets: new Map(),
      page: null,
      gap: null,
      validator: [],
    });
    expect(hub.requests).toEqual([]);
  });

  it('asks through the fetch it is given, and no other way', async () => {
    const addresses: string[] = [];
    const given: typeof fetch = async (input) => {
      addresses.push(String(input));
      return new Response('{"id":"org/parent","private":false}');
    };
    const access = { endpoint: 'https://hub.invalid', fetch: given };
    const facts = await askAboutCard(parseCard('---\nbase_model: org/parent\n---\n'), null, access);
    expect(addresses).toEqual(['https://hub.invalid/api/models/org/parent?expand[]=private']);
    expect(facts.models.get('org/parent')?.kind).toBe('found');
  });

  it('sends the token to the Hub alone', async () => {
    const other = await startHub({ models: { 'org/parent': {} } });
    try {
      hub.fault({
        path: '/api/models/org/parent',
        answer: { status: 307, headers: { location: `${other.endpoint}/api/models/org/parent` } },
      });
      const facts = await ask('---\nbase_model: org/parent\n---\n', { token: TOKEN });
      expect(other.requests).toEqual([]);
      expect(facts.models.size).toBe(0);
      expect(facts.gap).toMatchObject({ reason: 'odd-answer', unanswered: 1 });
      expect(hub.requests[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`);
    } finally {
      await other.close();
    }
  });
});

describe('a Hub that does not answer as it should', () => {
  const one = '---\nbase_model: org/parent\n---\n';

  it.each([
    [429, { 'retry-after': '17' }, 'rate-limited', 'it asks to wait 17 seconds'],
    [429, { 'retry-after': '1\u001b[31m' }, 'rate-limited', 'too many requests.'],
    [500, {}, 'odd-answer', 'status 500'],
    [400, {}, 'odd-answer', 'status 400'],
    [302, {}, 'odd-answer', 'redirects'],
  ])('status %i ends the questions with one note', async (status, headers, reason, detail) => {
    const safe = Object.fromEntries(
      Object.entries(headers).map(([key, value]) => [key, value.replace('\u001b', '')]),
    );
    hub.fault({ path: '/api/', answer: { status, headers: safe, body: '{}' } });
    const facts = await ask(one);
    expect(facts.models.size).toBe(0);
    expect(facts.gap?.reason).toBe(reason);
    expect(facts.gap?.detail).toContain(detail);
    expect(facts.gap?.unanswered).toBe(1);
  });

  it.each([
    ['no JSON', '<html>Please log in to this network</html>'],
    ['a list', '[]'],
    ['null', 'null'],
    ['nothing', ''],
    ['more than a megabyte', `{"a":"${'x'.repeat(1024 * 1024)}"}`],
  ])('%s ends the questions with one note', async (_, body) => {
    hub.fault({ path: '/api/', answer: { status: 200, body } });
    const facts = await ask(one);
    expect(facts.models.size).toBe(0);
    expect(facts.gap).toMatchObject({ reason: 'odd-answer', unanswered: 1 });
  });

  it('reads no further than the limit of an endless answer', async () => {
    const piece = new Uint8Array(64 * 1024).fill(32);
    let sent = 0;
    function* endless() {
      for (;;) {
        sent += piece.length;
        yield piece;
      }
    }
    hub.fault({ path: '/api/', answer: { status: 200, body: endless() } });
    expect((await ask(one)).gap?.reason).toBe('odd-answer');
    expect(sent).toBeLessThan(64 * 1024 * 1024);
  });

  it('keeps strange values of a model page out', async () => {
    const body = {
      id: '../../etc',
      pipeline_tag: ['fill-mask'],
      library_name: 'x'.repeat(300),
      cardData: 'none',
      inferenceProviderMapping: {
        together: { status: 'live', task: 7 },
        'a b': { status: 'live' },
        odd: { status: 'sleeping' },
        none: null,
      },
      __proto__: { private: false },
    };
    hub.fault({ path: '/api/models/org/model', answer: { status: 200, body: JSON.stringify(body) } });
    expect((await ask('# Card\n', { id: 'org/model' })).page).toEqual({
      id: 'org/model',
      task: null,
      library: null,
      declared: { task: null, library: null },
      providers: [{ name: 'together', status: 'live', task: null }],
    });
  });

  it('bears an answer that is nested without end', async () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    hub.fault({
      path: '/api/models/org/model',
      answer: { status: 200, body: `{"private":false,"x":${deep}}` },
    });
    expect((await ask('# Card\n', { id: 'org/model' })).page).toMatchObject({ id: 'org/model', task: null });
  });

  it('gives up on a Hub that hangs, and asks no more', BY_THE_CLOCK, async () => {
    hub.fault({ path: '/api/', answer: 'hang', times: 100 });
    const started = performance.now();
    const facts = await ask(
      `---\nbase_model: [${Array.from({ length: 12 }, (_, i) => `org/m${i}`)}]\n---\n`,
      {
        timeoutMs: 150,
      },
    );
    expect(performance.now() - started).toBeLessThan(3000);
    expect(facts.gap).toEqual({
      reason: 'unreachable',
      detail: 'The Hub did not answer within 0.15 seconds.',
      unanswered: 12,
    });
    expect(hub.requests.length).toBeLessThanOrEqual(4);
  });

  it.each(['close', 'cut', 'stall'] as const)('survives a connection that %ss', async (answer) => {
    hub.fault({ path: '/api/', answer });
    const facts = await ask(one, { timeoutMs: 300 });
    expect(facts.gap).toMatchObject({ reason: 'unreachable', unanswered: 1 });
  });

  it('survives a Hub that is not there', async () => {
    const { endpoint } = hub;
    await hub.close();
    const facts = await askAboutCard(parseCard(CARD), 'org/model', { endpoint });
    expect(facts.gap).toEqual({
      reason: 'unreachable',
      detail: 'The Hub could not be reached.',
      unanswered: 6,
    });
    hub = await startHub();
  });

  it('follows no circle of redirects', async () => {
    hub.fault({
      path: '/api/models/org/parent',
      answer: { status: 307, headers: { location: '/api/models/org/parent' } },
      times: 100,
    });
    expect((await ask(one)).gap?.reason).toBe('odd-answer');
    expect(hub.requests.length).toBeLessThanOrEqual(4);
  });

  it('ends when it is interrupted', async () => {
    hub.fault({ path: '/api/', answer: 'hang' });
    const stop = new AbortController();
    const asking = ask(one, { signal: stop.signal });
    setTimeout(() => stop.abort(new Error('Enough.')), 50);
    await expect(asking).rejects.toThrow('Enough.');
  });
});

describe('the budget', () => {
  const many = `---\nbase_model: [${Array.from({ length: 30 }, (_, i) => `org/m${i}`)}]\n---\n`;

  it('is twenty requests by default, the page first', async () => {
    const facts = await ask(many, { token: TOKEN, id: 'org/model' });
    expect(hub.requests).toHaveLength(20);
    expect(hub.requests[0]?.path).toContain('/api/models/org/model?');
    expect(facts.models.size).toBe(19);
    expect(facts.gap).toEqual({
      reason: 'budget',
      detail: 'The budget of 20 requests is spent.',
      unanswered: 11,
    });
  });

  it('bounds the work for a card that names a hundred thousand', async () => {
    const endless = `---\ndatasets:\n${Array.from({ length: 100_000 }, (_, i) => `- org/d${i}`).join('\n')}\n---\n`;
    const card = parseCard(endless);
    expect(card.metadata).not.toBeNull();
    const computed = cpuTime();
    const facts = await askAboutCard(card, null, { endpoint: hub.endpoint, token: TOKEN }, { budget: 2 });
    expect(computed()).toBeLessThan(2000);
    expect(facts.datasets.size).toBe(2);
    expect(hub.requests).toHaveLength(2);
    expect(facts.gap?.reason).toBe('budget');
  });

  it('can be smaller, and none at all', async () => {
    expect((await ask(many, { token: TOKEN, budget: 3 })).models.size).toBe(3);
    expect((await ask(many, { token: TOKEN, budget: 0 })).gap?.unanswered).toBe(30);
    expect(hub.requests).toHaveLength(3);
  });
});

describe('the cache', () => {
  it('spares requests in one process, and from one process to the next', async () => {
    await ask(CARD, { token: TOKEN, cacheFolder: folder });
    const first = hub.requests.length;
    const again = await ask(CARD, { cacheFolder: folder, token: TOKEN });
    // What is missing depends on who asks: it is asked again.
    expect(hub.requests.slice(first).map(({ path }) => path.split('?')[0])).toEqual([
      '/api/models/org/nowhere',
      '/api/datasets/org/no-data',
    ]);
    forgetAnswers();
    const other = await ask(CARD, { cacheFolder: folder, token: TOKEN });
    expect(hub.requests.length).toBe(first + 4);
    expect(other).toEqual(again);
    forgetAnswers();
    await ask(CARD, { token: TOKEN });
    expect(hub.requests.length).toBe(first + 4 + first);
  });

  it('holds no token, and nothing that only its holder may know', async () => {
    await ask('---\nbase_model: [org/secret, org/parent]\n---\n', { token: TOKEN, cacheFolder: folder });
    const files = await readdir(folder);
    expect(files).toHaveLength(1);
    for (const file of files) {
      const text = await readFile(join(folder, file), 'utf8');
      expect(text).toContain('/api/models/org/parent');
      expect(text).not.toContain(TOKEN);
      if (process.platform !== 'win32') expect((await stat(join(folder, file))).mode & 0o077).toBe(0);
    }
    const stranger = await ask('---\nbase_model: org/secret\n---\n', { cacheFolder: folder });
    expect(stranger.models.get('org/secret')).toEqual({ kind: 'hidden' });
  });

  it('forgets after a while, and takes nothing from the future or from strangers', async () => {
    const card = '---\nbase_model: org/parent\n---\n';
    await ask(card, { cacheFolder: folder });
    const [name = ''] = await readdir(folder);
    const file = join(folder, name);
    const kept = JSON.parse(await readFile(file, 'utf8')) as { address: string; at: number; body: object };
    const texts = [
      JSON.stringify({ ...kept, at: kept.at - TIME_TO_LIVE }),
      JSON.stringify({ ...kept, at: kept.at + 3_600_000 }),
      JSON.stringify({ ...kept, at: 'now' }),
      JSON.stringify({ ...kept, address: 'http://elsewhere/' }),
      JSON.stringify({ ...kept, body: [1] }),
      '{"address":',
      'x'.repeat(1024 * 1024),
      '',
    ];
    for (const text of texts) {
      await writeFile(file, text);
      forgetAnswers();
      const before = hub.requests.length;
      expect((await ask(card, { cacheFolder: folder })).models.get('org/parent')?.kind).toBe('found');
      expect(hub.requests.length, text.slice(0, 80)).toBe(before + 1);
    }
  });

  it('is no reason to fail where nothing can be written', async () => {
    const file = join(folder, 'a-file');
    await writeFile(file, '');
    const facts = await ask('---\nbase_model: org/parent\n---\n', { cacheFolder: join(file, 'cache') });
    expect(facts.models.get('org/parent')?.kind).toBe('found');
  });
});
