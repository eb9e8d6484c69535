import { join, relative } from 'node:path';
import { build, type Rollup } from 'vite';

/** What the page was made of. */
export interface BuiltPage {
  /** Paths of all sources, relative to `root`, packages included. */
  readonly inputs: readonly string[];
  /** Files below the folder, with their sizes in bytes. */
  readonly files: readonly { readonly path: string; readonly bytes: number }[];
}

/** Builds the page of `validate-card serve` (src/page) into a folder, which is emptied before. */
export async function buildPage(root: string, out: string): Promise<BuiltPage> {
  const built = await build({
    configFile: false,
    root: join(root, 'src', 'page'),
    base: '/',
    publicDir: false,
    logLevel: 'warn',
    build: {
      outDir: out,
      emptyOutDir: true,
      target: 'es2022',
      // No model is called so: what lies there belongs to the page.
      assetsDir: '_page',
      // Everything is a file of the server: its policy allows nothing written into the page.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
      license: false,
    },
  });
  const outputs = (Array.isArray(built) ? built : [built]).flatMap((one) =>
    'output' in one ? one.output : [],
  );
  return {
    inputs: outputs.flatMap((one) => inputsOf(one, root)),
    files: outputs.map((one) => ({
      path: one.fileName,
      bytes: Buffer.byteLength(one.type === 'chunk' ? one.code : one.source),
    })),
  };
}

function inputsOf(output: Rollup.OutputChunk | Rollup.OutputAsset, root: string): readonly string[] {
  if (output.type === 'asset') return [];
  return Object.entries(output.modules).flatMap(([path, { renderedLength }]) =>
    renderedLength > 0 ? [relative(root, path)] : [],
  );
}
