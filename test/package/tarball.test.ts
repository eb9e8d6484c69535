import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Consumer, packAndInstall, packageFields } from './pack.js';

let consumer: Consumer;
beforeAll(async () => {
  consumer = await packAndInstall();
});
afterAll(() => consumer.remove());

describe('the tarball', () => {
  it('holds what is needed', () => {
    for (const file of [
      'LICENSE',
      'README.md',
      'CHANGELOG.md',
      'package.json',
      'dist/index.js',
      'dist/browser.js',
      'dist/cli.cjs',
      'dist/command.cjs',
      'dist/smoke.cjs',
      'dist/smoke-child.cjs',
      'dist/smoke-run.cjs',
      'dist/language-server.cjs',
      'dist/page/index.html',
      'dist/types/index.d.ts',
      'dist/THIRD-PARTY-LICENSES.txt',
      'schemas/report.schema.json',
      'schemas/reports.schema.json',
      'schemas/model-card.schema.json',
      'schemas/config.schema.json',
      'schemas/eval-results.schema.json',
    ]) {
      expect([...consumer.files.keys()]).toContain(file);
    }
  });

  it('holds nothing else', () => {
    const allowed =
      /^(LICENSE|README\.md|CHANGELOG\.md|package\.json|schemas\/[\w-]+\.schema\.json|dist\/(index|browser|hub-client|media-codecs|mp3|opus|vorbis|weight-faults)\.js|dist\/(cli|command|language-server|model-server|smoke|smoke-child|smoke-run)\.cjs|dist\/page\/index\.html|dist\/page\/_page\/[\w-]+\.(js|css)|dist\/types\/[\w/.-]+\.d\.ts|dist\/THIRD-PARTY-LICENSES\.txt)$/;
    expect([...consumer.files.keys()].filter((file) => !allowed.test(file))).toEqual([]);
  });

  // The language server, the server of models and the entry for browsers each have a copy of the engine; together they are a third of it.
  it('is small', () => {
    expect(consumer.unpackedSize).toBeLessThan(8_200_000);
  });

  it('sends a small page', async () => {
    const folder = join(consumer.folder, 'node_modules/validate-model-card/dist/page');
    const files = (await readdir(folder, { recursive: true })).filter((name) => /\.\w+$/.test(name));
    const sizes = await Promise.all(
      files.map(async (name) => gzipSync(await readFile(join(folder, name))).length),
    );
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(250_000);
    expect(files.length).toBeGreaterThan(2);
  });

  it('brings no other package and no dependency', async () => {
    const { dependencies } = await packageFields();
    expect(dependencies).toBeUndefined();
    const installed = await readdir(join(consumer.folder, 'node_modules'));
    expect(installed.filter((name) => !name.startsWith('.'))).toEqual(['validate-model-card']);
  });
});

describe('the bundle', () => {
  it('shows little of itself where nobody catches an error', () => {
    const code = "import('validate-model-card').then(({ validateRepo }) => validateRepo('nowhere'))";
    const { status, stderr } = spawnSync(process.execPath, ['-e', code], {
      cwd: consumer.folder,
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([1, expect.stringContaining('There is no file or folder nowhere.')]);
    expect(stderr.length).toBeLessThan(5000);
  });

  it('has no code that makes code out of text', async () => {
    for (const file of [...(await shippedScripts()), ...(await scriptsBelow('action/dist'))]) {
      const text = await readFile(file, 'utf8');
      expect(text, file).not.toMatch(
        /\beval\s*\(|\bFunction\s*\(\s*["'`](?!(?:NullObject|req|path|derived))|esprima/,
      );
      // find-my-way, the router of fastify, makes functions of the server's own routes.
      const router = file.endsWith('model-server.cjs') ? 5 : 0;
      expect(text.match(/\bnew Function\b/g) ?? [], file).toHaveLength(router);
    }
  });

  it('names no file of the machine that built it', async () => {
    for (const file of [...(await shippedScripts()), ...(await scriptsBelow('action/dist'))]) {
      const text = await readFile(file, 'utf8');
      expect(text, file).not.toContain(process.cwd());
      expect(text, file).not.toContain('sourceMappingURL');
    }
  });

  it('has every file that it loads when it needs it', async () => {
    for (const file of [...(await shippedScripts()), ...(await scriptsBelow('action/dist'))]) {
      const text = await readFile(file, 'utf8');
      const loaded = [...text.matchAll(/\bimport(?:Module)?\("(\.\/[\w-]+\.c?js)"\)/g)].map(
        ([, path = '']) => path,
      );
      const missing = loaded.filter((path) => !existsSync(join(dirname(file), path)));
      expect(missing, file).toEqual([]);
    }
  });

  it('tells the licence of every package that is in it', async () => {
    for (const folder of [join(consumer.folder, 'node_modules/validate-model-card/dist'), 'action/dist']) {
      const text = await readFile(join(folder, 'THIRD-PARTY-LICENSES.txt'), 'utf8');
      const page = folder === 'action/dist' ? [] : ['preact', 'marked', 'dompurify'];
      for (const name of ['js-yaml', 'gray-matter', '@huggingface/tasks', ...page]) {
        expect(text).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+, \\S+`, 'm'));
      }
      // Copyleft and unknown terms do not belong into a package under Apache-2.0, but for libraries under the LGPL that stand
      // in a file of their own, which anybody can replace.
      const terms = [...text.matchAll(/^(\S+) \d+\.\d+\.\d+\S*, ([^,\n]+)/gm)];
      const others = terms.filter(
        // Of several that one may choose from, one.
        ([, , licence = '']) =>
          !licence
            .replace(/^\((.*)\)$/, '$1')
            .split(' OR ')
            .some((one) => /^(MIT|ISC|Apache-2\.0|BSD-[23]-Clause|0BSD)$/.test(one)),
      );
      expect(others.map(([, name, licence]) => [name, licence])).toEqual([
        ['codec-parser', 'LGPL-3.0-or-later'],
      ]);
    }
  });

  it('has what is under the LGPL in files of its own', async () => {
    const folder = join(consumer.folder, 'node_modules/validate-model-card/dist');
    for (const file of await shippedScripts()) {
      // What codec-parser alone says.
      const found = (await readFile(file, 'utf8')).includes('codec-parser');
      expect(found, file).toBe(file === join(folder, 'vorbis.js'));
    }
  });
});

async function shippedScripts(): Promise<readonly string[]> {
  return scriptsBelow(join(consumer.folder, 'node_modules/validate-model-card/dist'));
}

async function scriptsBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true });
  return entries.filter((name) => /\.c?js$/.test(name)).map((name) => join(folder, name));
}
