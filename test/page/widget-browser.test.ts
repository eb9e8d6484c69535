import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { taskForm } from '../../src/page/widget/tasks.js';
import { createServer } from '../../src/serve/model-server.js';
import type { ServedModels } from '../../src/serve/server-options.js';
import { launchBrowser } from '../browser.js';
import { BY_THE_CLOCK } from '../by-the-clock.js';
import { bytes, FIXTURES, post } from '../serve/served.js';
import { builtPage } from './built-page.js';
import { watch } from './open-page.js';
import { serious } from './serious.js';
import { WIDGET_CASES, type WidgetCase } from './widget-cases.js';

/** Loading a model takes its time on a machine that does much else. */
const PATIENT = 180_000;

let server: ServedModels;
let browser: Browser;
let context: BrowserContext;
beforeAll(async () => {
  server = await createServer({
    cwd: FIXTURES,
    targets: [...WIDGET_CASES.map(({ id }) => id), 'text-generation-chat', 'broken'],
    pageFolder: await builtPage(),
    // A few models at a time: the others make room.
    maxMemory: 1.5 * 2 ** 30,
  });
  browser = await launchBrowser(['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream']);
  context = await browser.newContext({
    permissions: ['microphone', 'clipboard-read', 'clipboard-write'],
    viewport: { width: 1100, height: 900 },
  });
  context.setDefaultTimeout(PATIENT);
}, PATIENT);
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

/** Opens the page of a model; `odd` finds what it asked of others or complained of. */
async function open(
  id: string,
  inContext = context,
): Promise<{ readonly page: Page; readonly odd: () => readonly string[] }> {
  const page = await inContext.newPage();
  const { requests, errors, complaints } = watch(page);
  await page.goto(`${server.url}/${id}`);
  await page.locator('.widget').waitFor();
  const odd = () => [
    ...requests.filter((url) => !url.startsWith(server.url) && !/^(?:blob|data):/.test(url)),
    ...errors,
    // A model that is still to be loaded answers 503.
    ...complaints.filter((text) => !/status of (?:503|4\d\d)/.test(text)),
  ];
  return { page, odd };
}

/** Computes, and waits for the answer. */
async function compute(page: Page) {
  await page.getByRole('button', { name: 'Compute' }).click();
  const answer = page.getByRole('region', { name: 'Answer', exact: true });
  await answer.or(page.locator('.widget [role=alert]')).first().waitFor();
  expect(await page.locator('.widget [role=alert]').allInnerTexts()).toEqual([]);
  return answer;
}

/** Waits until the file of the example is there. */
async function filled(page: Page): Promise<void> {
  const media = page.locator('.widget-media');
  if ((await media.count()) > 0) await media.locator('img, audio, video').waitFor();
}

async function askApi({ id, route, body }: WidgetCase): Promise<unknown> {
  const asked = await body();
  const value = typeof asked === 'string' ? { inputs: asked } : asked;
  const { status, json } = await post(`${server.url}/${route ?? `models/${id}`}`, value);
  expect(status).toBe(200);
  return json;
}

describe('the widget', () => {
  it.concurrent.each(WIDGET_CASES)(
    'of $id shows what the API answers',
    async (one) => {
      const { page, odd } = await open(one.id);
      await filled(page);
      await one.enter?.(page);
      const answer = await compute(page);
      await one.shows(answer, await askApi(one));
      expect(await page.locator('.widget-time').innerText()).toMatch(
        taskForm(one.id)?.streams === undefined
          ? /^Computed in [\d.]+ s on cpu/
          : /^Written in [\d.]+ s on cpu, \d+ tokens?/,
      );
      const same = page.locator('.widget-stated .widget-mark');
      // Where the card states an answer, and what was sent is its example, both are compared.
      expect((await same.allInnerTexts()).filter((mark) => mark !== '✓ same')).toEqual([]);
      expect(await serious(page)).toEqual([]);
      expect(odd()).toEqual([]);
      await page.close();
    },
    PATIENT,
  );

  it(
    'holds a conversation, which is written before the eye',
    async () => {
      const { page, odd } = await open('text-generation-chat');
      const turns = page.getByRole('log', { name: 'Conversation' });
      const answers = turns.locator('.is-assistant');
      await page.getByRole('button', { name: 'Send' }).click();
      await page.getByText(/^Written in/).waitFor();
      expect(await answers.allInnerTexts()).toEqual([expect.stringContaining('I am Tiny, a small model.')]);
      expect(await page.locator('.widget-stated .widget-mark').first().innerText()).toBe('✓ same');

      await page.getByLabel('Examples').selectOption('German');
      expect(await page.getByLabel('System message, if any').inputValue()).toBe('Answer in German.');
      await page.getByLabel('Your message').press('Control+Enter');
      await page.getByText(/^Written in/).waitFor();
      expect(await answers.allInnerTexts()).toEqual([expect.stringContaining('Ich bin ein kleines Modell.')]);
      await page.getByText('Ask it from code').click();
      expect(await page.locator('.widget-snippet').innerText()).toContain('/v1/chat/completions');
      expect(await serious(page)).toEqual([]);
      expect(odd()).toEqual([]);
      await page.close();
    },
    PATIENT,
  );

  it(
    'sends what the microphone hears as a WAV of 16 kHz',
    async () => {
      const { page, odd } = await open('audio-classification');
      await filled(page);
      await page.getByRole('button', { name: 'Record', exact: true }).click();
      // A second at least: the browser may lose a part of it on a machine that does much else.
      const stop = page.getByRole('button', { name: /^Stop recording \([1-9]/ });
      await stop.waitFor();
      await stop.click();
      await page.getByText('recording.wav').waitFor();
      // The tool that drives the browser does not see bodies that are files.
      await page.evaluate(() => {
        const send = window.fetch;
        window.fetch = (address, init) => {
          if (init?.body instanceof Blob) Object.assign(window, { sent: init.body });
          return send(address, init);
        };
      });
      await compute(page);
      const body = Buffer.from(
        await page.evaluate(async () => [
          ...new Uint8Array(await (window as unknown as { readonly sent: Blob }).sent.arrayBuffer()),
        ]),
      );
      expect(body.toString('latin1', 0, 4)).toBe('RIFF');
      expect(body.readUInt32LE(24)).toBe(16_000);
      expect(body.length).toBeGreaterThan(44 + 2 * 16_000 * 0.3);
      expect(odd()).toEqual([]);
      await page.close();
    },
    PATIENT,
  );

  it(
    'ends a recording once, however late the clock ticks',
    async () => {
      const own = await browser.newContext({ permissions: ['microphone'] });
      // Every clock ticks right when the recording has ended.
      await own.addInitScript(() => {
        const ticks = new Map<number, () => void>();
        const { setInterval: set, clearInterval: clear } = window;
        Object.assign(window, {
          setInterval: (tick: () => void, ms: number) => {
            const id = set(tick, ms);
            ticks.set(id, tick);
            return id;
          },
          clearInterval: (id: number) => {
            ticks.delete(id);
            clear(id);
          },
        });
        let recorded = false;
        new MutationObserver(() => {
          const names = [...document.querySelectorAll('button')].map(({ textContent }) => textContent ?? '');
          if (names.some((name) => name.startsWith('Stop recording'))) recorded = true;
          else if (recorded) for (const tick of ticks.values()) tick();
        }).observe(document, { subtree: true, childList: true, characterData: true });
      });
      const { page } = await open('audio-classification', own);
      await filled(page);
      await page.getByRole('button', { name: 'Record', exact: true }).click();
      await page.getByRole('button', { name: /^Stop recording \([1-9]/ }).click();
      await page.getByText('recording.wav').waitFor();
      await page.waitForTimeout(600);
      expect(await page.getByRole('button', { name: /^Stop recording/ }).count()).toBe(0);
      await own.close();
    },
    PATIENT,
  );

  it(
    'gives the microphone back that comes when the widget is gone',
    async () => {
      const own = await browser.newContext({ permissions: ['microphone'] });
      await own.addInitScript(() => {
        const devices = navigator.mediaDevices;
        const ask = devices.getUserMedia.bind(devices);
        devices.getUserMedia = async (wanted) => {
          await new Promise((allow) => Object.assign(window, { allow }));
          const stream = await ask(wanted);
          Object.assign(window, { stream });
          return stream;
        };
      });
      const { page } = await open('audio-classification', own);
      await filled(page);
      await page.getByRole('button', { name: 'Record', exact: true }).click();
      await page.route('**/models/*', (route) =>
        route.fulfill({ status: 401, headers: { 'www-authenticate': 'Bearer' }, body: '{}' }),
      );
      await page.getByRole('button', { name: 'Compute' }).click();
      await page.getByText('This server wants a token').waitFor();
      await page.evaluate(() => (Reflect.get(window, 'allow') as () => void)());
      await expect
        .poll(() =>
          page.evaluate(() =>
            (Reflect.get(window, 'stream') as MediaStream | undefined)
              ?.getTracks()
              .map(({ readyState }) => readyState),
          ),
        )
        .toEqual(['ended']);
      await own.close();
    },
    PATIENT,
  );

  it(
    'keeps what is entered while a file is read or on its way',
    async () => {
      const own = await browser.newContext();
      own.setDefaultTimeout(PATIENT);
      await own.addInitScript(() => {
        const decode = BaseAudioContext.prototype.decodeAudioData;
        BaseAudioContext.prototype.decodeAudioData = async function (data: ArrayBuffer) {
          await new Promise((go) => Object.assign(window, { go }));
          return decode.call(this, data);
        };
      });
      const sound = (await open('zero-shot-audio-classification', own)).page;
      await filled(sound);
      await sound.locator('#widget-media').setInputFiles({
        name: 'tone.aac',
        mimeType: 'audio/aac',
        buffer: Buffer.from(await bytes('zero-shot-audio-classification/samples/mid.wav')),
      });
      await sound.waitForFunction(() => 'go' in window);
      await sound.getByLabel('Candidate labels').fill('a high tone');
      await sound.evaluate(() => (Reflect.get(window, 'go') as () => void)());
      await sound.getByText('tone.wav').waitFor();
      expect(await sound.getByLabel('Candidate labels').inputValue()).toBe('a high tone');

      let come: () => void = () => undefined;
      const coming = new Promise<void>((resolve) => {
        come = resolve;
      });
      await own.route('**/resolve/**', async (route) => {
        await coming;
        await route.continue();
      });
      const picture = (await open('visual-question-answering', own)).page;
      await picture.getByLabel('Question', { exact: true }).fill('is it red ?');
      come();
      await filled(picture);
      expect(await picture.getByLabel('Question', { exact: true }).inputValue()).toBe('is it red ?');
      await own.close();
    },
    PATIENT,
  );

  it(
    'sends a file as it was given, and shows one after another that it cannot show',
    async () => {
      const { page } = await open('image-classification');
      await filled(page);
      const input = page.locator('#widget-media');
      await input.setInputFiles({ name: 'broken.png', mimeType: 'image/png', buffer: Buffer.from('none') });
      await page.getByText('This browser cannot show broken.png.').waitFor();
      const folder = mkdtempSync(join(tmpdir(), 'widget-'));
      const path = join(folder, 'green.png');
      writeFileSync(path, Buffer.from(await bytes('image-classification/samples/green.png')));
      await input.setInputFiles(path);
      await page.locator('.widget-media').getByRole('img', { name: 'green.png' }).waitFor();
      writeFileSync(path, 'another file by now');
      const answer = await compute(page);
      expect(await answer.locator('li').first().innerText()).toContain('green');
      await page.close();
      rmSync(folder, { recursive: true });
    },
    PATIENT,
  );

  it(
    'keeps the keyboard where sentences, rows and columns are taken away',
    async () => {
      const { page } = await open('sentence-similarity');
      await page.getByRole('button', { name: 'Add sentence' }).click();
      const sentences = page.getByRole('textbox', { name: /^Sentence \d/ });
      for (let left = await sentences.count(); left > 1; left--) {
        await page.getByRole('button', { name: `Remove sentence ${left}` }).press('Enter');
        await sentences.nth(left - 1).waitFor({ state: 'detached' });
        expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe(
          `Sentence ${left - 1}`,
        );
      }
      await page.goto(`${server.url}/tabular-regression`);
      const cells = page.locator('.widget-grid tbody tr');
      await cells.first().waitFor();
      const remove = page.getByRole('button', { name: 'Remove last row' });
      for (let left = await cells.count(); left > 0; left--) await remove.press('Enter');
      expect(await cells.count()).toBe(1);
      expect(await remove.evaluate((one) => one === document.activeElement)).toBe(true);
      await page.close();
    },
    PATIENT,
  );

  it(
    'takes a file that is dropped or pasted',
    async () => {
      const { page } = await open('image-classification');
      await filled(page);
      for (const [event, name] of [
        ['drop', 'green.png'],
        ['paste', 'blue.png'],
      ] as const) {
        await page.evaluate(
          async ([kind, file]) => {
            const response = await fetch(`/image-classification/resolve/main/samples/${file}`);
            const transfer = new DataTransfer();
            transfer.items.add(new File([await response.blob()], file, { type: 'image/png' }));
            const given = { bubbles: true, cancelable: true };
            document
              .querySelector('.widget-media')
              ?.dispatchEvent(
                kind === 'drop'
                  ? new DragEvent('drop', { ...given, dataTransfer: transfer })
                  : new ClipboardEvent('paste', { ...given, clipboardData: transfer }),
              );
          },
          [event, name] as const,
        );
        await page.getByText(name, { exact: true }).waitFor();
        const answer = await compute(page);
        expect(await answer.locator('li').first().innerText()).toContain(name.replace('.png', ''));
      }
      await page.close();
    },
    PATIENT,
  );

  it(
    'sends the parameters that are entered, and tells which one is wrong',
    async () => {
      const { page } = await open('text-classification');
      await page.getByText('Parameters', { exact: true }).click();
      await page.getByLabel('top_k').fill('0');
      await page.getByRole('button', { name: 'Compute' }).click();
      const alert = page.locator('.widget [role=alert]');
      expect(await alert.innerText()).toBe('top_k must be a whole number of at least 1.');
      await page.getByLabel('top_k').fill('1');
      // What is being typed stays open.
      expect(await page.getByLabel('top_k').evaluate((input) => input === document.activeElement)).toBe(true);
      expect(await page.getByLabel('top_k').isVisible()).toBe(true);
      const answer = await compute(page);
      expect(await answer.locator('li').count()).toBe(1);
      await page.getByText('Ask it from code').click();
      expect(await page.locator('.widget-snippet').innerText()).toContain('"parameters":{"top_k":1}');
      await page.getByRole('tab', { name: 'curl' }).press('ArrowRight');
      expect(await page.locator('.widget-snippet').innerText()).toContain('client.textClassification({');
      await page.close();
    },
    PATIENT,
  );

  it(
    'of a card that turns the API off says so, and what turns it on',
    async () => {
      const { page } = await open('broken');
      const note = page.getByRole('complementary', { name: 'What the Hub would show' });
      expect(await note.innerText()).toContain('The card turns the Inference API off');
      expect(await note.innerText()).toContain('Remove inference: false');
      expect(await page.getByRole('button', { name: 'Compute' }).count()).toBe(0);
      // What the card recorded is shown, as on the Hub.
      const stated = page.getByRole('region', { name: 'What the card states' });
      expect(await stated.innerText()).toContain('POSITIVE\n0.980');
      expect(await page.getByLabel('Text', { exact: true }).isDisabled()).toBe(true);
      expect(await page.getByLabel('Examples').locator('option').allInnerTexts()).toHaveLength(2);
      expect(await serious(page)).toEqual([]);
      await page.close();
    },
    PATIENT,
  );

  it(
    'fits a phone in the dark, with all of it open',
    async () => {
      const phone = await browser.newContext({ viewport: { width: 360, height: 740 }, colorScheme: 'dark' });
      const { page, odd } = await open('tabular-regression', phone);
      await compute(page);
      for (const summary of await page.locator('.widget summary').all()) await summary.click();
      await page.locator('.widget-snippet').waitFor();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
      expect(await serious(page)).toEqual([]);
      expect(odd()).toEqual([]);
      await phone.close();
    },
    PATIENT,
  );

  it(
    'copies the code that is shown',
    async () => {
      const { page } = await open('text-classification');
      await page.getByText('Ask it from code').click();
      await page.getByRole('button', { name: 'Copy' }).click();
      await page.getByText('Copied').waitFor();
      const copied = await page.evaluate(() => navigator.clipboard.readText());
      expect(copied).toContain(`curl '${server.url}/models/text-classification'`);
      expect(await page.locator('.widget-snippet').innerText()).toBe(copied);
      await page.close();
    },
    PATIENT,
  );
});

describe('answers of any kind', () => {
  /** Computes once, with an answer that the test makes. */
  async function answered(status: number, body: unknown) {
    const { page, odd } = await open('text-classification');
    await page.route('**/models/*', (route) =>
      route.fulfill({ status, contentType: 'application/json', body: JSON.stringify(body) }),
    );
    await page.getByRole('button', { name: 'Compute' }).click();
    return { page, odd, widget: page.locator('.widget') };
  }

  it(
    'with markup are text',
    async () => {
      const { page, widget } = await answered(200, [
        [{ label: '<img src=x onerror=window.obeyed=1>', score: 1 }],
      ]);
      await widget.getByText('<img src=x onerror=window.obeyed=1>').waitFor();
      expect(await page.evaluate(() => 'obeyed' in window)).toBe(false);
      await page.close();
    },
    PATIENT,
  );

  it.each([
    [
      'ten thousand labels',
      Array.from({ length: 10_000 }, (_, index) => ({ label: `label ${index}`, score: 0 })),
    ],
    ['five megabytes of text', { odd: 'x'.repeat(5_000_000) }],
  ])('do not hold up the page: %s', { ...BY_THE_CLOCK, timeout: PATIENT }, async (_, body) => {
    const { page, widget } = await answered(200, body);
    await widget.getByText(/^Computed/).waitFor();
    await widget.getByText('JSON of the answer').click();
    const save = widget.getByText('Save answer.json');
    await save.waitFor();
    const begin = Date.now();
    await page.getByLabel('Text', { exact: true }).fill('still here');
    expect(Date.now() - begin).toBeLessThan(3000);
    expect(await page.evaluate(() => document.querySelectorAll('.widget *').length)).toBeLessThan(2500);
    await page.close();
  });

  it(
    'that are errors say what is wrong and what to do',
    async () => {
      const { page, widget } = await answered(429, { error: 'Too many wait for x.' });
      const alert = widget.getByRole('alert');
      await alert.waitFor();
      expect(await alert.innerText()).toContain('Too many wait for x.');
      expect(await alert.innerText()).toContain('Wait a moment, then compute again.');
      await page.close();
    },
    PATIENT,
  );

  it(
    'that a model is loading show how far it is, and the request waits for it',
    async () => {
      const { page } = await open('text-classification');
      const waited: (string | undefined)[] = [];
      await page.route('**/models/*', async (route) => {
        const waits = route.request().headers()['x-wait-for-model'];
        waited.push(waits);
        if (waits === undefined) {
          await route.fulfill({
            status: 503,
            contentType: 'application/json',
            body: JSON.stringify({ error: 'Model is currently loading', estimated_time: 20 }),
          });
          return;
        }
        await page.getByText('Model is loading, about 20 s').waitFor();
        expect(await page.getByRole('progressbar', { name: 'Loading of the model' }).count()).toBe(1);
        await route.fulfill({
          status: 200,
          contentType: 'application/json',
          body: '[[{"label":"late","score":1}]]',
        });
      });
      const answer = await compute(page);
      expect(await answer.innerText()).toContain('late');
      expect(waited).toEqual([undefined, 'true']);
      await page.close();
    },
    PATIENT,
  );

  it(
    'that do not come can be stopped',
    async () => {
      const { page } = await open('text-classification');
      let left = 0;
      page.on('requestfailed', () => left++);
      await page.route('**/models/*', () => undefined, { times: 1 });
      await page.getByRole('button', { name: 'Compute' }).click();
      await page.getByText('Computing …').waitFor();
      await page.getByRole('button', { name: 'Stop' }).press('Enter');
      await expect.poll(() => left).toBe(1);
      // The button is gone, the keyboard is not.
      expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Compute');
      const answer = await compute(page);
      expect(await answer.innerText()).toContain('POSITIVE');
      await page.close();
    },
    PATIENT,
  );
});
