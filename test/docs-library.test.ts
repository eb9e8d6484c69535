import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import { transform } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as library from '../src/index.js';

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const page = read('docs/library.md');
const entry = (name: string) =>
  pathToFileURL(fileURLToPath(new URL(`../src/${name}.ts`, import.meta.url))).href;

/** Each example: the heading it stands under, and its code. */
const examples = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => ({
  title: page.slice(0, match.index).split(/^##+ /m).at(-1)?.split('\n')[0] ?? '',
  code: match[1] ?? '',
}));

/** Names that the library exports: types, and values. */
function exportedNames(): readonly string[] {
  return [...read('src/index.ts').matchAll(/export (?:type )?\{([^}]*)\}/g)].flatMap(([, names = '']) =>
    names
      .split(',')
      .map((name) => name.replace(/^\s*type /, '').trim())
      .filter(Boolean),
  );
}

describe('docs/library.md', () => {
  it('tells of every export', () => {
    const names = exportedNames();
    expect(names.length).toBeGreaterThan(50);
    for (const name of names) expect(page, name).toMatch(new RegExp(`\`${name}(?:\`|\\(|\\[\\]|s?\`)`));
  });

  it('has a heading and an example for every function, class and constant', () => {
    const headings = [...page.matchAll(/^### (.*)$/gm)].map(([, heading = '']) => heading).join(' ');
    for (const name of Object.keys(library)) {
      expect(headings).toMatch(new RegExp(`\`${name}[\`(]`));
      expect(
        examples.some(({ code }) => new RegExp(`import \\{[^}]*\\b${name}\\b`).test(code)),
        name,
      ).toBe(true);
    }
  });
});

describe('the examples', () => {
  const before = process.cwd();
  const cwd = realpathSync(mkdtempSync(join(tmpdir(), 'library-')));
  beforeAll(() => process.chdir(cwd));
  afterAll(() => {
    process.chdir(before);
    rmSync(cwd, { recursive: true, force: true });
  });

  it.each(examples.map((example, index) => ({ ...example, index })))(
    '$index: $title',
    async ({ code, index }) => {
      const lines = code.split('\n').map((line) => {
        const [, expression, shown] = /^(.*); \/\/ => (.*)$/.exec(line) ?? [];
        return expression === undefined ? line : `shown.push([${expression}, ${JSON.stringify(shown)}]);`;
      });
      const source = `${lines.join('\n')}`
        .replaceAll("'validate-model-card/browser'", JSON.stringify(entry('browser')))
        .replaceAll("'validate-model-card'", JSON.stringify(entry('index')));
      const { code: script } = await transform(`export const shown: [unknown, string][] = [];\n${source}`, {
        loader: 'ts',
        format: 'esm',
      });
      const file = join(cwd, `example-${index}.mjs`);
      writeFileSync(file, script);
      const { shown } = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as {
        readonly shown: readonly (readonly [unknown, string])[];
      };
      expect(shown.length).toBeGreaterThan(0);
      for (const [value, text] of shown) {
        expect(inspect(value, { breakLength: Number.POSITIVE_INFINITY, depth: 5 })).toBe(text);
      }
    },
  );
});
