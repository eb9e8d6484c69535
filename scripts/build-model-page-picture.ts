/**
 * Draws docs/model-page.png, the picture of the page of a served model in the README: serves a fixture, computes an example in its widget and
 * takes the upper part of the page with a real browser (Debian's package `chromium`, or Google Chrome). Needs `npm run build`. Run it with:
 * npm run model-page-picture. Fonts differ from machine to machine, and so does the picture: nothing compares it.
 */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { createServer } from '../src/serve/model-server.js';
import { launchBrowser } from '../test/browser.js';

const FIXTURE = 'text-classification';
const SIZE = { width: 1100, height: 960 };

const picture = fileURLToPath(new URL('../docs/model-page.png', import.meta.url));
const server = await createServer({
  cwd: fileURLToPath(new URL('../fixtures', import.meta.url)),
  targets: [FIXTURE],
  pageFolder: fileURLToPath(new URL('../dist/page', import.meta.url)),
});
const browser = await launchBrowser();
try {
  const tab = await browser.newPage({ viewport: SIZE, colorScheme: 'light' });
  await tab.goto(`${server.url}/${FIXTURE}`);
  await tab.getByRole('button', { name: 'Compute' }).click();
  await tab.getByText('Computed').first().waitFor({ timeout: 60_000 });
  await tab.getByText(/^Loaded/).waitFor();
  // A page has few colours: a palette of them is a third of the size.
  const png = await sharp(await tab.screenshot())
    .png({ palette: true, effort: 10 })
    .toBuffer();
  await writeFile(picture, png);
  console.log(`docs/model-page.png: ${SIZE.width} × ${SIZE.height} pixels, ${png.byteLength} bytes`);
} finally {
  await browser.close();
  await server.close();
}
