import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual as inNode } from 'node:util';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import fc from 'fast-check';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isDeepStrictEqual } from '../../scripts/build/browser/util.js';
import { parseCard } from '../../src/card/parse.js';
import { applyFixes } from '../../src/fix.js';
import { lintCard } from '../../src/lint.js';
import { decideSupport } from '../../src/support/decide.js';
import { launchBrowser } from '../browser.js';
import { HF_TOKEN } from '../secrets/credentials.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Largest bundle that a page may have to load for the four functions, gzipped, in bytes. */
const MOST_BYTES = 150_000;

/** What a page makes of the package: it asks for it by name, and its bundler for what is meant for browsers. */
async function bundled(contents: string): Promise<string> {
  const { outputFiles, warnings } = await build({
    stdin: { contents, resolveDir: root },
    bundle: true,
    minify: true,
    platform: 'browser',
    format: 'iife',
    globalName: 'modelCard',
    write: false,
    logLevel: 'silent',
  });
  expect(warnings).toEqual([]);
  return outputFiles[0]?.text ?? '';
}

const ENTRY = "export { parseCard, lintCard, decideSupport, applyFixes } from 'validate-model-card';";

const CARDS = [
  '',
  '# Only a heading\n',
  '---\nlicense: Apache 2\nlanguage: no\ntags: [a, a]\npipeline_tag: text-clasification\n---\n# Card\n',
  '\ufeff---\r\nlicense: mit\r\nmodel-index:\r\n- name: x\r\n  results: []\r\n---\r\n',
  '---\na: &a [*a]\nlicense: mit\n---\n',
  '---\nlicense: [\n---\n',
  `---\nlicense: mit\nlibrary_name: transformers\nwidget:\n- text: Hi ${HF_TOKEN}\n---\n${'word '.repeat(500)}`,
  readFileSync(new URL('../../fixtures/text-classification/README.md', import.meta.url), 'utf8'),
];

describe('the library in a browser', () => {
  let script: string;
  let browser: Browser;
  beforeAll(async () => {
    [script, browser] = await Promise.all([bundled(ENTRY), launchBrowser()]);
  });
  afterAll(() => browser?.close());

  it('is smaller than 150 kB gzipped', () => {
    const bytes = gzipSync(script, { level: 9 }).length;
    expect(bytes).toBeLessThan(MOST_BYTES);
    expect(bytes).toBeGreaterThan(50_000);
  });

  it('says of cards what it says in Node', async () => {
    const page = await browser.newPage();
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(String(error)));
    await page.setContent('<!doctype html><title>cards</title>');
    await page.addScriptTag({ content: script });
    const seen = await page.evaluate((cards) => {
      const { parseCard, lintCard, decideSupport, applyFixes } = (
        globalThis as unknown as { readonly modelCard: typeof import('../../src/browser.js') }
      ).modelCard;
      return cards.map((text) => {
        const { metadata } = parseCard(text);
        const diagnostics = lintCard(text);
        const files = [{ path: 'model.safetensors', size: 1000 }];
        return JSON.stringify({
          keys: Object.keys(metadata ?? {}),
          diagnostics,
          support: decideSupport({ metadata, files }),
          fixed: applyFixes(text, diagnostics),
        });
      });
    }, CARDS);
    const expected = CARDS.map((text) => {
      const { metadata } = parseCard(text);
      const diagnostics = lintCard(text);
      const files = [{ path: 'model.safetensors', size: 1000 }];
      return JSON.stringify({
        keys: Object.keys(metadata ?? {}),
        diagnostics,
        support: decideSupport({ metadata, files }),
        fixed: applyFixes(text, diagnostics),
      });
    });
    expect(seen).toEqual(expected);
    expect(expected.some((one) => one.includes('license-unknown'))).toBe(true);
    expect(expected.some((one) => one.includes('secret-in-card'))).toBe(true);
    expect(faults).toEqual([]);
    // Loading it leaves nothing behind but what the page asked for.
    const globals = await page.evaluate(() =>
      ['Buffer', 'process', 'global'].filter((name) => name in globalThis),
    );
    expect(globals).toEqual([]);
    await page.close();
  });

  it('is also there by its own name, and says at once what it lacks', async () => {
    expect(await bundled(ENTRY.replace("card'", "card/browser'"))).toBe(script);
    await expect(bundled("export { openRepo } from 'validate-model-card';")).rejects.toThrow(/openRepo/);
  });

  it('compares values as Node does', () => {
    // Versions of Node disagree about dates that are none; YAML gives no such date.
    const leaves = [fc.boolean(), fc.integer(), fc.double(), fc.string(), fc.constantFrom(null, undefined)];
    const values = fc.anything({
      values: [...leaves, fc.date({ noInvalidDate: true })],
      withNullPrototype: true,
      maxDepth: 3,
    });
    fc.assert(
      fc.property(values, values, (one, other) => isDeepStrictEqual(one, other) === inNode(one, other)),
    );
    fc.assert(
      fc.property(
        values,
        (one) => isDeepStrictEqual(one, structuredClone(one)) === inNode(one, structuredClone(one)),
      ),
    );
    const [a, b]: unknown[][] = [[], []];
    a?.push(a);
    b?.push(b);
    expect(isDeepStrictEqual(a, b)).toBe(inNode(a, b));
    expect(isDeepStrictEqual(0, -0)).toBe(false);
  });
});
