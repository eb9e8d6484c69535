import { readFile } from 'node:fs/promises';
import { createRequire, isBuiltin } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Consumer, packAndInstall, packageFields } from './pack.js';

const CARD = resolve('fixtures/text-classification/README.md');

let consumer: Consumer;
beforeAll(async () => {
  consumer = await packAndInstall();
});
afterAll(() => consumer.remove());

/** Runs an ES module in the consumer's folder and returns the JSON it prints. */
async function evaluated(script: string): Promise<unknown> {
  await consumer.write('script.js', script);
  const { code, stdout, stderr } = await consumer.run(process.execPath, ['script.js']);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return JSON.parse(stdout);
}

describe('the command', () => {
  it('runs through npx', async () => {
    const { code, stdout } = await consumer.run('npx', ['--no-install', 'validate-card', '--version']);
    expect(stdout.trim()).toBe((await packageFields()).version);
    expect(code).toBe(0);
  });

  it('checks a card', async () => {
    const { code, stdout } = await consumer.run('npx', [
      '--no-install',
      'validate-card',
      CARD,
      '--format',
      'json',
    ]);
    expect(JSON.parse(stdout)).toMatchObject({ schemaVersion: 1, summary: { errors: 0, publishable: true } });
    expect(code).toBe(0);
  });

  it('reports card and verdict, then what to install, when smoke is asked for without the runtimes', async () => {
    const { code, stdout, stderr } = await consumer.run('npx', [
      '--no-install',
      'validate-card',
      dirname(CARD),
      '--smoke',
    ]);
    expect(stdout).toContain('Model page');
    expect(stdout).not.toContain('Smoke inference');
    expect(stderr).toMatch(
      /npm install .*onnxruntime-node.*@huggingface\/transformers|npm install .*@huggingface\/transformers.*onnxruntime-node/,
    );
    expect(`${stdout}${stderr}`).not.toContain('    at ');
    expect(code).toBe(3);
  });
});

describe('rules of a user', () => {
  it('run in the installed command, and in a test of their own', async () => {
    for (const name of ['acme.mjs', 'acme.test.mjs']) {
      await consumer.write(name, await readFile(join('docs/examples/rules', name), 'utf8'));
    }
    await consumer.write('settings.yaml', 'ruleModules: [./acme.mjs]\n');
    const { code, stdout } = await consumer.run('npx', [
      '--no-install',
      'validate-card',
      CARD,
      '--config',
      'settings.yaml',
    ]);
    expect(stdout).toContain('error[acme/team-named]');
    expect(code).toBe(1);
    const tested = await consumer.run(process.execPath, ['--test', 'acme.test.mjs']);
    expect(tested.code, tested.stdout).toBe(0);
  });
});

describe('the library', () => {
  it('exports what the documentation names', async () => {
    const names = await evaluated(`
      import * as library from 'validate-model-card';
      console.log(JSON.stringify(Object.keys(library)));`);
    expect(names).toEqual(
      expect.arrayContaining([
        'parseCard',
        'lintCard',
        'decideSupport',
        'openRepo',
        'smokeTest',
        'createServer',
        'validateRepo',
        'applyFixes',
        'formatReport',
        'loadSettings',
      ]),
    );
  });

  it('loads from CommonJS where Node can', async () => {
    const { code, stdout } = await consumer.run(process.execPath, [
      '-e',
      "import('validate-model-card').then((library) => console.log(typeof library.parseCard))",
    ]);
    expect([code, stdout.trim()]).toEqual([0, 'function']);
  });

  it('exports schemas and package.json, and nothing below dist', async () => {
    const found = await evaluated(`
      import { createRequire } from 'node:module';
      const require = createRequire(import.meta.url);
      const tried = ['schemas/report.schema.json', 'package.json', 'dist/index.js'].map((path) => {
        try { return typeof require('validate-model-card/' + path); } catch (error) { return error.code; }
      });
      console.log(JSON.stringify(tried));`);
    expect(found).toEqual(['object', 'object', 'ERR_PACKAGE_PATH_NOT_EXPORTED']);
  });

  it('has no side effects on import', async () => {
    const changed = await evaluated(`
      const before = { globals: Object.getOwnPropertyNames(globalThis), env: { ...process.env }, cwd: process.cwd() };
      const listeners = process.eventNames().length;
      await import('validate-model-card');
      // The loader closes the files it has read.
      await new Promise((resolve) => setTimeout(resolve, 50));
      const globals = Object.getOwnPropertyNames(globalThis).filter((name) => !before.globals.includes(name));
      console.log(JSON.stringify({
        globals,
        env: JSON.stringify(before.env) !== JSON.stringify(process.env),
        cwd: before.cwd !== process.cwd(),
        listeners: process.eventNames().length - listeners,
        active: process.getActiveResourcesInfo().filter((name) => name !== 'TTYWrap' && name !== 'PipeWrap'),
        exitCode: process.exitCode ?? null,
      }));`);
    expect(changed).toEqual({
      globals: [],
      env: false,
      cwd: false,
      listeners: 0,
      active: [],
      exitCode: null,
    });
  });

  it('loads no runtime, no network client and no package on import', async () => {
    // In this repository the runtimes are installed, so that loading them by mistake would succeed.
    const loaded = resolve('dist/index.js');
    await consumer.write(
      'hooks.js',
      `import { writeSync } from 'node:fs';
       export async function resolve(specifier, context, next) {
         writeSync(2, specifier + '\\n');
         return next(specifier, context);
       }`,
    );
    await consumer.write(
      'watch.js',
      `import { register } from 'node:module';
       register('./hooks.js', import.meta.url);
       await import(${JSON.stringify(`file://${loaded}`)});`,
    );
    const { code, stderr } = await consumer.run(process.execPath, ['watch.js']);
    expect(code).toBe(0);
    const foreign = stderr
      .split('\n')
      .filter((name) => !/^(\.{1,2}\/|file:|$)/.test(name) && !isBuiltin(name));
    expect(foreign).toEqual([]);
    expect(stderr).not.toMatch(
      /onnxruntime|transformers|node:https?\b|node:child_process|node:worker_threads/,
    );
  });
});

describe('the types', () => {
  const program = `
    import {
      applyFixes, decideSupport, formatReport, lintCard, loadSettings, openRepo, parseCard, smokeTest, validateRepo,
      type Diagnostic, type Report, type SupportVerdict,
    } from 'validate-model-card';

    const card = parseCard('---\\nlicense: mit\\n---\\n');
    const found: readonly Diagnostic[] = lintCard(card, { files: [{ path: 'config.json', size: 2 }] });
    const fixed: string = applyFixes(card.text, found);
    const verdict: SupportVerdict = decideSupport({ metadata: card.metadata, files: [], modelConfig: {} });
    const report: Report = await validateRepo('.', { offline: true });
    await validateRepo('.', await loadSettings({ cwd: '.', folder: '.' }));
    const text: string = formatReport(report, 'markdown');
    const smoke = await smokeTest(await openRepo('.'), { device: 'cpu' });
    // @ts-expect-error: no such format
    formatReport(report, 'yaml');
    // @ts-expect-error: no such reason
    verdict.api.reason === 'Maybe';
    export { fixed, smoke, text };
  `;

  it.each([
    ['NodeNext', 'NodeNext', ['ES2023'], ['node']],
    ['ESNext', 'bundler', ['ES2023', 'DOM'], []],
  ])('compile with module %s and moduleResolution %s', async (module, moduleResolution, lib, types) => {
    await consumer.write('program.ts', program);
    for (const name of ['acme.mjs', 'acme.ts']) {
      await consumer.write(name, await readFile(join('docs/examples/rules', name), 'utf8'));
    }
    await consumer.write(
      'tsconfig.json',
      JSON.stringify({
        compilerOptions: {
          module,
          moduleResolution,
          lib,
          types,
          typeRoots: [resolve('node_modules/@types')],
          target: 'ES2022',
          strict: true,
          exactOptionalPropertyTypes: true,
          skipLibCheck: false,
          noEmit: true,
          allowJs: true,
          checkJs: true,
        },
        files: ['program.ts', 'acme.ts', 'acme.mjs'],
      }),
    );
    const compiler = join(createRequire(import.meta.url).resolve('typescript/package.json'), '../bin/tsc');
    const { code, stdout } = await consumer.run(process.execPath, [compiler, '-p', 'tsconfig.json']);
    expect(stdout).toBe('');
    expect(code).toBe(0);
  });

  it('name no package that a user does not have', async () => {
    const own = [...consumer.files.keys()].filter((file) => file.endsWith('.d.ts'));
    for (const file of own) {
      const text = await readFile(join(consumer.folder, 'node_modules/validate-model-card', file), 'utf8');
      const named = [...text.matchAll(/(?:from|import\()\s*["']([^"']+)["']/g)].map(([, name]) => name ?? '');
      expect(
        named.filter((name) => !/^(\.{1,2}\/|node:)/.test(name)),
        file,
      ).toEqual([]);
    }
  });
});

it('the optional runtimes are those this repository is tested with', async () => {
  const { peerDependencies, peerDependenciesMeta, devDependencies } = await packageFields();
  expect(Object.keys(peerDependencies).sort()).toEqual([
    '@huggingface/transformers',
    'node-llama-cpp',
    'onnxruntime-node',
  ]);
  for (const name of Object.keys(peerDependencies)) {
    expect(peerDependenciesMeta[name]).toEqual({ optional: true });
    expect(devDependencies[name]).toBeDefined();
  }
});
