import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createServer } from '../../src/serve/model-server.js';
import type { ServedModels } from '../../src/serve/server-options.js';
import { launchBrowser } from '../browser.js';
import { FIXTURES } from '../serve/served.js';
import { builtPage } from './built-page.js';
import { HOSTILE_CARD, HOSTILE_NAME, OBEYED } from './hostile-card.js';
import { withPage } from './open-page.js';
import { serious } from './serious.js';

/** A white pixel. */
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4////fwAJ+wP9KobjigAAAABJRU5ErkJggg==',
  'base64',
);
const PHONE = { viewport: { width: 360, height: 740 } };
const DARK = { colorScheme: 'dark' } as const;

const CARD = `---
license: apache
language:
- english
- de
pipeline_tag: text-classification
tags:
- sentiment
inference: false
widget:
- text: A remarkable film!
---
# A model

See [the use](#the-use), [the settings](./config.json) and ![the logo](pictures/logo.png) ![a drawing](drawing.svg).

| a | b |
| - | - |
| 1 | 2 |

## The use

- [x] done

![A cat elsewhere](https://elsewhere.invalid/cat.png)
`;

let folder: string;
let pages: string;
let server: ServedModels;
let browser: Browser;
beforeAll(async () => {
  pages = await builtPage();
  folder = mkdtempSync(join(tmpdir(), 'page-'));
  for (const name of ['good', 'faulty', 'hostile', 'edited', HOSTILE_NAME]) {
    cpSync(`${FIXTURES}text-classification`, join(folder, name), { recursive: true });
  }
  write('faulty/README.md', CARD);
  mkdirSync(join(folder, 'faulty', 'pictures'));
  write('faulty/pictures/logo.png', PIXEL);
  write(
    'faulty/drawing.svg',
    '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="9"><rect width="8" height="9"/></svg>',
  );
  write('hostile/README.md', HOSTILE_CARD);
  write('hostile/sample.png', PIXEL);
  server = await createServer({ cwd: folder, targets: ['*'], watch: true, pageFolder: pages });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
});

function write(path: string, content: string | Buffer): void {
  writeFileSync(join(folder, path), content);
}

/** Looks at a page of the server; `requests` is all it asked for. */
function open(
  path: string,
  look: (page: Page, requests: readonly string[]) => Promise<void>,
  options: BrowserContextOptions = {},
  base = server.url,
): Promise<void> {
  return withPage(
    browser,
    `${base}${path}`,
    async (page, { requests }) => {
      await page.waitForSelector('main h1');
      await look(page, requests);
    },
    options,
  );
}

describe('the list', () => {
  it('names models with task, library, verdict, findings and state, and filters them', async () => {
    await open('/', async (page) => {
      await page.waitForSelector('.models > li');
      expect(await page.title()).toBe('Models at home');
      const good = page.locator('.models > li', { hasText: 'good' });
      expect(await good.locator('.chip').allInnerTexts()).toEqual([
        'text-classification',
        'transformers',
        'Widget live',
        'API on',
        'no findings',
      ]);
      expect(await good.locator('.state').innerText()).toBe('Not loaded');
      await page.getByLabel('Filter by name').fill('fault TEXT');
      await page.waitForFunction(() => document.querySelectorAll('.models > li').length === 1);
      expect(await page.locator('.models h2').allInnerTexts()).toEqual(['faulty']);
      expect(await page.locator('.list-head [role=status]').innerText()).toBe('1 of 5 models');
      await page.getByRole('link', { name: 'faulty' }).click();
      await page.waitForURL('**/faulty');
      expect(await page.locator('main h1').innerText()).toBe('faulty');
    });
  });
});

describe('the page of a model', () => {
  it('shows metadata, and marks what a finding points at', async () => {
    await open('/faulty', async (page) => {
      const chips = await page.locator('.model-head .chip').allInnerTexts();
      expect(chips.map((chip) => chip.replace(/\s+/g, ' ').trim())).toEqual([
        'text-classification',
        expect.stringMatching(/^License ?apache ?, error: see the finding$/),
        expect.stringMatching(/^Language ?english ?, error: see the finding$/),
        expect.stringMatching(/^Language ?de$/),
        'sentiment',
      ]);
      expect(await page.locator('.model-head .chip.error').count()).toBe(2);
      const finding = page.locator('.findings li', { hasText: 'is not a license' });
      await finding.locator('summary').click();
      expect(await finding.locator('.excerpt').isVisible()).toBe(false);
      await page.locator('.model-head').getByRole('link', { name: 'apache' }).click();
      expect(await finding.locator('.excerpt').isVisible()).toBe(true);
    });
  });

  it('tells findings with place, lines and edit', async () => {
    await open('/faulty', async (page) => {
      const finding = page.locator('.findings li', { hasText: 'is not a language code' });
      const text = await finding.innerText();
      expect(text).toContain('language-unknown');
      expect(text).toContain('README.md, line 4');
      expect(await finding.locator('mark').innerText()).toBe('english');
      expect(await finding.locator('.diff .removed').innerText()).toMatch(/^- - english/);
      expect(await finding.locator('.diff .added').innerText()).toMatch(/^\+ - en/);
    });
  });

  it('tells the verdict, what it rests on and what flips it', async () => {
    await open('/faulty', async (page) => {
      const verdict = await page.locator('.verdict').innerText();
      expect(verdict).toContain('No widget');
      expect(verdict).toContain('API off: ExplicitOptOut');
      expect(verdict).toContain('pipeline_tag: text-classification (line 6)');
      expect(await page.locator('.remedy .diff .removed').innerText()).toContain('inference: false');
      expect(await page.locator('.remedy .diff .added').innerText()).toContain('library_name: transformers');
    });
  });

  it('renders the card: headings to link to, tables, files of the repository, and nothing from elsewhere', async () => {
    await open('/faulty', async (page, requests) => {
      expect(await page.locator('.card h2').allInnerTexts()).toEqual(['A model']);
      expect(await page.locator('.card table td').allInnerTexts()).toEqual(['1', '2']);
      expect(await page.locator('.card li').innerText()).toBe('☑ done');
      await page.waitForFunction(
        () => (document.querySelector('.card img') as HTMLImageElement | null)?.naturalWidth === 1,
      );
      expect(await page.locator('.card img').first().getAttribute('alt')).toBe('the logo');
      await page.waitForFunction(
        () =>
          (document.querySelector('.card img[alt="a drawing"]') as HTMLImageElement | null)?.naturalWidth ===
          8,
      );
      expect(await page.getByRole('link', { name: 'the settings' }).getAttribute('href')).toBe(
        '/faulty/resolve/main/config.json',
      );
      await page.getByRole('link', { name: 'the use' }).click();
      expect(new URL(page.url()).hash).toBe('#card-the-use');
      expect(await page.locator('#card-the-use').innerText()).toBe('The use');
      expect(await page.locator('.card .remote').innerText()).toBe(
        'A cat elsewhere picture not loaded: https://elsewhere.invalid/cat.png',
      );
      expect(requests.filter((url) => !url.startsWith(server.url) && !url.startsWith('data:'))).toEqual([]);
    });
  });

  it('obeys nothing that a card says', async () => {
    await open('/hostile', async (page, requests) => {
      await page.getByText('The end of the card.').waitFor();
      await page.waitForTimeout(500);
      // What a careless click would do.
      for (const link of await page.locator('.card a').all()) {
        const href = await link.getAttribute('href');
        expect(href ?? '#').toMatch(/^(?:#|https:|\/hostile\/resolve)/);
      }
      await page.locator('.card a', { hasText: /^script$/ }).click();
      expect(await page.evaluate((name) => Reflect.get(window, name), OBEYED)).toBeUndefined();
      expect(new URL(page.url()).pathname).toBe('/hostile');
      expect(requests.filter((url) => !url.startsWith(server.url) && !url.startsWith('data:'))).toEqual([]);
      expect(
        await page
          .locator('.card')
          .locator('script, style, iframe, object, embed, form, input, meta, base, link, svg, math, template')
          .count(),
      ).toBe(0);
      const attributes = await page
        .locator('.card .rendered')
        .evaluate((card) =>
          [...card.querySelectorAll('*')].flatMap((element) =>
            [...element.attributes].map(({ name }) => name),
          ),
        );
      expect(attributes.filter((name) => /^on|^style$|srcset|background|poster/.test(name))).toEqual([]);
      expect(await page.locator('#content').count()).toBe(1);
      // The code block shows what it is about.
      expect(await page.locator('.card pre').innerText()).toContain('<script>');
      expect(await page.locator('.card .remote').count()).toBeGreaterThan(3);
    });
  });

  it('obeys no name of a folder', async () => {
    await open('/', async (page) => {
      await page.getByRole('link', { name: HOSTILE_NAME }).click();
      await page.locator('.card h2').waitFor();
      expect(await page.locator('h1').innerText()).toBe(HOSTILE_NAME);
      expect(await page.title()).toContain(HOSTILE_NAME);
      expect(await page.evaluate((name) => Reflect.get(window, name), OBEYED)).toBeUndefined();
    });
  });

  it('follows the policy where the sanitiser would fail: no markup becomes a script', async () => {
    await open('/good', async (page) => {
      const blocked = await page.evaluate(() => {
        const place = document.createElement('div');
        try {
          place.innerHTML = '<b>x</b>';
          return false;
        } catch {
          return true;
        }
      });
      expect(blocked).toBe(true);
    });
  });

  it('says that there is no such model', async () => {
    await open('/nothing%20here', async (page) => {
      await page.locator('[role=alert]').waitFor();
      expect(await page.locator('h1').innerText()).toBe('There is no model nothing here here');
    });
  });

  it('is shown by a browser that lets pages keep nothing', async () => {
    const context = await browser.newContext();
    try {
      await context.addInitScript(() =>
        Object.defineProperty(window, 'sessionStorage', {
          get() {
            throw new DOMException('Access is denied for this document.', 'SecurityError');
          },
        }),
      );
      const page = await context.newPage();
      await page.goto(`${server.url}/good`);
      await page.locator('.card h2').first().waitFor();
    } finally {
      await context.close();
    }
  });

  it('says so where it cannot be drawn, and can be tried again', async () => {
    const context = await browser.newContext();
    try {
      const page = await context.newPage();
      let times = 0;
      await page.route('**/api/models/good', (route) =>
        times++ === 0
          ? route.fulfill({ json: { id: 'good', support: 'none of its kind' } })
          : route.continue(),
      );
      await page.goto(`${server.url}/good`);
      const alert = page.locator('[role=alert]');
      await alert.waitFor();
      expect(await alert.locator('h1').innerText()).toBe('This cannot be shown');
      await alert.locator('button').click();
      await page.locator('main h1', { hasText: 'good' }).waitFor();
    } finally {
      await context.close();
    }
  });
});

describe('for everybody', () => {
  it.each([
    ['the list', '/', {}],
    ['the list, dark', '/', DARK],
    ['a model', '/faulty', {}],
    ['a model, dark', '/faulty', DARK],
    ['a model on a phone', '/faulty', PHONE],
    ['a hostile card', '/hostile', {}],
    ['a good card on a phone, dark', '/good', { ...PHONE, ...DARK }],
    ['no model', '/none', {}],
  ] satisfies [string, string, BrowserContextOptions][])(
    'axe finds nothing serious: %s',
    async (_, path, options) => {
      await open(
        path,
        async (page) => {
          await page.waitForSelector('.models, .card, [role=alert]');
          expect(await serious(page)).toEqual([]);
        },
        options,
      );
    },
  );

  it.each(['/', '/faulty', '/hostile', '/good'])('%s is no wider than a phone', async (path) => {
    await open(
      path,
      async (page) => {
        await page.waitForSelector('.models, .card');
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
      },
      PHONE,
    );
  });

  it('is dark where the system is', async () => {
    const colour = async (options: BrowserContextOptions) => {
      let found = '';
      await open(
        '/',
        async (page) => {
          found = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
        },
        options,
      );
      const [red = 0, green = 0, blue = 0] = (found.match(/\d+/g) ?? []).map(Number);
      return (red + green + blue) / 3;
    };
    expect(await colour({})).toBeGreaterThan(200);
    expect(await colour(DARK)).toBeLessThan(50);
  });

  it('leads the keyboard past the head of the page', async () => {
    await open('/faulty', async (page) => {
      await page.waitForSelector('.card');
      await page.keyboard.press('Tab');
      expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the content');
      await page.keyboard.press('Enter');
      await page.keyboard.press('Tab');
      expect(await page.evaluate(() => document.activeElement?.closest('main') !== null)).toBe(true);
    });
  });
});

describe('live', () => {
  it('a changed card is read anew, and shown without a reload', async () => {
    await open('/edited', async (page) => {
      await page.waitForSelector('.card');
      expect(await page.locator('.verdict').innerText()).toContain('Widget live');
      await page.evaluate(() => Reflect.set(window, 'stays', true));
      const examples = page.locator('.widget select').first();
      expect(await examples.innerText()).toContain('Praise');
      const card = readFileSync(join(folder, 'good', 'README.md'), 'utf8');
      write('edited/README.md', card.replace('Praise', 'Applause'));
      await page.waitForFunction(() =>
        document.querySelector('.widget select')?.textContent?.includes('Applause'),
      );
      write(
        'edited/README.md',
        card.replace('pipeline_tag:', 'inference: false\npipeline_tag:').replace('# tiny', '# new tiny'),
      );
      await page.getByText('API off: ExplicitOptOut').waitFor();
      expect(await page.locator('.card h2').first().innerText()).toBe('new tiny-bert-sentiment');
      expect(await page.locator('.news').innerText()).toMatch(/^Read anew at /);
      expect(await page.evaluate(() => Reflect.get(window, 'stays'))).toBe(true);
      write('edited/README.md', card.replace('pipeline_tag:', 'license: [mit\npipeline_tag:'));
      await page.getByText('The Hub would show no live widget for this model.', { exact: true }).waitFor();
      expect(await page.locator('.widget').innerText()).toContain('there is nothing to ask it');
    });
  });

  it('what was entered stays, and an answer too where its example states another one', async () => {
    const card = readFileSync(join(folder, 'good', 'README.md'), 'utf8');
    write('edited/README.md', card);
    await open('/edited', async (page) => {
      const text = page.getByLabel('Text', { exact: true });
      await text.waitFor();
      await expect.poll(() => text.inputValue()).toBe('The movie was great!');
      await page.getByRole('button', { name: 'Compute' }).click();
      const verdict = page.locator('.widget-stated p .widget-mark');
      await verdict.waitFor({ timeout: 60_000 });
      expect(await verdict.innerText()).toBe('✓ same');
      write('edited/README.md', card.replace('score: 0.99', 'score: 0.5'));
      await verdict.getByText('differs').waitFor();

      await page.locator('.widget summary', { hasText: 'Parameters' }).click();
      await page.getByLabel('top_k').fill('1');
      write('edited/README.md', card.replace('The movie was', 'The film was').replace('Praise', 'Applause'));
      await page.waitForFunction(() =>
        document.querySelector('.widget select')?.textContent?.includes('Applause'),
      );
      expect([await text.inputValue(), await page.getByLabel('top_k').inputValue()]).toEqual([
        'The movie was great!',
        '1',
      ]);
    });
  });

  it('an example that is taken out gives way to the first one', async () => {
    const card = readFileSync(join(folder, 'good', 'README.md'), 'utf8');
    write('edited/README.md', card);
    await open('/edited', async (page) => {
      await page.getByLabel('Examples').selectOption('Complaint');
      const text = page.getByLabel('Text', { exact: true });
      await expect.poll(() => text.inputValue()).toBe('The food was not good.');
      write('edited/README.md', card.replace(/- text: The food[\s\S]*?(?=---)/, ''));
      await expect.poll(() => text.inputValue()).toBe('The movie was great!');
      expect(await page.getByLabel('Examples').inputValue()).toBe('0');
    });
  });

  it('a conversation stays when its card changes', async () => {
    const own = mkdtempSync(join(tmpdir(), 'page-chat-'));
    cpSync(`${FIXTURES}text-generation-chat`, join(own, 'chat'), { recursive: true });
    const card = readFileSync(join(own, 'chat', 'README.md'), 'utf8');
    const chats = await createServer({ cwd: own, targets: ['chat'], watch: true, pageFolder: pages });
    try {
      await open(
        '/chat',
        async (page) => {
          const message = page.getByLabel('Your message');
          await message.fill('What I have typed');
          writeFileSync(join(own, 'chat', 'README.md'), card.replace('Who are you?', 'Who is there?'));
          await page.getByText(/^Read anew at/).waitFor();
          await page.waitForTimeout(300);
          expect(await message.inputValue()).toBe('What I have typed');
        },
        {},
        chats.url,
      );
    } finally {
      await chats.close();
      rmSync(own, { recursive: true, force: true });
    }
  });

  it('a card that is drawn anew stays where it is read', async () => {
    const card = readFileSync(join(folder, 'good', 'README.md'), 'utf8');
    write('edited/README.md', card);
    await open(
      '/edited#card-use',
      async (page) => {
        const scrolled = () => page.evaluate(() => scrollY);
        await expect.poll(scrolled).toBeGreaterThan(0);
        await page.evaluate(() => scrollTo(0, 0));
        write('edited/README.md', card.replace('# tiny', '# other tiny'));
        await page.getByRole('heading', { name: 'other tiny-bert-sentiment' }).waitFor();
        expect(await scrolled()).toBe(0);
      },
      { viewport: { width: 800, height: 300 } },
    );
  });

  it('a tab that nobody looks at leaves its connection to others, and is up to date when it is seen', async () => {
    const card = readFileSync(join(folder, 'good', 'README.md'), 'utf8');
    await open('/edited', async (page) => {
      const look = (hidden: boolean) =>
        page.evaluate((is) => {
          Object.defineProperty(document, 'hidden', { configurable: true, get: () => is });
          document.dispatchEvent(new Event('visibilitychange'));
        }, hidden);
      await page.waitForSelector('.card');
      const left = page.waitForEvent('requestfailed', (request) => request.url().endsWith('/api/events'));
      await look(true);
      await left;
      write('edited/README.md', card.replace('# tiny', '# unseen tiny'));
      await look(false);
      await page.getByRole('heading', { name: 'unseen tiny-bert-sentiment' }).waitFor();
    });
  });

  it('a server that was started anew is found again', async () => {
    const start = (port?: number) =>
      createServer({
        cwd: folder,
        targets: ['good'],
        pageFolder: pages,
        ...(port === undefined ? {} : { port }),
      });
    const gone = (page: Page) => page.getByText('The server does not answer. Is it still running?');
    let again = await start();
    const { port } = new URL(again.url);
    try {
      await open(
        '/good',
        async (page) => {
          await page.waitForSelector('.card');
          const list = await page.context().newPage();
          await list.goto(again.url);
          await list.getByRole('link', { name: 'good' }).waitFor();
          await again.close();
          await gone(page).waitFor();
          await gone(list).waitFor();
          const card = readFileSync(join(folder, 'good', 'README.md'), 'utf8');
          write('good/README.md', card.replace('# tiny', '# anew tiny'));
          again = await start(Number(port));
          await page.getByRole('heading', { name: 'anew tiny-bert-sentiment' }).waitFor();
          expect(await gone(page).count()).toBe(0);
          await gone(list).waitFor({ state: 'detached' });
          write('good/README.md', card);
        },
        {},
        again.url,
      );
    } finally {
      await again.close();
    }
  });

  it('the state of a model is told when it is loaded', async () => {
    await open('/good', async (page) => {
      await page.waitForSelector('.card');
      expect(await page.locator('.model-head .state').innerText()).toBe('Not loaded');
      const answer = await fetch(`${server.url}/models/good`, {
        method: 'POST',
        headers: { 'x-wait-for-model': 'true' },
        body: JSON.stringify({ inputs: 'The movie was great!' }),
      });
      expect(answer.status).toBe(200);
      await page.locator('.model-head .state', { hasText: /^Loaded, \d+ MB$/ }).waitFor();
    });
  });
});

describe('with a token', () => {
  it('asks for it, keeps it in the tab, shows pictures of the repository, and opens its files', async () => {
    const closed = await createServer({
      cwd: folder,
      targets: ['faulty'],
      serveToken: 'hf_secret',
      pageFolder: pages,
    });
    try {
      await open(
        '/faulty',
        async (page) => {
          expect(await page.locator('h1').innerText()).toBe('This server wants a token');
          expect(await serious(page)).toEqual([]);
          await page.getByLabel('The value').fill('hf_\u200bsecret');
          await page.keyboard.press('Enter');
          await page.getByText('That was not the token').waitFor();
          await page.getByLabel('The value').fill('wrong');
          await page.keyboard.press('Enter');
          await page.getByText('That was not the token').waitFor();
          await page.getByLabel('The value').fill('hf_secret');
          await page.getByRole('button', { name: 'Open' }).click();
          await page.locator('.card h2').waitFor();
          await page.waitForFunction(
            () => (document.querySelector('.card img') as HTMLImageElement | null)?.naturalWidth === 1,
          );
          const opened = page.context().waitForEvent('page');
          await page.getByRole('link', { name: 'the settings' }).click();
          const file = await opened;
          await file.waitForLoadState();
          expect(await file.locator('body').innerText()).toContain('"model_type"');
          expect((await file.reload())?.status()).toBe(200);
          // No script reads it, and it opens nothing but files.
          expect(await page.evaluate(() => document.cookie)).toBe('');
          expect(await page.evaluate(async () => (await fetch('/api/models')).status)).toBe(401);
          await file.close();
          await page.reload();
          await page.locator('.card h2').waitFor();
        },
        {},
        closed.url,
      );
    } finally {
      await closed.close();
    }
  });
});
