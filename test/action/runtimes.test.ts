import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, realpath, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findNpm, npmEnvironment } from '../../src/action/npm.js';
import { provideRuntimes } from '../../src/action/runtimes.js';
import { integrity, type Registry, startRegistry } from './registry.js';

const PACKAGES = ['runtime-one', 'runtime-two'];

let folder: string;
let registry: Registry;
const said: string[] = [];
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'runtimes-')));
  for (const name of ['source', 'workspace', 'home']) await mkdir(join(folder, name));
  registry = await startRegistry(PACKAGES);
  said.length = 0;
  const dependencies = Object.fromEntries(PACKAGES.map((name) => [name, '1.0.0']));
  await writeFile(join(folder, 'source/package.json'), JSON.stringify({ name: 'x', dependencies }));
  const entries = PACKAGES.map((name) => [
    `node_modules/${name}`,
    { version: '1.0.0', integrity: integrity(name), hasInstallScript: true },
  ]);
  const packages = { '': { name: 'x', dependencies }, ...Object.fromEntries(entries) };
  const lock = { name: 'x', lockfileVersion: 3, requires: true, packages };
  await writeFile(join(folder, 'source/package-lock.json'), JSON.stringify(lock));
});
afterEach(async () => {
  await registry.close();
  await rm(folder, { recursive: true, force: true });
});

function provide(
  places: readonly string[] = ['cache', 'temp'],
  env: NodeJS.ProcessEnv = {},
): Promise<string> {
  return provideRuntimes({
    source: join(folder, 'source'),
    places: places.map((place) => join(folder, place)),
    workspace: join(folder, 'workspace'),
    env: {
      PATH: process.env.PATH,
      SystemRoot: process.env.SystemRoot,
      HOME: join(folder, 'home'),
      USERPROFILE: join(folder, 'home'),
      npm_config_cache: join(folder, 'npm-cache'),
      npm_config_registry: registry.url,
      npm_config_fetch_retries: '0',
      ...env,
    },
    say: (line) => said.push(line),
  });
}

/** Everything below the cache but what is installed. */
async function beside(installed: string): Promise<readonly string[]> {
  const all = await readdir(dirname(installed));
  return all.filter((name) => !installed.endsWith(name));
}

describe('the runtimes', () => {
  it('are installed once, without running their scripts, and found again', async () => {
    const first = await provide();
    expect(first.startsWith(join(folder, 'cache/validate-model-card/'))).toBe(true);
    expect(first).toContain(`${process.platform}`);
    expect(first.endsWith(`-${process.arch}`)).toBe(true);
    for (const name of PACKAGES) {
      expect(existsSync(join(first, 'node_modules', name, 'index.js'))).toBe(true);
      expect(existsSync(join(first, 'node_modules', name, 'script-ran'))).toBe(false);
    }
    expect(await beside(first)).toEqual([]);
    const asked = registry.requests.length;
    expect(asked).toBeGreaterThan(0);
    expect(await provide()).toBe(first);
    expect(registry.requests).toHaveLength(asked);
    expect(said.at(-1)).toBe(`The runtimes are in ${first}.`);
  });

  it('of another lockfile lie elsewhere', async () => {
    const first = await provide();
    const lock = join(folder, 'source/package-lock.json');
    await writeFile(lock, `${readFileSync(lock, 'utf8')}\n`);
    expect(await provide()).not.toBe(first);
  });

  it.each<[string, (installed: string) => Promise<void>]>([
    ['without its last file', (installed) => rm(join(installed, '.complete'))],
    [
      'that lost a package',
      (installed) => rm(join(installed, 'node_modules/runtime-two'), { recursive: true }),
    ],
  ])('%s are installed again', async (_what, breakIt) => {
    const first = await provide();
    await breakIt(first);
    await writeFile(join(first, 'left-over'), '');
    expect(await provide()).toBe(first);
    expect(existsSync(join(first, 'node_modules/runtime-two/index.js'))).toBe(true);
    expect(existsSync(join(first, 'left-over'))).toBe(false);
  });

  it('leave nothing behind when what comes is not what the lockfile says', async () => {
    registry.tamper();
    await expect(provide()).rejects.toMatchObject({
      code: 'runtime-install',
      message: expect.stringMatching(/^The runtimes could not be installed: npm ended with status \d+\.$/),
    });
    expect(said.join('\n')).toContain('EINTEGRITY');
    const [hash = ''] = await readdir(join(folder, 'cache/validate-model-card'));
    expect(await readdir(join(folder, 'cache/validate-model-card', hash))).toEqual([]);
  });

  it('that a killed run left half are removed, those of a run at work are not', async () => {
    const first = await provide();
    const [old, young] = [`${first}.1-old`, `${first}.2-young`];
    for (const draft of [old, young]) await mkdir(draft);
    await utimes(old, 1, 1);
    await rm(join(first, '.complete'));
    await provide();
    expect(await beside(first)).toEqual([young.slice(dirname(young).length + 1)]);
  });

  it('are installed by two jobs at the same time', async () => {
    const [one, two] = await Promise.all([provide(), provide()]);
    expect(one).toBe(two);
    expect(existsSync(join(one, '.complete'))).toBe(true);
    expect(await beside(one)).toEqual([]);
  });

  it('are not installed by settings of the workspace', async () => {
    const others = await startRegistry([]);
    try {
      const settings = join(folder, 'workspace/.npmrc');
      await writeFile(settings, `registry=${others.url}\nignore-scripts=false\n`);
      await provide(['cache'], { npm_config_userconfig: settings, NPM_CONFIG_IGNORE_SCRIPTS: 'false' });
      expect(others.requests).toEqual([]);
      expect(registry.requests).not.toEqual([]);
    } finally {
      await others.close();
    }
  });

  it('are taken from settings of the user', async () => {
    await writeFile(join(folder, 'home/.npmrc'), `registry=${registry.url}\n`);
    await provide(['cache'], { npm_config_registry: undefined });
    expect(registry.requests).not.toEqual([]);
  });

  it('are never taken from the workspace', async () => {
    const prepared = await provide(['workspace-to-be']);
    const inside = join(folder, 'workspace', prepared.slice(join(folder, 'workspace-to-be').length));
    await mkdir(dirname(inside), { recursive: true });
    await rename(prepared, inside);
    expect((await provide(['workspace', 'temp'])).startsWith(join(folder, 'temp'))).toBe(true);
    await expect(provide(['workspace'])).rejects.toMatchObject({
      message: expect.stringContaining('there is no folder outside the workspace'),
    });
  });

  it('go to the temporary folder where the cache is no folder', async () => {
    await writeFile(join(folder, 'cache'), '');
    expect((await provide()).startsWith(join(folder, 'temp'))).toBe(true);
  });
});

describe('npm', () => {
  it('is not taken from the workspace, nor from a relative folder', async () => {
    const workspace = join(folder, 'workspace');
    const fake = join(workspace, 'bin/npm-cli.js');
    await mkdir(dirname(fake));
    await writeFile(fake, '');
    await symlink(fake, join(workspace, 'bin/npm'));
    await mkdir(join(folder, 'outside'));
    await symlink(fake, join(folder, 'outside/npm'));
    const path = ['workspace/bin', join(workspace, 'bin'), join(folder, 'outside')].join(delimiter);
    const found = findNpm({ PATH: path }, workspace);
    expect(found).not.toBe(fake);
    expect(findNpm({ PATH: [path, process.env.PATH].join(delimiter) }, workspace)).toMatch(/npm-cli\.js$/);
  });

  it('gets no secret', () => {
    const env = {
      PATH: '/bin',
      INPUT_TOKEN: 'x',
      GITHUB_TOKEN: 'x',
      HF_TOKEN: 'x',
      ACTIONS_RUNTIME_TOKEN: 'x',
      HTTPS_PROXY: 'http://proxy',
      npm_config_registry: 'http://mirror',
      NPM_CONFIG_USERCONFIG: '/work/space/.npmrc',
      npm_config_globalconfig: '/etc/npmrc',
    };
    expect(npmEnvironment(env, '/work/space')).toEqual({
      PATH: '/bin',
      HTTPS_PROXY: 'http://proxy',
      npm_config_registry: 'http://mirror',
      npm_config_globalconfig: '/etc/npmrc',
      ONNXRUNTIME_NODE_INSTALL: 'skip',
    });
  });
});

describe('the lockfile', () => {
  const read = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));
  const { packages } = read('action/runtimes/package-lock.json') as {
    packages: Record<string, { version: string; integrity?: string; dependencies?: Record<string, string> }>;
  };
  const { '': project, ...installed } = packages;

  it('pins every package with its integrity, and no registry', () => {
    expect(readFileSync('action/runtimes/package-lock.json', 'utf8')).not.toContain('"resolved"');
    expect(Object.keys(installed).length).toBeGreaterThan(20);
    for (const [name, { integrity: hash }] of Object.entries(installed)) {
      expect(hash, name).toMatch(/^sha512-/);
    }
  });

  it('is that of its package.json, with the very versions that are tested here', () => {
    const { dependencies } = read('action/runtimes/package.json') as { dependencies: Record<string, string> };
    expect(project?.dependencies).toEqual(dependencies);
    const tested = read('package-lock.json') as { packages: typeof packages };
    for (const [name, version] of Object.entries(dependencies)) {
      expect(version).toBe(tested.packages[`node_modules/${name}`]?.version);
      expect(version).toBe(installed[`node_modules/${name}`]?.version);
    }
  });
});
