/**
 * Builds what is shipped. `tsx scripts/build.ts` writes `dist/` (the npm package); `tsx scripts/build.ts action` writes
 * `action/dist/` (the committed bundle of the GitHub Action). Both outputs depend on the sources and the lockfile alone,
 * so that CI can build again and compare.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';
import { forBrowsers } from './build/browser-builtins.js';
import { cutUnused } from './build/cut-unused.js';
import { keepReachable } from './build/keep-reachable.js';
import { lazyBuiltins } from './build/lazy-builtins.js';
import { licenseText } from './build/licenses.js';
import { buildPage } from './build/page.js';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Packages with native code: never bundled, resolved when smoke asks for them. */
const EXTERNAL = ['onnxruntime-node', 'onnxruntime-common', '@huggingface/transformers', 'sharp', 'tsx'];

/** Packages whose data is copied into `src/hub/` by the table script, so that no bundle input names them. */
const COPIED_DATA = ['@huggingface/languages', '@huggingface/tasks'];

/**
 * What is imported only where it is needed stays a file of its own, and is not read at every start: the Hub's client,
 * 250 kB, what looks into weights, 100 kB, what decodes pictures and sounds, and for the command the smoke inference, 100 kB, and the language server,
 * 750 kB with its own copy of the engine.
 */
const HUB_CLIENT = 'hub-client';
const WEIGHT_FAULTS = 'weight-faults';
const COMMAND = 'command';
const SMOKE = 'smoke';
const SMOKE_RUN = 'smoke-run';
const LANGUAGE_SERVER = 'language-server';
const MODEL_SERVER = 'model-server';
const MEDIA_CODECS = 'media-codecs';
/** Decoders under the LGPL, each in a file that can be replaced by another of the same interface. */
const DECODERS = ['mp3', 'opus', 'vorbis'];
const COMMONJS_FILES: ReadonlySet<string> = new Set([SMOKE, LANGUAGE_SERVER, MODEL_SERVER]);
function keepApart(...names: readonly string[]): Plugin {
  return {
    name: 'keep-apart',
    setup({ onResolve }) {
      const filter = new RegExp(`/(?:${names.join('|')})\\.js$`);
      onResolve({ filter }, ({ kind, path }) => {
        if (kind !== 'dynamic-import') return null;
        const name = path.slice(path.lastIndexOf('/') + 1, -'.js'.length);
        return { path: `./${name}.${COMMONJS_FILES.has(name) ? 'cjs' : 'js'}`, external: true };
      });
    },
  };
}

/**
 * How everything is bundled: each process is one file. Chunks that processes share would be twenty small modules on the way
 * to the first line of output, and take longer to find and read than one large file takes to parse (bench/startup.ts).
 */
const COMMON = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  external: EXTERNAL,
  // Names stay as they are in the sources, for stack traces; shortening them starts no faster.
  minifyWhitespace: true,
  minifySyntax: true,
  // Of an error that nobody catches, Node prints the whole line that threw it.
  lineLimit: 200,
  // The notices of dependencies are collected into one file.
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
} as const satisfies BuildOptions;

/** Modules, each in one file named after its entry; the Hub's client and whatever else is kept apart stand beside them. */
async function bundleModules(out: string, entryPoints: Readonly<Record<string, string>>): Promise<Metafile> {
  const { metafile } = await build({
    ...COMMON,
    entryPoints: {
      ...entryPoints,
      [HUB_CLIENT]: 'src/repo/hub-client.ts',
      [WEIGHT_FAULTS]: 'src/safetensors/weight-faults.ts',
      [MEDIA_CODECS]: 'src/smoke/media/media-codecs.ts',
      ...Object.fromEntries(DECODERS.map((name) => [name, `src/smoke/media/${name}.ts`])),
    },
    outdir: out,
    format: 'esm',
    plugins: [
      cutUnused,
      keepApart(HUB_CLIENT, WEIGHT_FAULTS, SMOKE, MODEL_SERVER, MEDIA_CODECS, ...DECODERS),
      lazyBuiltins,
    ],
  });
  return metafile;
}

/** The part of the library for browsers, with short names: it is sent over a network. */
async function bundleBrowser(outfile: string): Promise<Metafile> {
  const { plugin, ...browser } = forBrowsers(root);
  const { metafile } = await build({
    ...COMMON,
    ...browser,
    target: 'es2022',
    format: 'esm',
    minify: true,
    lineLimit: 0,
    entryPoints: ['src/browser.ts'],
    outfile,
    plugins: [cutUnused, plugin],
  });
  return metafile;
}

/** What CommonJS lacks of modules. */
const COMMONJS = {
  ...COMMON,
  format: 'cjs',
  define: { 'import.meta.url': 'importMetaUrl' },
  banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
} as const satisfies BuildOptions;

/**
 * A bundle in CommonJS, `NAME.cjs`, that can be run from code which V8 compiled before (src/compiled.ts). Node starts CommonJS a
 * tenth sooner than a module, and what a run does not need of Node's own modules is never loaded.
 */
async function bundleCommonJs(
  folder: string,
  name: string,
  entry: string,
  apart: readonly string[],
): Promise<Metafile> {
  const outfile = join(folder, `${name}.cjs`);
  const { metafile } = await build({
    ...COMMONJS,
    entryPoints: [entry],
    outfile,
    plugins: [cutUnused, keepApart(...apart)],
  });
  // Code that V8 compiled before has no `import()`; src/compiled.ts hands in what stands in its place.
  const text = (await readFile(outfile, 'utf8'))
    .replace(/(?<![\w.$])import\(/g, 'importModule(')
    // What esbuild leaves in templates and regular expressions: a file that is ASCII alone is read in a tenth of the time.
    .replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  await writeFile(outfile, `var importModule = importModule || ((path) => import(path));\n${text}`);
  return metafile;
}

/** The smoke inference and its child process: for the command, the library and the action. */
async function bundleSmoke(folder: string): Promise<readonly Metafile[]> {
  return [
    await bundleCommonJs(folder, SMOKE, 'src/smoke/smoke.ts', [HUB_CLIENT]),
    await bundleCommonJs(folder, SMOKE_RUN, 'src/smoke/child.ts', [MEDIA_CODECS]),
  ];
}

/** What starts bundles of a folder from compiled code: `cli.cjs` the command, `smoke-child.cjs` the child process. */
async function bundleStarts(folder: string): Promise<void> {
  const hash = createHash('sha256');
  for (const name of [COMMAND, SMOKE, SMOKE_RUN]) hash.update(await readFile(join(folder, `${name}.cjs`)));
  await build({
    ...COMMON,
    format: 'cjs',
    entryPoints: { cli: 'src/cli/start.ts', 'smoke-child': 'src/smoke/child-start.ts' },
    outdir: folder,
    outExtension: { '.js': '.cjs' },
    define: { BUILD: JSON.stringify(hash.digest('hex').slice(0, 16)) },
  });
  await chmod(join(folder, 'cli.cjs'), 0o755);
}

/**
 * The language server, as CommonJS too, because the library it stands on is. It brings its own copy of the engine, so names
 * are shortened: that saves a quarter of a megabyte in every installation.
 */
async function bundleLanguageServer(outfile: string): Promise<Metafile> {
  const { metafile } = await build({
    ...COMMONJS,
    minifyIdentifiers: true,
    entryPoints: ['src/lsp/language-server.ts'],
    outfile,
    plugins: [cutUnused, keepApart(HUB_CLIENT, WEIGHT_FAULTS, SMOKE)],
  });
  return metafile;
}

/** The server of models, with its copy of the engine and of the web framework; names are shortened as in the language server. */
async function bundleModelServer(outfile: string): Promise<Metafile> {
  const { metafile } = await build({
    ...COMMONJS,
    minifyIdentifiers: true,
    entryPoints: ['src/serve/model-server.ts'],
    outfile,
    plugins: [cutUnused, keepApart(HUB_CLIENT, WEIGHT_FAULTS, SMOKE, MEDIA_CODECS)],
  });
  return metafile;
}

/** Writes the licences of what is in some bundles, and of `further` sources, beside them, and prints their sizes. */
async function writeLicenses(
  folder: string,
  metafiles: readonly Metafile[],
  further: readonly string[] = [],
): Promise<void> {
  const outputs = metafiles.flatMap(({ outputs }) => Object.entries(outputs));
  const inputs = outputs.flatMap(([, output]) =>
    Object.entries(output.inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
  );
  await writeFile(
    join(folder, 'THIRD-PARTY-LICENSES.txt'),
    await licenseText(root, [...inputs, ...further], COPIED_DATA),
  );
  for (const [path, { bytes }] of outputs) {
    console.log(`${(bytes / 1000).toFixed(1).padStart(8)} kB  ${path}`);
  }
}

/** Declarations of everything the root of the package exports, through the TypeScript compiler. */
async function emitTypes(folder: string): Promise<void> {
  const compiler = join(
    createRequire(import.meta.url).resolve('typescript/package.json'),
    '..',
    'bin',
    'tsc',
  );
  execFileSync(
    process.execPath,
    [compiler, '-p', 'tsconfig.build.json', '--outDir', relative(root, folder)],
    {
      cwd: root,
      stdio: 'inherit',
    },
  );
  await keepReachable(folder, 'index.d.ts', 'browser.d.ts');
}

const out = join(root, process.argv[2] === 'action' ? 'action/dist' : 'dist');
await rm(out, { recursive: true, force: true });
const smoke = await bundleSmoke(out);
if (process.argv[2] === 'action') {
  await writeLicenses(out, [await bundleModules(out, { index: 'src/action/main.ts' }), ...smoke]);
} else {
  const modules = await bundleModules(out, { index: 'src/index.ts' });
  const command = await bundleCommonJs(out, COMMAND, 'src/cli/bin.ts', [
    HUB_CLIENT,
    WEIGHT_FAULTS,
    SMOKE,
    LANGUAGE_SERVER,
    MODEL_SERVER,
  ]);
  const modelServer = await bundleModelServer(join(out, `${MODEL_SERVER}.cjs`));
  const languageServer = await bundleLanguageServer(join(out, `${LANGUAGE_SERVER}.cjs`));
  await bundleStarts(out);
  const browser = await bundleBrowser(join(out, 'browser.js'));
  const page = await buildPage(root, join(out, 'page'));
  await writeLicenses(out, [modules, command, ...smoke, languageServer, modelServer, browser], page.inputs);
  await emitTypes(join(out, 'types'));
}
