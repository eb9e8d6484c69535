/**
 * Builds what is shipped. `tsx scripts/build.ts` writes `dist/` (the npm package); `tsx scripts/build.ts action` writes
 * `action/dist/` (the committed bundle of the GitHub Action). Both outputs depend on the sources and the lockfile alone,
 * so that CI can build again and compare.
 */
import { execFileSync } from 'node:child_process';
import { chmod, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { cutUnused } from './build/cut-unused.js';
import { licenseText } from './build/licenses.js';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Packages with native code: never bundled, resolved when smoke asks for them. */
const EXTERNAL = ['onnxruntime-node', 'onnxruntime-common', '@huggingface/transformers', 'sharp', 'tsx'];

/** Packages whose data is copied into `src/hub/` by the table script, so that no bundle input names them. */
const COPIED_DATA = ['@huggingface/languages', '@huggingface/tasks'];

/**
 * The Hub's client is imported where it is needed, so it stays a file of its own: 250 kB that would be read at every start
 * otherwise.
 */
const HUB_CLIENT = 'hub-client';
const keepApart: Plugin = {
  name: 'keep-apart',
  setup({ onResolve }) {
    onResolve({ filter: /\/hub-client\.js$/ }, () => ({ path: `./${HUB_CLIENT}.js`, external: true }));
  },
};

/**
 * Bundles each entry into one file of the same name. One file for each process, and not chunks that processes share: twenty
 * small modules take longer to find and read than one large one takes to parse (bench/startup.ts).
 */
async function bundle(out: string, entryPoints: Readonly<Record<string, string>>): Promise<void> {
  await rm(out, { recursive: true, force: true });
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: {
      ...entryPoints,
      'smoke-child': 'src/smoke/child.ts',
      [HUB_CLIENT]: 'src/repo/hub-client.ts',
    },
    outdir: out,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    external: EXTERNAL,
    plugins: [cutUnused, keepApart],
    // Names stay as they are in the sources, for stack traces; shortening them starts no faster.
    minifyWhitespace: true,
    minifySyntax: true,
    charset: 'utf8',
    // The notices of dependencies are collected into one file.
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
  });
  const inputs = Object.values(metafile.outputs).flatMap((output) =>
    Object.entries(output.inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
  );
  await writeFile(join(out, 'THIRD-PARTY-LICENSES.txt'), await licenseText(root, inputs, COPIED_DATA));
  for (const [path, { bytes }] of Object.entries(metafile.outputs)) {
    console.log(`${(bytes / 1000).toFixed(1).padStart(8)} kB  ${path}`);
  }
}

/** Declarations of everything the root of the package exports, through the TypeScript compiler. */
function emitTypes(folder: string): void {
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
}

if (process.argv[2] === 'action') {
  await bundle(join(root, 'action', 'dist'), { index: 'src/action/main.ts' });
} else {
  const out = join(root, 'dist');
  await bundle(out, { index: 'src/index.ts', cli: 'src/cli/bin.ts' });
  await chmod(join(out, 'cli.js'), 0o755);
  emitTypes(join(out, 'types'));
}
