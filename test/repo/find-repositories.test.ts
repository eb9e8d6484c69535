import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findRepositories, repositoryAround } from '../../src/repo/find-repositories.js';

let cwd: string;
beforeEach(async () => {
  cwd = await realpath(await mkdtemp(join(tmpdir(), 'find-')));
});
afterEach(() => rm(cwd, { recursive: true, force: true }));

const CARD = '---\nlicense: mit\n---\n';

async function write(...files: readonly (string | readonly [string, string])[]): Promise<void> {
  for (const file of files) {
    const [path, text] = typeof file === 'string' ? [file, ''] : file;
    await mkdir(dirname(join(cwd, path)), { recursive: true });
    await writeFile(join(cwd, path), text);
  }
}

async function monorepo(): Promise<void> {
  await write(
    ['README.md', '# Our models\n'],
    ['models/bert/README.md', CARD],
    ['models/bert/onnx/model.onnx', ''],
    ['models/gpt/config.json', '{"model_type": "gpt2"}'],
    ['models/broken/README.md', '--- \nlicense: mit\n'],
    ['models/notes/README.md', '# Notes\n'],
    ['models/script/config.json', '{"port": 80}'],
    ['models/README.md', '# All models\n'],
    ['models/old/tiny/README.md', CARD],
    ['models/.hidden/README.md', CARD],
    ['node_modules/some/model.onnx', ''],
    ['docs/index.md', CARD],
  );
}

describe('findRepositories', () => {
  it.each([
    [['models/*'], ['models/bert', 'models/broken', 'models/gpt']],
    [['models/*/'], ['models/bert', 'models/broken', 'models/gpt']],
    [['models/*/README.md'], ['models/bert', 'models/broken']],
    [['./models/b*'], ['models/bert', 'models/broken']],
    [['**'], ['models/bert', 'models/broken', 'models/gpt', 'models/old/tiny']],
    [['**/*'], ['models/bert', 'models/broken', 'models/gpt', 'models/old/tiny']],
    [['models/{gpt,bert}'], ['models/bert', 'models/gpt']],
    [['models/???'], ['models/gpt']],
    [['models/bert/**'], ['models/bert']],
    [
      ['models/**', '!models/old'],
      ['models/bert', 'models/broken', 'models/gpt'],
    ],
    [['models/*', '!models/b*'], ['models/gpt']],
    [
      ['models/gpt', 'models/*'],
      ['models/gpt', 'models/bert', 'models/broken'],
    ],
    [['models/bert', 'models/bert/README.md', './models/bert/'], ['models/bert']],
    [['models/bert/README.md'], ['models/bert/README.md']],
    [
      ['models/notes', 'docs/index.md'],
      ['models/notes', 'docs/index.md'],
    ],
    [['models/notes', 'models/bert', '!models/notes'], ['models/bert']],
    [
      ['org/name', 'models/gpt'],
      ['org/name', 'models/gpt'],
    ],
    [['*/bert'], ['models/bert']],
  ])('%j is %j', async (patterns, expected) => {
    await monorepo();
    expect(await findRepositories(patterns, { cwd })).toEqual(expected);
  });

  it('gives absolute paths for an absolute pattern, and steps up for a pattern above', async () => {
    await monorepo();
    expect(await findRepositories([`${cwd}/models/b*`], { cwd })).toEqual([
      `${cwd}/models/bert`,
      `${cwd}/models/broken`,
    ]);
    expect(await findRepositories(['../*'], { cwd: join(cwd, 'models/notes') })).toEqual([
      '../bert',
      '../broken',
      '../gpt',
    ]);
  });

  it('takes what exists under the name of a pattern for that', async () => {
    await write('models/{a}/README.md', 'models/a/model.onnx');
    expect(await findRepositories(['models/{a}'], { cwd })).toEqual(['models/{a}']);
  });

  it('says that nothing matches', async () => {
    await monorepo();
    await expect(findRepositories(['nothing/*'], { cwd })).rejects.toThrow(/No model repository matches/);
    await expect(findRepositories(['!models'], { cwd })).rejects.toMatchObject({ code: 'no-repository' });
    await expect(findRepositories(['models/bert', '!models'], { cwd })).rejects.toMatchObject({
      code: 'no-repository',
    });
  });

  it.each(['models/[ab]*', 'models/*/../x', 'models/{a', 'models/*\\x', '!/models', '!../x'])(
    'refuses %s',
    async (pattern) => {
      await expect(findRepositories([pattern], { cwd })).rejects.toMatchObject({ code: 'pattern' });
    },
  );

  it('stays below the top, links followed', async () => {
    await monorepo();
    const top = join(cwd, 'models');
    await symlink(join(cwd, 'docs'), join(top, 'linked'));
    const inside = (pattern: string) => findRepositories([pattern], { cwd: top, top });
    expect(await inside('*')).toEqual(['bert', 'broken', 'gpt']);
    expect(await inside('bert')).toEqual(['bert']);
    expect(await inside('.')).toEqual(['.']);
    for (const pattern of ['../*', '..', 'linked', 'linked/*', `${cwd}/docs`, '../docs/index.md', '/']) {
      await expect(inside(pattern)).rejects.toMatchObject({ code: 'outside' });
    }
    await expect(inside('absent')).rejects.toMatchObject({ code: 'target-not-found' });
    await expect(inside('../absent')).rejects.toMatchObject({ code: 'target-not-found' });
  });

  it('follows no circle of links', async () => {
    await monorepo();
    await symlink(cwd, join(cwd, 'models', 'self'));
    expect(await findRepositories(['models/**'], { cwd })).toEqual([
      'models/bert',
      'models/broken',
      'models/gpt',
      'models/old/tiny',
    ]);
  });
});

describe('repositoryAround', () => {
  const around = (path: string) => repositoryAround(join(cwd, path));

  it('is the root of a checkout, from a folder in it', async () => {
    await write('.git/HEAD', ['README.md', CARD], 'model.safetensors', 'onnx/model.onnx', 'assets/a.png');
    for (const path of ['.', 'onnx', 'assets']) expect(await around(path)).toBe(cwd);
  });

  it('is the model’s folder in a monorepo', async () => {
    await write('.git/HEAD');
    await monorepo();
    expect(await around('models/bert/onnx')).toBe(join(cwd, 'models/bert'));
    expect(await around('models/gpt')).toBe(join(cwd, 'models/gpt'));
    expect(await around('models/notes')).toBe(cwd);
  });

  it('climbs from files of a model to those above them, where there is no card', async () => {
    await write('.git/HEAD', 'a/model_index.json', 'a/unet/model.safetensors', 'b/README.md');
    expect(await around('a/unet')).toBe(join(cwd, 'a'));
    expect(await around('b')).toBe(join(cwd, 'b'));
  });

  it('goes no further than the checkout, and nowhere without one', async () => {
    await write(['README.md', CARD], 'inner/.git', 'inner/deep/a.txt', 'loose/a.txt');
    expect(await around('inner/deep')).toBe(join(cwd, 'inner/deep'));
    expect(await around('loose')).toBe(join(cwd, 'loose'));
  });
});
