/**
 * Builds what is shipped. `tsx scripts/build.ts` writes `dist/` (the npm package); `tsx scripts/build.ts action` writes
 * `action/dist/` (the committed bundle of the GitHub Action). Both outputs depend on the sources and the lockfile alone,
 * so that CI can build again and compare.
 */
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Metafile } from 'esbuild';
import { cutUnused } from './build/cut-unused.js';
import { licenseText } from './build/licenses.js';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Packages with native code: never bundled, resolved when smoke asks for them. */
const EXTERNAL = [
  'onnxruntime-node',
  'onnxruntime-common',
  '@huggingface/transformers',
  'sharp',
  'node-llama-cpp',
];

/** Packages whose data is copied into `src/hub/` by the table script, so that no bundle input names them. */
const COPIED_DATA = ['@huggingface/tasks'];

const shared = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  external: EXTERNAL,
  plugins: [cutUnused],
  // Notices are collected into one file; comments of the code itself go with the white space.
  legalComments: 'none',
  // Stack traces keep the names that stand in the sources.
  minifyWhitespace: true,
  minifySyntax: true,
  metafile: true,
  logLevel: 'warning',
  charset: 'utf8',
} satisfies BuildOptions;

async function buildPackage(): Promise<void> {
  const out = join(root, 'dist');
  await rm(out, { recursive: true, force: true });
  const { metafile } = await build({
    ...shared,
    entryPoints: {
      index: 'src/index.ts',
      cli: 'src/cli/bin.ts',
      'smoke-child': 'src/smoke/child.ts',
    },
    outdir: out,
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
  });
  await chmod(join(out, 'cli.js'), 0o755);
  await writeLicenses(out, metafile);
  emitTypes(join(out, 'types'));
  printSizes(metafile);
}

async function buildAction(): Promise<void> {
  const out = join(root, 'action', 'dist');
  await rm(out, { recursive: true, force: true });
  // One file per process, so that a change of a source is a change of one committed file.
  const { metafile } = await build({
    ...shared,
    entryPoints: { index: 'src/action/main.ts', 'smoke-child': 'src/smoke/child.ts' },
    outdir: out,
    splitting: false,
    // tunnel, below @actions/core, asks for Node's modules through `require`.
    banner: {
      js: "import{createRequire as nodeRequire}from'node:module';const require=nodeRequire(import.meta.url);",
    },
  });
  await writeLicenses(out, metafile);
  printSizes(metafile);
}

async function writeLicenses(folder: string, metafile: Metafile): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, 'THIRD-PARTY-LICENSES.txt'),
    await licenseText(root, Object.keys(metafile.inputs), COPIED_DATA),
  );
}

/** Declarations of everything the root of the package exports, through the TypeScript compiler. */
function emitTypes(folder: string): void {
  const compiler = join(
    createRequire(import.meta.url).resolve('typescript/package.json'),
    '..',
    'bin',
    'tsc',
  );
  execFileSync(process.execPath, [compiler, '-p', 'tsconfig.build.json', '--outDir', folder], {
    cwd: root,
    stdio: 'inherit',
  });
}

function printSizes(metafile: Metafile): void {
  for (const [path, { bytes }] of Object.entries(metafile.outputs)) {
    console.log(`${(bytes / 1000).toFixed(1).padStart(8)} kB  ${relative(root, join(root, path))}`);
  }
}

await (process.argv[2] === 'action' ? buildAction() : buildPackage());
