import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServedModels } from '../../src/serve/server-options.js';
import { launchBrowser } from '../browser.js';
import { serve } from '../serve/served.js';
import { builtPage } from './built-page.js';
import { withPage } from './open-page.js';
import { serious } from './serious.js';

const PHONE = { viewport: { width: 360, height: 740 }, colorScheme: 'dark' } as const;
const PATIENT = 120_000;

let server: ServedModels;
let browser: Browser;
beforeAll(async () => {
  server = await serve(['text-generation', 'text-generation-chat'], { pageFolder: await builtPage() });
  browser = await launchBrowser();
}, PATIENT);
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

/** Looks at the page of a model that continues texts. */
async function open(look: (page: Page) => Promise<void>, options: BrowserContextOptions = {}): Promise<void> {
  await withPage(
    browser,
    `${server.url}/text-generation`,
    async (page) => {
      await page.getByLabel('Prompt').fill('Once');
      await look(page);
    },
    options,
  );
}

/** The answer of a server that writes when it is told to. */
interface Written {
  /** Bodies of the requests that came. */
  readonly asked: () => Promise<readonly unknown[]>;
  /** Sends pieces of a text, one event each. */
  readonly pieces: (...texts: readonly string[]) => Promise<void>;
  /** Sends any event. */
  readonly event: (value: unknown) => Promise<void>;
  /** Ends the connection, well or not. */
  readonly end: (how: 'closed' | 'lost') => Promise<void>;
  /** Whether the page has left. */
  readonly left: () => Promise<boolean>;
}

/** Lets the test answer inferences, piece by piece: the tool that drives the browser can only answer at once. */
async function writeByHand(page: Page): Promise<Written> {
  await page.evaluate(() => {
    const hand = {
      asked: [] as unknown[],
      left: false,
      body: null as ReadableStreamDefaultController | null,
    };
    Object.assign(window, { hand });
    const send = window.fetch;
    window.fetch = async (address, init) => {
      if (init?.method !== 'POST') return send(address, init);
      hand.asked.push(JSON.parse(String(init.body)));
      const stream = new ReadableStream({
        start(controller) {
          hand.body = controller;
          init.signal?.addEventListener('abort', () => {
            hand.left = true;
            controller.error(new DOMException('left', 'AbortError'));
          });
        },
      });
      return new Response(stream, {
        headers: { 'content-type': 'text/event-stream', 'x-compute-type': 'cpu' },
      });
    };
  });
  interface Hand {
    readonly asked: readonly unknown[];
    readonly left: boolean;
    readonly body: ReadableStreamDefaultController;
  }
  const send = (text: string) =>
    page.evaluate((sent) => {
      (Reflect.get(window, 'hand') as Hand).body.enqueue(new TextEncoder().encode(sent));
    }, text);
  const event = (value: unknown) => send(`data: ${JSON.stringify(value)}\n\n`);
  return {
    asked: () => page.evaluate(() => (Reflect.get(window, 'hand') as Hand).asked),
    left: () => page.evaluate(() => (Reflect.get(window, 'hand') as Hand).left),
    event,
    pieces: async (...texts) => {
      for (const text of texts)
        await event({
          token: { id: 1, text, logprob: -1, special: false },
          generated_text: null,
          details: null,
        });
    },
    end: (how) =>
      page.evaluate((asHow) => {
        const { body } = Reflect.get(window, 'hand') as Hand;
        if (asHow === 'closed') body.close();
        else body.error(new TypeError('network error'));
      }, how),
  };
}

const compute = (page: Page) => page.getByRole('button', { name: 'Compute' }).click();
const soFar = (page: Page) => page.getByRole('region', { name: 'Answer so far' });
const answer = (page: Page) => page.getByRole('region', { name: 'Answer', exact: true });

describe('a text', () => {
  it('is seen as it is written, and then what it took', async () => {
    await open(async (page) => {
      const written = await writeByHand(page);
      await compute(page);
      await page.getByText('Computing …').waitFor();
      await written.pieces(' upon');
      await soFar(page).getByText('Once upon', { exact: true }).waitFor();
      expect(await page.getByText('Writing …').count()).toBe(1);
      expect(await soFar(page).getAttribute('aria-busy')).toBe('true');
      // What was sent is paler than what the model adds.
      expect(await soFar(page).locator('.widget-prompt').innerText()).toBe('Once');
      await written.pieces(' a', '', ' time');
      await soFar(page).getByText('Once upon a time', { exact: true }).waitFor();
      expect(await serious(page)).toEqual([]);
      await written.event({
        token: { id: 1, text: '.', logprob: -1, special: false },
        generated_text: 'Once upon a time.',
        details: { finish_reason: 'length', generated_tokens: 5, seed: null },
      });
      await answer(page).getByText('Once upon a time.').waitFor();
      expect(await page.locator('.widget-time').innerText()).toMatch(
        /^Written in \d+\.\d{3} s on cpu, 5 tokens$/,
      );
      expect(await written.asked()).toEqual([{ inputs: 'Once', stream: true }]);
      await page.getByText('JSON of the answer').click();
      expect(JSON.parse(await page.locator('.widget-json').innerText())).toEqual([
        { generated_text: 'Once upon a time.' },
      ]);
      expect(await page.getByText('An answer that the server has kept').count()).toBe(0);
    });
  });

  it('can be stopped: what was written stays, and the model hears of it', async () => {
    await open(async (page) => {
      const written = await writeByHand(page);
      await compute(page);
      await written.pieces(' upon', ' a');
      await soFar(page).getByText('Once upon a').waitFor();
      await page.getByRole('button', { name: 'Stop' }).click();
      await page.getByText('Stopped; this was written until then.').waitFor();
      expect(await answer(page).innerText()).toBe('Once upon a');
      expect(await written.left()).toBe(true);
      expect(await page.getByRole('button', { name: 'Stop' }).count()).toBe(0);
      // And computed anew.
      await compute(page);
      await page.getByText('Computing …').waitFor();
      expect(await answer(page).count()).toBe(0);
    });
  });

  it.each([
    [
      'says why: an error of the model',
      (written: Written) =>
        written.event({ error: 'The model ran out of memory.', error_type: 'generation' }),
      'The model ran out of memory.',
    ],
    ['says so: a server that went away', (written: Written) => written.end('lost'), 'The answer broke off'],
    ['says so: an end that is none', (written: Written) => written.end('closed'), 'The answer broke off'],
  ])('that ends in the middle stays, and %s', async (_, fail, says) => {
    await open(async (page) => {
      const written = await writeByHand(page);
      await compute(page);
      await written.pieces(' upon', ' a');
      await soFar(page).getByText('Once upon a').waitFor();
      await fail(written);
      const alert = page.locator('.widget').getByRole('alert');
      await alert.waitFor();
      expect(await alert.innerText()).toContain(says);
      expect(await answer(page).innerText()).toBe('Once upon a');
      expect(await page.locator('.widget-time').count()).toBe(0);
      expect(await serious(page)).toEqual([]);
    });
  });

  it('is told to screen readers in sentences, and is there once in the end', async () => {
    await open(async (page) => {
      const written = await writeByHand(page);
      await page.evaluate(() => {
        const told: string[] = [];
        Object.assign(window, { told });
        new MutationObserver(() => {
          const text = document.querySelector('[data-spoken]')?.textContent ?? '';
          if (text !== '' && text !== told.at(-1)) told.push(text);
        }).observe(document.body, { subtree: true, childList: true, characterData: true });
      });
      await compute(page);
      const sentence =
        ' There was a small model that wrote tales of foxes and dogs, and nobody had to wait for the end of them.';
      const words = `${sentence}${sentence} And so`.split(/(?= )/);
      for (const word of words) await written.pieces(word);
      await soFar(page).getByText('And so').waitFor();
      await written.event({
        token: { id: 1, text: ' on.', logprob: -1, special: false },
        generated_text: `Once${sentence}${sentence} And so on.`,
        details: { finish_reason: 'length', generated_tokens: 50, seed: null },
      });
      await answer(page).waitFor();
      await expect
        .poll(() => page.evaluate(() => Reflect.get(window, 'told') as readonly string[]))
        .toEqual([`${sentence}${sentence}`.trim(), 'And so on.']);
      await expect.poll(() => page.locator('[data-spoken]').innerText()).toBe('');
    });
  });

  it('that is longer than its place shows its end, unless the reader looks back; on a phone', async () => {
    await open(async (page) => {
      const written = await writeByHand(page);
      await compute(page);
      for (let line = 0; line < 60; line++) await written.pieces(`\nline ${line} ${'word '.repeat(9)}`);
      const box = soFar(page).locator('.widget-text');
      await soFar(page).getByText('line 59').waitFor();
      const below = () =>
        box.evaluate(({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight);
      await expect.poll(below).toBeLessThan(2);
      expect(await box.getAttribute('tabindex')).toBe('0');
      await box.evaluate((one) => one.scrollTo(0, 0));
      await written.pieces('\nthe last line');
      await soFar(page).getByText('the last line').waitFor();
      expect(await box.evaluate(({ scrollTop }) => scrollTop)).toBe(0);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
      expect(await serious(page)).toEqual([]);
    }, PHONE);
  });

  it('stays where it was read when it ends', async () => {
    await open(async (page) => {
      const written = await writeByHand(page);
      await compute(page);
      const lines = Array.from({ length: 60 }, (_, line) => `\nline ${line}`);
      await written.pieces(...lines);
      await soFar(page).getByText('line 59').waitFor();
      await soFar(page).locator('.widget-text').focus();
      await written.event({
        token: { id: 1, text: '.', logprob: -1, special: false },
        generated_text: `Once${lines.join('')}.`,
        details: { finish_reason: 'length', generated_tokens: 61, seed: null },
      });
      await answer(page).waitFor();
      const box = answer(page).locator('.widget-text');
      expect(await box.evaluate(({ scrollTop }) => scrollTop)).toBeGreaterThan(0);
      expect(await box.evaluate((one) => one === document.activeElement)).toBe(true);
    });
  });

  it(
    'of several comes as a whole',
    async () => {
      await open(async (page) => {
        const asked: unknown[] = [];
        page.on('request', (request) => {
          if (request.method() === 'POST') asked.push(request.postDataJSON());
        });
        await page.getByText('Parameters', { exact: true }).click();
        await page.getByLabel('do_sample').selectOption('true');
        await page.getByLabel('num_return_sequences').fill('2');
        await page.getByLabel('max_new_tokens').fill('4');
        expect(await page.getByText('An answer that the server has kept').count()).toBe(1);
        await compute(page);
        await answer(page).waitFor({ timeout: PATIENT });
        expect(await answer(page).locator('.widget-text').count()).toBe(2);
        expect(asked.at(-1)).not.toHaveProperty('stream');
      });
    },
    PATIENT,
  );

  it(
    'of the model itself is written to its end',
    async () => {
      await open(async (page) => {
        await page.getByLabel('Prompt').fill('The quick brown');
        await compute(page);
        await page.getByText(/^Written in/).waitFor({ timeout: PATIENT });
        expect(await answer(page).innerText()).toContain('The quick brown fox jumps over the lazy dog.');
      });
    },
    PATIENT,
  );
});

describe('a conversation', () => {
  it('shows its end as it is written, and can be scrolled with the keyboard', async () => {
    await withPage(browser, `${server.url}/text-generation-chat`, async (page) => {
      await page.getByLabel('Your message').fill('Tell me a tale');
      const written = await writeByHand(page);
      await page.getByRole('button', { name: 'Send' }).click();
      await page.getByText('The model thinks').waitFor();
      const log = page.getByRole('log', { name: 'Conversation' });
      const say = (content: string) => written.event({ choices: [{ delta: { content } }] });
      for (let line = 0; line < 40; line++) await say(`\nline ${line}`);
      await log.getByText('line 39').waitFor();
      const below = () =>
        log.evaluate(({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight);
      await expect.poll(below).toBeLessThan(2);
      expect(await log.getAttribute('tabindex')).toBe('0');
      await written.end('lost');
      const alert = page.locator('.widget').getByRole('alert');
      await alert.waitFor();
      expect(await alert.innerText()).toContain('The answer broke off');
      expect(await log.innerText()).toContain('line 39');
      expect(await serious(page)).toEqual([]);
    });
  });

  it('can be stopped, and goes on from there', async () => {
    await withPage(browser, `${server.url}/text-generation-chat`, async (page) => {
      await page.getByLabel('Your message').fill('Tell me a tale');
      const written = await writeByHand(page);
      await page.getByRole('button', { name: 'Send' }).click();
      await page.getByText('The model thinks').waitFor();
      await written.event({ choices: [{ delta: { content: 'Once upon' } }] });
      const log = page.getByRole('log', { name: 'Conversation' });
      await log.getByText('Once upon').waitFor();
      await page.getByRole('button', { name: 'Stop' }).click();
      await page.getByText('Stopped; this was written until then.').waitFor();
      expect(await written.left()).toBe(true);
      await page.getByLabel('Your message').fill('Go on');
      await page.getByRole('button', { name: 'Send' }).click();
      await expect
        .poll(async () => (await written.asked()).at(-1))
        .toMatchObject({
          messages: [
            { role: 'user', content: 'Tell me a tale' },
            { role: 'assistant', content: 'Once upon' },
            { role: 'user', content: 'Go on' },
          ],
        });
    });
  });

  it('that fails gives back what was asked, and keeps what was typed since', async () => {
    await withPage(browser, `${server.url}/text-generation-chat`, async (page) => {
      const message = page.getByLabel('Your message');
      await message.fill('Tell me a tale');
      const written = await writeByHand(page);
      await page.getByRole('button', { name: 'Send' }).click();
      await page.getByText('The model thinks').waitFor();
      await message.fill('of a fox');
      await written.end('lost');
      await page.locator('.widget').getByRole('alert').waitFor();
      expect(await message.inputValue()).toBe('Tell me a tale\nof a fox');
    });
  });

  it('that begins anew waits for a message, with the keyboard there', async () => {
    await withPage(browser, `${server.url}/text-generation-chat`, async (page) => {
      await page.getByLabel('Your message').fill('Tell me a tale');
      await writeByHand(page);
      await page.getByRole('button', { name: 'Send' }).click();
      await page.getByText('The model thinks').waitFor();
      await page.getByRole('button', { name: 'Begin anew' }).press('Enter');
      await page.getByText('Nothing was said yet.').waitFor();
      expect(await page.evaluate(() => document.activeElement?.id)).toBe('widget-message');
    });
  });
});
