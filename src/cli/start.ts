#!/usr/bin/env node
/**
 * What `validate-card` runs first: it starts the command from code that an earlier run compiled. Half of a short run would
 * else go into compiling. The compiled code lies beside the package, where only who may change the package itself can
 * write; where nobody may, the command is compiled each time.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Script } from 'node:vm';

/** Tells builds apart: V8 itself compares no more than the length of the source. Set by the build. */
declare const BUILD: string;

const require = createRequire(__filename);
const COMMAND = join(__dirname, 'command.cjs');
const FOLDER = join(__dirname, '..', '.cache');
const CACHE = join(FOLDER, `command-${BUILD}-${process.version}-${process.arch}.bin`);

// The variable is Node's own, for the cache it has since version 22.
const cachedData = process.env.NODE_DISABLE_COMPILE_CACHE ? null : compiledBefore();
const script = new Script(
  `(function (require, __filename, __dirname, importModule) {${readFileSync(COMMAND, 'utf8')}\n})`,
  { filename: COMMAND, ...(cachedData ? { cachedData } : {}) },
);
if (cachedData === undefined || script.cachedDataRejected) {
  // Only then is compiled what a run really calls.
  process.once('exit', () => keep(script.createCachedData()));
}
script.runInThisContext()(require, COMMAND, __dirname, importModule);

/** Stands in the place of `import()`, which code that was compiled before does not have. */
function importModule(path: string): Promise<unknown> {
  return import(path.startsWith('./') ? pathToFileURL(join(__dirname, path)).href : path);
}

function compiledBefore(): Buffer | undefined {
  try {
    return readFileSync(CACHE);
  } catch {
    return undefined;
  }
}

/** Nobody reads half of it, and no run fails because it cannot be written. */
function keep(code: Buffer): void {
  const draft = `${CACHE}.${process.pid}`;
  try {
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(draft, code, { flag: 'wx' });
    renameSync(draft, CACHE);
    for (const name of readdirSync(FOLDER)) {
      // Of builds that are gone.
      if (!name.startsWith(`command-${BUILD}-`)) rmSync(join(FOLDER, name), { force: true });
    }
  } catch {
    try {
      rmSync(draft, { force: true });
    } catch {
      // A folder that cannot be written to.
    }
  }
}
