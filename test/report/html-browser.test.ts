import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatReport } from '../../src/report/index.js';
import type { Report } from '../../src/report/report.js';
import type { SmokeMedia } from '../../src/smoke/files.js';
import { encodeWav } from '../../src/smoke/media/encode-wav.js';
import { plainPng } from '../../src/smoke/media/plain-png.js';
import { samplePicture, sampleSound } from '../../src/smoke/media/samples.js';
import type { SmokeCase } from '../../src/smoke/report.js';
import { launchBrowser } from '../browser.js';
import { faintTexts, look, places, play, setDetails } from './in-page.js';
import { CARD, CLEAN, REPORT } from './sample.js';

const ATTACKS = [
  '<script>globalThis.hacked = 1</script>',
  '"><img src=x onerror="globalThis.hacked = 1">',
  "' onmouseover='globalThis.hacked = 1' x='",
  '</title></style><svg onload="globalThis.hacked = 1">',
  '<iframe src="https://evil.example"></iframe><link rel=stylesheet href=https://evil.example/a.css>',
  '<meta http-equiv="refresh" content="0;url=https://evil.example">',
  'javascript:globalThis.hacked=1',
].join(' ');

const smoke = REPORT.smoke as NonNullable<Report['smoke']>;
const one = (input: unknown, output: unknown): SmokeCase => ({
  source: 'widget',
  input,
  output,
  latencyMs: 3,
  checks: [{ id: 'finite', status: 'passed', message: 'All numbers are finite.' }],
});

/** An answer of every kind. */
const CASES: readonly SmokeCase[] = [
  one({ kind: 'sample', name: 'shapes' }, [
    { label: 'red box', score: 0.99, box: { xmin: 40, ymin: 70, xmax: 140, ymax: 170 } },
    { label: 'blue ball', score: 0.9, box: { xmin: 180, ymin: 70, xmax: 280, ymax: 170 } },
  ]),
  one('hello', { audio: 'speech.wav', sampling_rate: 16_000 }),
  one('Anna Paul works for Google in Berlin.', [
    { entity_group: 'PER', score: 0.98, word: 'Anna Paul', start: 0, end: 9 },
    { entity_group: 'LOC', score: 0.99, word: 'Berlin', start: 30, end: 36 },
  ]),
  one(
    { question: 'Where?', context: 'She lives in Berlin.' },
    { answer: 'Berlin', score: 0.9, start: 13, end: 19 },
  ),
  one({ query: 'Who?', table: { Person: ['Anna', 'John'], City: ['Paris', 'Berlin'] } }, { answer: 'John' }),
  one('a sentence', [[0.1, -0.5, 0.9, 0.3]]),
  one({ image: { kind: 'sample', name: 'photo-like' } }, [
    { label: 'sky', mask: 'mask-1-sky.png' },
    { label: 'grass', mask: 'mask-2-grass.png' },
  ]),
  one([{ role: 'user', content: 'Hi' }], {
    generated_text: [{ role: 'assistant', content: 'Hello.\nHow are you?' }],
  }),
  one(ATTACKS, [{ label: ATTACKS, score: 1 }]),
  one({ [ATTACKS]: [ATTACKS] }, { [ATTACKS]: { a: ATTACKS, b: [ATTACKS] } }),
];

const picture = (name: string) => plainPng(samplePicture(name));
const MEDIA: SmokeMedia = {
  inputs: [
    { index: 0, name: 'input-1.png', mediaType: 'image/png', bytes: picture('shapes') },
    { index: 6, name: 'input-1.png', mediaType: 'image/png', bytes: picture('photo-like') },
  ],
  outputs: [
    { index: 1, name: 'speech.wav', mediaType: 'audio/wav', bytes: encodeWav(sampleSound('tone')) },
    { index: 6, name: 'mask-1-sky.png', mediaType: 'image/png', bytes: picture('gradient') },
    { index: 6, name: 'mask-2-grass.png', mediaType: 'image/png', bytes: picture('noise') },
  ],
};

const HOSTILE: Report = {
  ...REPORT,
  target: { kind: 'folder', path: ATTACKS },
  tool: { name: ATTACKS, version: ATTACKS },
  diagnostics: REPORT.diagnostics.map((diagnostic) => ({
    ...diagnostic,
    message: ATTACKS,
    help: ATTACKS,
    rule: ATTACKS,
  })),
  smoke: { ...smoke, reason: ATTACKS, cases: CASES },
};

const PAGES = {
  findings: formatReport(REPORT, 'html', { sources: { 'README.md': CARD }, base: 'models/bert' }),
  answers: formatReport({ ...CLEAN, smoke: { ...smoke, status: 'passed', cases: CASES } }, 'html', {
    media: MEDIA,
  }),
  hostile: formatReport(HOSTILE, 'html', {
    sources: { 'README.md': `${CARD}\n${ATTACKS}\n` },
    media: MEDIA,
  }),
};

let folder: string;
let browser: Browser;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'page-'));
  for (const [name, page] of Object.entries(PAGES)) await writeFile(join(folder, `${name}.html`), page);
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

/** Opens a page and gathers what it says and asks for. */
async function opened(name: keyof typeof PAGES, colorScheme: 'light' | 'dark', width: number) {
  const page = await browser.newPage({ colorScheme, viewport: { width, height: 900 } });
  const heard: string[] = [];
  page.on('console', (message) => heard.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => heard.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => heard.push(`dialog: ${dialog.message()}`));
  page.on('request', (request) => {
    if (!request.url().startsWith('data:')) heard.push(`request: ${request.url()}`);
  });
  const address = pathToFileURL(join(folder, `${name}.html`)).href;
  await page.goto(address);
  const asked = heard.filter((line) => line !== `request: ${address}`);
  return { page, asked };
}

async function withPage<T>(
  name: keyof typeof PAGES,
  test: (page: Page) => Promise<T>,
  { scheme = 'light', width = 1200 }: { scheme?: 'light' | 'dark'; width?: number } = {},
): Promise<T> {
  const { page } = await opened(name, scheme, width);
  try {
    return await test(page);
  } finally {
    await page.close();
  }
}

describe.each(Object.keys(PAGES) as (keyof typeof PAGES)[])('the page with %s', (name) => {
  it.each([
    ['light', 1200],
    ['dark', 1200],
    ['light', 360],
    ['dark', 360],
  ] as const)('is quiet and fits in %s, %i pixels wide', async (scheme, width) => {
    const { page, asked } = await opened(name, scheme, width);
    // What is hidden at first must fit, and be harmless, too.
    await page.evaluate(setDetails, true);
    await page.mouse.move(100, 400);
    expect(asked).toEqual([]);
    const seen = await page.evaluate(look);
    expect(seen).toMatchObject({ hacked: false, strange: 0, wide: false, broken: 0 });
    const light = seen.background.match(/\d+/g)?.every((part) => Number(part) > 128);
    expect(light).toBe(scheme === 'light');
    await page.close();
  });
});

describe('a person', () => {
  it('clicks on a finding and is led to its note, open', async () => {
    await withPage('findings', async (page) => {
      await page.evaluate(setDetails, false);
      const note = page.locator('#finding-2');
      expect(await note.isVisible()).toBe(false);
      await page.locator('a[href="#finding-2"]').click();
      await note.waitFor({ state: 'visible' });
      expect(await note.textContent()).toContain('Several lines at once.');
    });
  });

  it('clicks on a mark in the margin, and hovers over it', async () => {
    await withPage('findings', async (page) => {
      const line = page.locator('summary.line', { hasText: 'license: Apache 2' });
      expect(await line.getAttribute('title')).toContain('is not a license id of the Hub.');
      const note = page.locator('.finding', { hasText: 'is not a license id of the Hub.' });
      expect(await note.isVisible()).toBe(true);
      await line.click();
      expect(await note.isVisible()).toBe(false);
    });
  });

  it('sees boxes on the picture, where the model saw them', async () => {
    await withPage('answers', async (page) => {
      const [image, box] = await page.evaluate(places, ['.boxed img', '.boxed rect']);
      if (image === undefined || box === undefined) throw new Error('no picture');
      // A quarter of 320 × 240 pixels from the left, and 100 pixels large; the outline is 3 pixels wide.
      expect(Math.abs((box.x - image.x) / image.width - 40 / 320)).toBeLessThan(0.02);
      expect(Math.abs((box.y - image.y) / image.height - 70 / 240)).toBeLessThan(0.02);
      expect(Math.abs(box.width / image.width - 100 / 320)).toBeLessThan(0.03);
    });
  });

  it('plays a sound', async () => {
    await withPage('answers', async (page) => {
      const seconds = await page.evaluate(play);
      expect(seconds).toBeCloseTo(1, 1);
    });
  });

  it('sees marked words, and bars as long as the scores', async () => {
    await withPage('answers', async (page) => {
      expect(await page.locator('mark').allTextContents()).toEqual([
        'Anna PaulPER',
        'BerlinLOC',
        'Berlinanswer',
      ]);
      const [track, fill] = await page.evaluate(places, [
        '.bars li:nth-child(2) .track',
        '.bars li:nth-child(2) .fill',
      ]);
      expect((fill?.width ?? 0) / (track?.width ?? 1)).toBeCloseTo(0.9 / 1, 1);
    });
  });

  it('reads every text: its colour stands out from what is behind it', async () => {
    for (const scheme of ['light', 'dark'] as const) {
      const faint = await withPage('findings', (page) => page.evaluate(faintTexts), { scheme });
      expect(faint, scheme).toEqual([]);
    }
  });
});
