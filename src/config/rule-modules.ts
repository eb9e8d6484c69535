import { createRequire } from 'node:module';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ConfigError } from '../errors.js';
import { isMapping, own } from '../mapping.js';
import { preview } from '../preview.js';
import { stat } from '../repo/fs.js';
import type { Rule } from '../rules/rule.js';
import { readText } from './find.js';
import { inWords, userRules } from './user-rule.js';

/** How long a module may take to load, in milliseconds. */
const LOAD_MS = 30_000;

/**
 * Loads the rules of modules. This runs their code: call it only for settings the user trusts.
 * @param modules Paths relative to the settings file that begin with `./` or `../`, or names of packages found from its folder.
 * @param file Absolute path of the settings file.
 * @param shown Its name for messages.
 * @throws ConfigError that names the module.
 */
export async function loadRuleModules(
  modules: readonly string[],
  file: string,
  shown: string,
): Promise<readonly Rule[]> {
  const rules: Rule[] = [];
  for (const name of modules) {
    const exported = await exportOf(await pathOf(name, file, shown), name, shown);
    rules.push(...userRules(Array.isArray(exported) ? exported : [exported], name));
  }
  return userRules(rules);
}

async function pathOf(name: string, file: string, shown: string): Promise<string> {
  const folder = dirname(file);
  const isPath = /^\.{1,2}\//.test(name);
  const path = isPath ? resolve(folder, name) : await packageEntry(name, file);
  const found = path !== null && (await isFile(path));
  if (found) return path;
  throw new ConfigError(
    'rule-module-not-found',
    `${shown}: there is no module ${preview(name)} with rules.`,
    {
      hint: isPath
        ? 'The path is relative to the settings file, and names a file with its extension.'
        : `A path begins with ./; a package must be installed in ${folder} or above it.`,
    },
  );
}

function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (info) => info.isFile(),
    () => false,
  );
}

/** The file that a package gives to `import`, as seen from the settings file; null when there is none. */
async function packageEntry(name: string, file: string): Promise<string | null> {
  const { resolve: find } = createRequire(file);
  try {
    return find(name);
  } catch {
    // Not there, or there for `import` alone, which nothing but an import from that very folder can resolve.
  }
  for (const folder of find.paths(name) ?? []) {
    const text = await readText(join(folder, name, 'package.json'), name).catch(() => null);
    const entry = text === null ? undefined : importTarget(own(parsed(text), 'exports'));
    if (entry !== undefined) return join(folder, name, entry);
  }
  return null;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** The file behind the root of a package's `exports`, under the conditions of an import. */
function importTarget(exports: unknown): string | undefined {
  if (typeof exports === 'string') return exports;
  if (!isMapping(exports)) return undefined;
  if (Object.hasOwn(exports, '.')) return importTarget(exports['.']);
  for (const [condition, target] of Object.entries(exports)) {
    if (!['node', 'import', 'module-sync', 'default'].includes(condition)) continue;
    const found = importTarget(target);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function exportOf(path: string, name: string, shown: string): Promise<unknown> {
  let loaded: unknown;
  try {
    loaded = await inTime(import(pathToFileURL(path).href));
  } catch (cause) {
    throw new ConfigError(
      'rule-module-failed',
      `${shown}: the module ${preview(name)} cannot be loaded: ${inWords(cause)}`,
      {
        hint: /^\.[cm]?ts$/.test(extname(path))
          ? 'TypeScript is read from Node 22.18 on; for older versions name the compiled file.'
          : `Try it alone: node ${basename(path)}. --debug prints where it failed.`,
        cause,
      },
    );
  }
  const found = isMapping(loaded) ? loaded.default : undefined;
  // What a compiler made of `export default` for CommonJS.
  const exported = isMapping(found) && found.__esModule === true ? found.default : found;
  if (exported === undefined) {
    throw new ConfigError(
      'rule-module-empty',
      `${shown}: the module ${preview(name)} has no default export.`,
      {
        hint: 'Export the rule, or a list of rules, as default.',
      },
    );
  }
  return exported;
}

/** A module that waits for ever would let Node end the process without a word, and with exit code 0. */
async function inTime<T>(loading: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not loaded after ${LOAD_MS / 1000} s`)), LOAD_MS);
  });
  try {
    return await Promise.race([loading, late]);
  } finally {
    clearTimeout(timer);
  }
}
