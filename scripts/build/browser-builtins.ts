import { join } from 'node:path';
import type { BuildOptions, Plugin } from 'esbuild';

/**
 * What stands for modules of Node in the bundle for browsers. Paths and decompression belong to parts that read files, which are
 * not called there: what a bundler cannot see to be unused is empty.
 */
export function forBrowsers(
  root: string,
): Pick<BuildOptions, 'inject' | 'platform'> & { readonly plugin: Plugin } {
  const folder = join(root, 'scripts', 'build', 'browser');
  return {
    platform: 'browser',
    inject: [join(folder, 'buffer.ts')],
    plugin: {
      name: 'browser-builtins',
      setup({ onLoad, onResolve }) {
        onResolve({ filter: /^node:util$/ }, () => ({ path: join(folder, 'util.ts'), sideEffects: false }));
        onResolve({ filter: /^node:(?:path|zlib)$/ }, ({ path }) => ({
          path,
          namespace: 'absent',
          sideEffects: false,
        }));
        onLoad({ filter: /.*/, namespace: 'absent' }, () => ({
          contents: ['sep', 'basename', 'dirname', 'inflateSync']
            .map((name) => `export const ${name} = undefined;`)
            .join('\n'),
        }));
      },
    },
  };
}
