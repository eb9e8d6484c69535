import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { builtPage } from './built-page.js';

it('the page weighs no more than its docs say, gzipped', async () => {
  const docs = readFileSync(new URL('../../docs/serve.md', import.meta.url), 'utf8');
  const [, told = ''] = /Less than (\d+) kB are sent, gzipped/.exec(docs) ?? [];
  const folder = await builtPage();
  const files = readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) =>
    entry.isFile(),
  );
  const sent = files.reduce(
    (sum, { parentPath, name }) => sum + gzipSync(readFileSync(join(parentPath, name))).length,
    0,
  );
  expect(sent).toBeLessThan(Number(told) * 1000);
  // All of it was found.
  expect(sent).toBeGreaterThan(Number(told) * 750);
});
