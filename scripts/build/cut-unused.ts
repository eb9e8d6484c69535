import { join, sep } from 'node:path';
import type { Plugin } from 'esbuild';

/** A module that is cut out of a dependency, and what stands in its place. */
interface Cut {
  /** Path as it ends on disk, with forward slashes. */
  readonly file: string;
  readonly contents: string;
}

const CUTS: readonly Cut[] = [
  {
    // The table of front matter engines. Its JavaScript engine is `eval`, and its YAML is js-yaml 3 with esprima.
    file: 'gray-matter/lib/engines.js',
    contents: `import { load } from 'js-yaml';
export const yaml = { parse: (text) => load(text) };`,
  },
  {
    // Asking GitHub for an identity token: an HTTP client of 400 kB that nothing here calls.
    file: '@actions/core/lib/oidc-utils.js',
    contents: 'export const OidcClient = undefined;',
  },
  {
    // Decoding sound in worker threads, which nothing here does; it loads modules in a way that no bundle of modules can.
    file: '@wasm-audio-decoders/common/src/WASMAudioDecoderWorker.js',
    contents: 'export default class {}',
  },
  {
    // Everything the Hub knows of tasks and libraries, 230 kB, of which the reader of GGUF files needs names of quantizations.
    file: '@huggingface/tasks/dist/esm/index.js',
    contents: "export * from './node_modules/@huggingface/tasks/dist/esm/gguf.js';",
  },
  // Figures of the process, of clusters and of quantiles, and a client that pushes figures: with OpenTelemetry's API half of what prom-client brings.
  ...['defaultMetrics.js', 'cluster.js', 'pushgateway.js', 'summary.js'].map((name) => ({
    file: `prom-client/lib/${name}`,
    contents: 'module.exports = class { constructor() { throw new Error("not shipped"); } };',
  })),
  // Schemas of routes, which none of ours has, make code out of JSON; a logger and requests without a network are not used either.
  ...[
    '@fastify/ajv-compiler/index.js',
    '@fastify/fast-json-stringify-compiler/index.js',
    'light-my-request/index.js',
    'fastify/lib/logger-pino.js',
  ].map((file) => ({ file, contents: 'module.exports = () => () => { throw new Error("not shipped"); };' })),
];

/**
 * Leaves out parts of dependencies that must not be shipped: gray-matter's JavaScript engine, which executes code of a
 * card, with the second YAML parser beside it; its `read`, the only use of the file system below a pure function; the
 * HTTP client of @actions/core; the schemas and the logger of fastify; what prom-client has beside counters, gauges and histograms; the worker threads of the decoders of sound; and of the Hub's tables all but what the reader of
 * GGUF files needs.
 */
export const cutUnused: Plugin = {
  name: 'cut-unused',
  setup(build) {
    for (const { file, contents } of CUTS) {
      const ending = `/node_modules/${file}`;
      build.onLoad({ filter: new RegExp(`${file.split('/').at(-1)?.replace('.', '\\.')}$`) }, (args) =>
        args.path.split(sep).join('/').endsWith(ending)
          ? { contents, loader: 'js', resolveDir: build.initialOptions.absWorkingDir ?? process.cwd() }
          : undefined,
      );
    }
    build.onResolve({ filter: /^fs$/ }, (args) =>
      args.importer.split(sep).join('/').endsWith('/node_modules/gray-matter/index.js')
        ? { path: join('gray-matter', 'fs'), namespace: 'cut' }
        : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'cut' }, () => ({ contents: 'export {};', loader: 'js' }));
  },
};
