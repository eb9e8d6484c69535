import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCatalog } from '../../src/serve/catalog.js';
import { createServer } from '../../src/serve/model-server.js';
import type { ServedModels } from '../../src/serve/server-options.js';
import { openUsage } from '../../src/serve/usage/usage.js';
import { launchBrowser } from '../browser.js';
import { FIXTURES, post } from '../serve/served.js';
import { builtPage } from './built-page.js';
import { withPage } from './open-page.js';
import { serious } from './serious.js';

const TEXT = 'text-classification';
const TARGETS = [TEXT, 'fill-mask', 'text-generation'].map((id) => `${FIXTURES}${id}`);
/** For a look at what is drawn: a folder for pictures. */
const PICTURES = process.env.VALIDATE_CARD_TEST_PICTURES;

let folder: string;
let usageFile: string;
let pages: string;
let server: ServedModels;
let browser: Browser;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'usage-page-'));
  usageFile = join(folder, 'usage.json');
  await writePast();
  pages = await builtPage();
  server = await createServer({ cwd: FIXTURES, targets: TARGETS, pageFolder: pages, usageFile });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Figures of the day before now, as a server would have left them: 3,000 requests, 30 of which failed. */
async function writePast(): Promise<void> {
  const clock = { now: Date.now() };
  const ending = clock.now;
  const usage = await openUsage({
    catalog: await openCatalog(TARGETS, { cwd: FIXTURES }),
    pooled: () => [],
    file: usageFile,
    tell: () => undefined,
    now: () => clock.now,
  });
  const request = {
    event: 'request',
    id: '1',
    method: 'POST',
    route: '/models/*',
    bytesIn: 1,
    bytesOut: 1,
  } as const;
  for (let index = 0; index < 3000; index++) {
    // Most of it lately.
    clock.now = ending - 23 * 3_600_000 * (1 - (index + 1) / 3000) ** 2.2;
    const wave = 1 + Math.sin(index / 40);
    const model = [TEXT, TEXT, 'fill-mask', 'text-generation'][index % 4] ?? TEXT;
    usage.hear({
      ...request,
      model,
      ...(index % 100 === 50 ? ({ status: 500, error: 'model-failed' } as const) : { status: 200 }),
      ms: 4 + 6 * wave + (index % 37) + (index % 90 === 0 ? 400 : 0),
      ...(index % 5 === 0 ? { computeType: 'cache' as const } : {}),
      ...(index % 11 === 0 ? { shared: true as const } : {}),
      ...(model === 'text-generation' ? { tokens: 20 + (index % 60) } : {}),
    });
    if (index % 300 === 0) {
      const memoryBytes = 150e6 + index * 4e4;
      usage.hear({ event: 'load', model, task: TEXT, ok: true, ms: 900, memoryBytes });
    }
  }
  clock.now = ending;
  await usage.close();
}

/** Looks at a page of the server, which asks nobody else, and of which nothing is refused. */
function open(
  path: string,
  look: (page: Page) => Promise<void>,
  options: BrowserContextOptions = {},
  base = server.url,
): Promise<void> {
  return withPage(
    browser,
    `${base}${path}`,
    async (page, { requests, complaints }) => {
      await look(page);
      expect(complaints).toEqual([]);
      expect(requests.filter((url) => !url.startsWith(base))).toEqual([]);
    },
    options,
  );
}

async function picture(page: Page, name: string): Promise<void> {
  if (PICTURES !== undefined)
    writeFileSync(join(PICTURES, `${name}.png`), await page.screenshot({ fullPage: true }));
}

const tile = async (page: Page, name: string): Promise<string> =>
  page.locator('.tiles > div', { hasText: name }).first().locator('b').innerText();
const bars = (page: Page, title: string): Promise<number> =>
  page.locator('figure.chart', { hasText: title }).locator('svg[role=img] .bar').count();

describe('the usage page', () => {
  it('is found from the list, and shows the hour and the day', async () => {
    await open('/', async (page) => {
      await page.getByRole('link', { name: 'Usage', exact: true }).click();
      await page.waitForSelector('.charts svg[role=img]');
      expect(await page.title()).toBe('Usage · Models at home');
      expect(await page.locator('figure.chart h2').allInnerTexts()).toEqual([
        'Requests',
        'Latency',
        'Answers that were not computed anew',
        'Tokens written',
        'Memory of loaded models',
        'Loads of models',
      ]);
      await picture(page, 'usage-hour');
      const lately = Number((await tile(page, 'Requests')).replace(/\D/g, ''));
      expect(lately).toBeGreaterThan(100);
      expect(await bars(page, 'Requests')).toBeGreaterThan(20);
      await page.getByRole('radio', { name: 'Last day' }).check();
      await expect.poll(() => tile(page, 'Requests')).toBe('3,000');
      expect(lately).toBeLessThan(3000);
      expect(await tile(page, 'Errors')).toBe('30');
      expect(await page.locator('figure.chart .line').count()).toBeGreaterThanOrEqual(3);
      expect(page.url()).toBe(`${server.url}/usage?span=day`);
    });
  });

  it('has a table behind every chart, which tells the same', async () => {
    await open('/usage?span=day', async (page) => {
      const chart = page.locator('figure.chart', { hasText: 'Requests' }).first();
      await chart.locator('summary').click();
      const cells = await chart
        .locator('tbody tr')
        .evaluateAll((rows) =>
          rows.map((row) =>
            [...row.querySelectorAll('td')].map((cell) => Number(cell.textContent?.replace(/\D/g, ''))),
          ),
        );
      const sum = (at: number) => cells.reduce((total, row) => total + (row[at] ?? 0), 0);
      expect([sum(0), sum(1)]).toEqual([2970, 30]);
      expect(await page.locator('figure.chart').count()).toBe(
        await page.locator('figure.chart table').count(),
      );
    });
  });

  it('shows one model, and all of them in a table', async () => {
    await open('/usage?span=day', async (page) => {
      await page.waitForSelector('.by-model tbody tr');
      const rows = await page
        .locator('.by-model tbody tr')
        .evaluateAll((all) =>
          all.map((row) => [...row.children].slice(0, 3).map((cell) => cell.textContent)),
        );
      expect(rows).toEqual([
        [TEXT, 'not loaded', '1,500'],
        ['fill-mask', 'not loaded', '750'],
        ['text-generation', 'not loaded', '750'],
      ]);
      await page.getByRole('combobox', { name: 'Model' }).selectOption('fill-mask');
      await expect.poll(() => tile(page, 'Requests')).toBe('750');
      expect(page.url()).toContain('model=fill-mask');
      await page.reload();
      await page.waitForSelector('.tiles');
      expect(await tile(page, 'Requests')).toBe('750');
    });
  });

  it('says that nothing was asked, where nothing was, and what is, as soon as it is', async () => {
    const fresh = await createServer({
      cwd: FIXTURES,
      targets: [`${FIXTURES}${TEXT}`],
      pageFolder: pages,
    });
    try {
      await open(
        `/usage?model=${TEXT}`,
        async (page) => {
          await page.waitForSelector('.tiles');
          expect(await page.locator('.nothing').count()).toBe(6);
          expect(await page.locator('.usage-head').innerText()).toContain('not kept when it ends');
          expect(await serious(page)).toEqual([]);
          await picture(page, 'usage-empty');
          const row = page.locator('.by-model tbody tr', { hasText: TEXT });
          expect(await row.innerText()).toContain('not loaded');
          expect((await post(`${fresh.url}/models/${TEXT}`, { inputs: 'Live!' })).status).toBe(200);
          await expect.poll(() => tile(page, 'Requests')).toBe('1');
          expect(await row.locator('td').first().innerText()).toBe('loaded');
          expect(await bars(page, 'Requests')).toBe(1);
          if (process.platform === 'linux') expect(await tile(page, 'Memory now')).toMatch(/^\d+ MB$/);
        },
        {},
        fresh.url,
      );
    } finally {
      await fresh.close();
    }
  });

  it.each([
    ['light', {}],
    ['dark', { colorScheme: 'dark' }],
    ['phone', { viewport: { width: 360, height: 740 }, colorScheme: 'dark', isMobile: true }],
  ] as const)('can be used by everybody: %s', async (name, options) => {
    await open(
      '/usage?span=day',
      async (page) => {
        await page.waitForSelector('.charts svg[role=img]');
        await page.locator('summary').first().click();
        expect(await serious(page)).toEqual([]);
        const [seen, whole] = await page.evaluate(() => [
          document.documentElement.clientWidth,
          document.documentElement.scrollWidth,
        ]);
        expect(whole).toBeLessThanOrEqual(seen ?? 0);
        await picture(page, `usage-${name}`);
      },
      options,
    );
  });

  it('says that the server does not answer, and goes on with another one', async () => {
    const start = (port = 0) => createServer({ cwd: FIXTURES, targets: TARGETS, pageFolder: pages, port });
    let other = await start();
    try {
      await withPage(browser, `${other.url}/usage`, async (page) => {
        await page.waitForSelector('.tiles');
        await other.close();
        const gone = page.getByRole('status').getByText('The server does not answer. Is it still running?');
        await gone.waitFor();
        expect(await serious(page)).toEqual([]);
        other = await start(Number(new URL(other.url).port));
        await gone.waitFor({ state: 'detached' });
      });
    } finally {
      await other.close();
    }
  });

  it('waits for figures that take longer than it is until they are asked for again', async () => {
    await withPage(browser, `${server.url}/usage`, async (page) => {
      await page.route('**/api/usage', (route) => {
        // The page may have left.
        setTimeout(() => route.continue().catch(() => undefined), 2500);
      });
      await page.reload();
      await page.locator('.tiles').waitFor();
    });
  });

  it('is reached with the keyboard', async () => {
    await open('/usage', async (page) => {
      await page.waitForSelector('.tiles');
      await page.locator('input[name=span][value=hour]').focus();
      await page.keyboard.press('ArrowRight');
      await expect.poll(() => tile(page, 'Requests')).toBe('3,000');
      expect(page.url()).toContain('span=day');
      await page.keyboard.press('Tab');
      expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('SELECT');
    });
  });

  it('asks for the token where there is one', async () => {
    const locked = await createServer({
      cwd: FIXTURES,
      targets: [`${FIXTURES}${TEXT}`],
      pageFolder: pages,
      serveToken: 'secret-one',
    });
    const context = await browser.newContext();
    try {
      const page = await context.newPage();
      await page.goto(`${locked.url}/usage`);
      await page.locator('input[type=password]').fill('secret-one');
      await page.keyboard.press('Enter');
      await page.waitForSelector('.tiles');
      expect(await page.locator('h1').innerText()).toBe('Usage');
    } finally {
      await context.close();
      await locked.close();
    }
  });
});
