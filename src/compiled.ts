/**
 * Runs bundles from code that an earlier run compiled; half of a short run would else go into compiling. The compiled code
 * lies beside the package, where only who may change the package itself can write; where nobody may, a bundle is compiled
 * each time.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Script } from 'node:vm';
import type { EarlyChild } from './smoke/early-child.js';

/** A bundle that was run. */
export interface Bundle {
  readonly exports: unknown;
  /** Keeps the compiled code for the next run, once all has run that a run usually calls; null when it is kept already. */
  readonly keep: (() => void) | null;
}

/**
 * Runs a bundle, a CommonJS file of `folder` whose name ends with `.cjs`. `build` tells builds apart: V8 itself compares no
 * more than the length of the source. `earlyChild` is handed to it, and to the bundles that it loads.
 */
export function runCompiled(folder: string, name: string, build: string, earlyChild?: EarlyChild): Bundle {
  const path = join(folder, `${name}.cjs`);
  const caches = join(folder, '..', '.cache');
  const cache = join(caches, `${name}-${build}-${process.version}-${process.arch}.bin`);
  // The variable is Node's own, for the cache it has since version 22.
  const cachedData = process.env.NODE_DISABLE_COMPILE_CACHE ? null : read(cache);
  const parameters =
    'exports, require, module, __filename, __dirname, importModule, keepCompiled, earlyChild';
  // The bundles are ASCII alone (scripts/build.ts).
  const script = new Script(`(function (${parameters}) {${readFileSync(path, 'latin1')}\n})`, {
    filename: path,
    ...(cachedData ? { cachedData } : {}),
  });
  const known = cachedData === null || (cachedData !== undefined && !script.cachedDataRejected);
  const keepCompiled = known ? null : () => keep(script, caches, cache, name, build);
  // Stands in the place of `import()`, which code that was compiled before does not have.
  const importModule = async (target: string): Promise<unknown> => {
    if (target === './smoke.cjs') return runAndKeep(folder, 'smoke', build, earlyChild);
    return import(target.startsWith('./') ? pathToFileURL(join(folder, target)).href : target);
  };
  const module = { exports: {} };
  const main = script.runInThisContext() as (...args: readonly unknown[]) => void;
  main(module.exports, createRequire(path), module, path, folder, importModule, keepCompiled, earlyChild);
  return { exports: module.exports, keep: keepCompiled };
}

/** What bundles export that were run, by name. */
const bundles = new Map<string, unknown>();

/** Runs a bundle, once, and keeps what it compiled when the process ends: only then is compiled what a run really calls. */
export function runAndKeep(folder: string, name: string, build: string, earlyChild?: EarlyChild): unknown {
  if (!bundles.has(name)) {
    const bundle = runCompiled(folder, name, build, earlyChild);
    if (bundle.keep !== null) process.once('exit', bundle.keep);
    bundles.set(name, bundle.exports);
  }
  return bundles.get(name);
}

function read(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

/** Nobody reads half of it, and no run fails because it cannot be written. */
function keep(script: Script, folder: string, path: string, name: string, build: string): void {
  const draft = `${path}.${process.pid}`;
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(draft, script.createCachedData(), { flag: 'wx' });
    renameSync(draft, path);
    for (const other of readdirSync(folder)) {
      // Of builds that are gone.
      if (other.startsWith(`${name}-`) && !other.startsWith(`${name}-${build}-`)) {
        rmSync(join(folder, other), { force: true });
      }
    }
  } catch {
    try {
      rmSync(draft, { force: true });
    } catch {
      // A folder that cannot be written to.
    }
  }
}
