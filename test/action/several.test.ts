import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Checkout, newCheckout } from './checkout.js';
import { node24 } from './node24.js';
import { runStep } from './runner.js';

const HEALTHY = `---
license: mit
language: en
library_name: transformers
pipeline_tag: text-classification
---
# A model
`;
const BROKEN = HEALTHY.replace('mit', 'mitt').replace('text-classification', 'text-clasification');

const schemaOf = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../schemas/${name}.schema.json`, import.meta.url), 'utf8'));
const validateReports = new Ajv2020({ allowUnionTypes: true })
  .addSchema(schemaOf('report'))
  .compile(schemaOf('reports'));

let checkout: Checkout;
let before: string;
let after: string;
beforeAll(async () => {
  checkout = await newCheckout();
  const { write, commit } = checkout;
  await write('models/a/README.md', HEALTHY);
  await write('models/b/README.md', BROKEN);
  await write('models/c/README.md', HEALTHY);
  await write('models/README.md', '# An index, and no model card\n');
  await write('models/not-a-model/notes.txt', 'x');
  before = commit('First');
  await write('models/b/README.md', `${BROKEN}\nMore.\n`);
  await write('models/c/config.json', '{ "model_type": "bert" }');
  after = commit('Second');
});
afterAll(() => checkout.remove());

function step(inputs: Record<string, string>, event?: { name: string; payload: unknown }) {
  return runStep({
    node: node24(),
    workspace: checkout.folder,
    inputs,
    ...(event === undefined ? {} : { event }),
  });
}

const push = (from: string, to: string) => ({ name: 'push', payload: { before: from, after: to } });

describe('several repositories', () => {
  it('of a glob are checked in one process, and summed up', async () => {
    const { exitCode, outputs, commands, summary, report, log } = await step({ path: 'models/*' });
    expect(exitCode).toBe(1);
    expect(outputs).toMatchObject({
      publishable: 'false',
      'api-enabled': 'false',
      widget: 'hidden',
      repositories: '3',
      errors: '1',
      smoke: '',
      patch: '',
    });
    expect(report).toMatchObject({
      reports: [
        { target: { path: 'models/a' }, summary: { errors: 0 } },
        { target: { path: 'models/b' }, summary: { errors: 1 } },
        { target: { path: 'models/c' }, summary: { errors: 0 } },
      ],
      failures: [],
      summary: { repositories: 3, errors: 1, warnings: Number(outputs.warnings) },
    });
    const errors = commands.filter(({ name }) => name === 'error');
    expect(errors).toMatchObject([
      { properties: { file: 'models/b/README.md', line: '2', title: 'license-unknown' } },
      {
        message: expect.stringMatching(/^1 of 3 model repositories does not pass: 1 error, \d+ warnings?\.$/),
      },
    ]);
    expect(commands.filter(({ name }) => name === 'group').map(({ message }) => message)).toEqual([
      expect.stringMatching(/^models\/a: 0 errors/),
      expect.stringMatching(/^models\/b: 1 error/),
      expect.stringMatching(/^models\/c: 0 errors/),
      expect.stringMatching(/^All \d+ findings/),
    ]);
    expect(log).toContain('3 model repositories: 1 error');
    expect(summary).toMatch(/^## ❌ 1 of 3 model repositories is not ready to publish\n/);
    expect(summary).toMatch(/\| ❌ \| <code>models\/b<\/code> \| 1 error, [^|]+ \| off \| hidden \| {2}\|\n/);
    expect(summary).toMatch(/\| ✅ \| <code>models\/a<\/code> \| [^|]* \| on \| live \| {2}\|\n/);
    // What fails comes first, in the table and in detail.
    expect(summary.indexOf('models/b</code>')).toBeLessThan(summary.indexOf('models/a</code>'));
    expect(summary).toContain('<summary>❌ <code>models/b</code></summary>');
  });

  it('are named a line each, taken out again, and checked once', async () => {
    const path = 'models/a\nmodels/a/README.md\nmodels/*\n!models/b';
    const { exitCode, outputs, summary } = await step({ path });
    expect(exitCode).toBe(0);
    expect(outputs).toMatchObject({
      repositories: '2',
      publishable: 'true',
      'api-enabled': 'true',
      widget: 'live',
    });
    expect(summary).toMatch(/^## ✅ All 2 model repositories are ready to publish\n/);
  });

  it('each have a report file of their own', async () => {
    const { exitCode } = await step({ path: 'models/{a,c}', format: 'json=out/{repository}.json' });
    expect(exitCode).toBe(0);
    for (const name of ['a', 'c']) {
      const text = await readFile(join(checkout.folder, `out/models/${name}.json`), 'utf8');
      expect(JSON.parse(text)).toMatchObject({ target: { path: `models/${name}` } });
    }
  });

  it('that cannot be checked do not hide the others', async () => {
    await checkout.write('bad/a/README.md', BROKEN);
    await checkout.write('bad/b/README.md', HEALTHY);
    await checkout.write('bad/b/.validate-card.yaml', 'failLevel: [');
    const { exitCode, outputs, commands, summary, report } = await step({ path: 'bad/*' });
    expect(validateReports(report), JSON.stringify(validateReports.errors)).toBe(true);
    expect(report).toMatchObject({
      reports: [{ target: { path: 'bad/a' } }],
      failures: [
        { target: 'bad/b', code: 'config-syntax', message: expect.stringContaining('.validate-card.yaml') },
      ],
      summary: { repositories: 2, failed: 1, publishable: false },
    });
    expect(exitCode).toBe(1);
    expect(outputs).toMatchObject({
      publishable: 'false',
      repositories: '2',
      errors: '1',
      'api-enabled': 'false',
    });
    expect(commands.filter(({ name }) => name === 'error')).toMatchObject([
      { properties: { title: 'bad/b' }, message: expect.stringContaining('.validate-card.yaml') },
      { properties: { file: 'bad/a/README.md' } },
      {
        message: expect.stringMatching(
          /^2 of 2 model repositories do not pass: .*, 1 that cannot be read\.$/,
        ),
      },
    ]);
    expect(summary).toContain('| ❌ | <code>bad/b</code> | bad/b/.validate-card.yaml:1: ');
  });

  it('show ten errors at most, the sentence at the end among them, and all in the log', async () => {
    for (let index = 0; index < 12; index++) await checkout.write(`many/${index}/README.md`, BROKEN);
    const { commands, log } = await step({ path: 'many/*' });
    const errors = commands.filter(({ name }) => name === 'error');
    expect(errors).toHaveLength(10);
    expect(errors.at(-1)?.message).toMatch(/^12 of 12 model repositories do not pass: 12 errors/);
    expect(commands.filter(({ name }) => name === 'warning')).toHaveLength(10);
    expect(log.match(/error many\/\d+\/README\.md:2:10 license-unknown/g)).toHaveLength(12);
  });

  it.each<[string, string, RegExp]>([
    ['a glob that matches nothing', 'nothing/*', /No model repository matches nothing\/\*/],
    ['a glob that leads out', '../*', /leads out|leaves the workspace|cannot|outside/],
    ['a name that leads out', 'models/a\n../x', /The input path leaves the workspace/],
    ['a name that is not there', 'models/a\nmodels/z', /There is nothing at "models\/z"/],
    ['brackets', 'models/[ab]*', /brackets/],
  ])('%s is refused', async (_what, path, message) => {
    const { exitCode, commands, outputs } = await step({ path });
    expect(exitCode).toBe(1);
    expect(commands.filter(({ name }) => name === 'error').map((one) => one.message)).toEqual([
      expect.stringMatching(message),
    ]);
    expect(outputs.publishable).toBe('false');
  });

  it('need a report name each', async () => {
    const { commands } = await step({ path: 'models/*', format: 'sarif=out.sarif' });
    expect(commands.map(({ message }) => message)).toEqual([
      expect.stringContaining('Write sarif=reports/{repository}.sarif'),
    ]);
  });

  it('are not found through links out of the workspace', async () => {
    const outside = await mkdtemp(join(tmpdir(), 'outside-'));
    try {
      await mkdir(join(outside, 'secret'));
      await writeFile(join(outside, 'secret/README.md'), HEALTHY);
      await mkdir(join(checkout.folder, 'linked'));
      await checkout.write('linked/own/README.md', HEALTHY);
      await symlink(outside, join(checkout.folder, 'linked/all'), 'dir');
      await symlink(join(outside, 'secret'), join(checkout.folder, 'linked/one'), 'dir');
      expect((await step({ path: 'linked/**' })).outputs.repositories).toBe('1');
      expect((await step({ path: 'linked/all/*' })).exitCode).toBe(1);
      await rm(join(checkout.folder, 'linked/own/README.md'));
      await symlink(join(outside, 'secret/README.md'), join(checkout.folder, 'linked/own/README.md'));
      const { outputs, log } = await step({ path: 'linked/own\nmodels/a' });
      expect(outputs).toMatchObject({ publishable: 'false', repositories: '2' });
      expect(log).toContain('leads out of the repository');
    } finally {
      await rm(outside, { recursive: true, force: true });
    }
  });
});

describe('changed-only', () => {
  it('checks what the push touched', async () => {
    const { outputs, log } = await step({ path: 'models/*', 'changed-only': 'true' }, push(before, after));
    expect(outputs.repositories).toBe('2');
    expect(log).toContain('The push touched 2 of 3 repositories.');
  });

  it('passes where nothing was touched', async () => {
    const inputs = { path: 'models/a', 'changed-only': 'true' };
    const { exitCode, outputs, summary } = await step(inputs, push(before, after));
    expect(exitCode).toBe(0);
    expect(outputs).toMatchObject({
      publishable: 'true',
      repositories: '0',
      errors: '0',
      warnings: '0',
      'api-enabled': '',
      widget: '',
      report: '',
    });
    expect(summary).toContain('## ✅ No model repository was touched');
    expect(summary).toContain('The push touched 0 of 1 repository.');
  });

  it.each<[string, unknown]>([
    ['workflow_dispatch', { inputs: null }],
    ['push', { before: '0'.repeat(40), after: 'main' }],
    ['push', { before: '--output=pwned', after: '-h' }],
    ['push', []],
  ])('checks all, and says why, on %s with %j', async (name, payload) => {
    const { outputs, summary } = await step({ path: 'models/*', 'changed-only': 'true' }, { name, payload });
    expect(outputs.repositories).toBe('3');
    expect(summary).toContain('All repositories are checked: ');
  });
});
