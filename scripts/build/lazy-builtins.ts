import type { Plugin } from 'esbuild';

/** Modules of Node that take long to load (10 ms) and are used by few runs, with the functions that are used of each. */
const LAZY: Readonly<Record<string, readonly string[]>> = { 'node:child_process': ['execFile', 'spawn'] };

/**
 * Loads some of Node's own modules at the first call. In one bundle all imports are hoisted to its top, also those of parts
 * that are imported dynamically in the sources.
 */
export const lazyBuiltins: Plugin = {
  name: 'lazy-builtins',
  setup({ onLoad, onResolve }) {
    for (const [name, functions] of Object.entries(LAZY)) {
      onResolve({ filter: new RegExp(`^${name}$`) }, () => ({ path: name, namespace: 'lazy' }));
      onLoad({ filter: new RegExp(`^${name}$`), namespace: 'lazy' }, () => ({
        contents: [
          `import { createRequire } from 'node:module';`,
          `const load = () => createRequire(import.meta.url)('${name}');`,
          ...functions.map((one) => `export const ${one} = (...args) => load().${one}(...args);`),
        ].join('\n'),
      }));
    }
  },
};
