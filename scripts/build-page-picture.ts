/**
 * Draws docs/page.png, the picture of the HTML report in the README: validates a broken fixture with its smoke inference and takes
 * the upper part of the page with a real browser (Debian's package `chromium`, or Google Chrome). Run it with: npm run page-picture.
 * Fonts differ from machine to machine, and so does the picture: nothing compares it.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import sharp from 'sharp';
import { formatReport } from '../src/report/index.js';
import { validateWithSources } from '../src/validate.js';
import { launchBrowser } from '../test/browser.js';

const FIXTURE = 'fixtures/broken';
/** Of the page, in pixels: what is above, with the first findings beside the source. */
const SIZE = { width: 1000, height: 1180 };

const picture = fileURLToPath(new URL('../docs/page.png', import.meta.url));
const target = fileURLToPath(new URL(`../${FIXTURE}`, import.meta.url));

const { report, sources } = await validateWithSources(target, { smoke: { device: 'cpu' } });
const page = formatReport(report, 'html', { sources, base: FIXTURE });
const folder = await mkdtemp(join(tmpdir(), 'page-'));
const browser = await launchBrowser();
try {
  await writeFile(join(folder, 'page.html'), page);
  const tab = await browser.newPage({ viewport: SIZE, colorScheme: 'light' });
  await tab.goto(pathToFileURL(join(folder, 'page.html')).href);
  // A page has few colours: a palette of them is a third of the size.
  const png = await sharp(await tab.screenshot())
    .png({ palette: true, effort: 10 })
    .toBuffer();
  await writeFile(picture, png);
  console.log(`docs/page.png: ${SIZE.width} × ${SIZE.height} pixels, ${png.byteLength} bytes`);
} finally {
  await browser.close();
  await rm(folder, { recursive: true, force: true });
}
