import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OUTPUT_NAMES } from '../../src/action/outputs.js';
import { startGitHub } from './github-api.js';
import { node24 } from './node24.js';
import { actionMetadata, runStep, type Step } from './runner.js';

const HEALTHY = `---
license: mit
language: en
library_name: transformers
pipeline_tag: text-classification
---
# A model
`;
const BROKEN = `---
license: mitt
pipeline_tag: text-clasification
---
# A model
`;
const WARNED = HEALTHY.replace('text-classification', 'text-clasification');

let workspace: string;
/** A copy of the bundle outside this repository, where no runtime is installed. */
let alone: string;
beforeAll(async () => {
  workspace = await realpath(await mkdtemp(join(tmpdir(), 'checkout-')));
  await writeCard('healthy', HEALTHY);
  await writeCard('broken', BROKEN);
  await writeCard('warned', WARNED);
  await cp('fixtures/text-classification', join(workspace, 'model'), { recursive: true });
  const copy = await mkdtemp(join(tmpdir(), 'action-'));
  await cp('action', copy, { recursive: true });
  await writeFile(join(copy, 'package.json'), '{ "type": "module" }');
  alone = join(copy, 'dist/index.js');
});
afterAll(async () => {
  for (const folder of [workspace, dirname(dirname(alone))])
    await rm(folder, { recursive: true, force: true });
});

async function writeCard(folder: string, text: string): Promise<void> {
  await mkdir(join(workspace, folder), { recursive: true });
  await writeFile(join(workspace, folder, 'README.md'), text);
}

function named(step: Step, name: string) {
  return step.commands.filter((command) => command.name === name);
}

describe.each([
  ['the runtime of action.yml', node24],
  ['this Node', () => process.execPath],
])('on %s', (_name, find) => {
  const node = find();
  const step = (inputs: Record<string, string>) => runStep({ node, workspace, inputs });

  it('is the version action.yml asks for', async () => {
    if (find === node24) expect((await actionMetadata()).runs.using).toBe('node24');
  });

  it('passes a healthy repository', async () => {
    const { exitCode, outputs, commands, summary, report } = await step({ path: 'healthy' });
    expect(commands.filter(({ name }) => name === 'error')).toEqual([]);
    expect(exitCode).toBe(0);
    expect(outputs).toMatchObject({
      publishable: 'true',
      errors: '0',
      'api-enabled': 'true',
      widget: 'live',
      smoke: '',
    });
    expect(report).toMatchObject({ schemaVersion: 1, target: { kind: 'folder', path: 'healthy' } });
    expect(summary).toContain('## ✅ Ready to publish');
  });

  it('fails a broken one, with annotations on the lines of the checkout', async () => {
    const failed = await step({ path: 'broken' });
    expect(failed.exitCode).toBe(1);
    expect(failed.outputs).toMatchObject({ publishable: 'false', 'api-enabled': 'false' });
    expect(Number(failed.outputs.errors)).toBeGreaterThan(0);
    expect(named(failed, 'error')).toContainEqual({
      name: 'error',
      properties: expect.objectContaining({
        file: 'broken/README.md',
        line: '2',
        col: '10',
        endColumn: '14',
        title: 'license-unknown',
      }),
      message: expect.stringContaining('mitt'),
    });
    expect(failed.summary).toContain('## ❌ Not ready to publish');
    expect(named(failed, 'error').at(-1)?.message).toMatch(
      /^The model repository does not pass: \d+ errors?/,
    );
  });

  it('takes a card, and the whole workspace', async () => {
    expect(await step({ path: 'broken/README.md' })).toMatchObject({ exitCode: 1 });
    const empty = await step({});
    expect(empty.exitCode).toBe(1);
    expect(empty.report).toMatchObject({ target: { kind: 'folder', path: '.' } });
  });

  it('fails from the level on that is asked for', async () => {
    expect((await step({ path: 'warned' })).exitCode).toBe(0);
    expect((await step({ path: 'warned', 'fail-level': 'warning' })).exitCode).toBe(1);
    const forgiven = await step({ path: 'broken', 'fail-level': 'never' });
    expect(forgiven.exitCode).toBe(0);
    expect(forgiven.outputs.publishable).toBe('false');
  });

  it('takes settings from the repository and from the file that is named', async () => {
    await writeCard('settled', WARNED);
    await writeFile(join(workspace, 'settled/.validate-card.yaml'), 'failLevel: warning\n');
    expect((await step({ path: 'settled' })).exitCode).toBe(1);
    expect((await step({ path: 'settled', 'fail-level': 'error' })).exitCode).toBe(0);
    await writeFile(join(workspace, 'lenient.json'), '{ "failLevel": "never" }');
    expect((await step({ path: 'broken', config: 'lenient.json' })).exitCode).toBe(0);
  });

  it('finds settings above the repository, and none above the workspace', async () => {
    const checkout = join(workspace, 'checkout');
    await writeCard('checkout/models/a', WARNED);
    await mkdir(join(checkout, '.git'), { recursive: true });
    await writeFile(
      join(checkout, '.validate-card.yaml'),
      'overrides: [{paths: [models/a/], failLevel: warning}]\n',
    );
    expect((await step({ path: 'checkout/models/a' })).exitCode).toBe(1);
    const above = { node, workspace: join(checkout, 'models/a'), inputs: {} };
    expect((await runStep(above)).exitCode).toBe(0);
  });

  it('runs rules of the workspace only where the workflow says so', async () => {
    await writeCard('ruled', WARNED);
    await writeFile(
      join(workspace, 'ruled/rules.mjs'),
      `export default { id: 'acme/never', severity: 'error', description: 'Always wrong.',
        check: ({ report }) => report({ message: 'The rule of the workspace ran.' }) };\n`,
    );
    const settings = join(workspace, 'ruled/.validate-card.yaml');
    await writeFile(settings, 'ruleModules: [./rules.mjs]\n');
    const message = expect.stringContaining('The rule of the workspace ran.');
    for (const inputs of [{ path: 'ruled' }, { path: 'ruled', config: 'ruled/.validate-card.yaml' }]) {
      const refused = await step(inputs);
      expect(refused.exitCode).toBe(1);
      expect(refused.log).toContain('trust-config: true');
      expect(refused.log).not.toEqual(message);
      const trusted = await step({ ...inputs, 'trust-config': 'true' });
      expect(named(trusted, 'error').map((one) => one.message)).toContainEqual(message);
    }
  });

  it('writes the reports that are asked for', async () => {
    const { exitCode } = await step({ path: 'healthy', format: 'json=out/a.json\nsarif=out/a.sarif' });
    expect(exitCode).toBe(0);
    expect(JSON.parse(await readFile(join(workspace, 'out/a.json'), 'utf8'))).toMatchObject({
      schemaVersion: 1,
    });
    expect(JSON.parse(await readFile(join(workspace, 'out/a.sarif'), 'utf8'))).toMatchObject({
      version: '2.1.0',
    });
  });

  it.each<[string, Record<string, string>, RegExp]>([
    ['a wrong value', { device: 'gpuu' }, /The input device cannot be "gpuu"\. Allowed: /],
    [
      'a path that leaves the workspace',
      { path: '../..' },
      /The input path leaves the workspace: "\.\.\/\.\."/,
    ],
    [
      'a report outside',
      { path: 'healthy', format: 'json=../a.json' },
      /The input format leaves the workspace/,
    ],
    [
      'settings outside',
      { path: 'healthy', config: '/etc/hostname' },
      /The input config leaves the workspace/,
    ],
    ['a path that is not there', { path: 'org/name' }, /There is nothing at "org\/name" in the workspace\./],
    ['settings that are not there', { path: 'healthy', config: 'no.yaml' }, /There is no settings file/],
  ])('refuses %s, and says so in the outputs', async (_what, inputs, message) => {
    const refused = await step(inputs);
    expect(named(refused, 'error').map((one) => one.message)).toEqual([expect.stringMatching(message)]);
    expect(refused.exitCode).toBe(1);
    expect(refused.outputs.publishable).toBe('false');
    expect(refused.log).not.toMatch(/\n\s+at /);
  });

  it('runs the model with the runtimes of a step before', async () => {
    const { exitCode, outputs, summary } = await runStep({
      node,
      workspace,
      main: alone,
      runtimes: 'node_modules',
      inputs: { path: 'model', smoke: 'true', device: 'cpu' },
    });
    expect(outputs.smoke).toBe('passed');
    expect(summary).toContain('### Smoke inference');
    expect(exitCode).toBe(0);
  });
});

/** What npm needs on this machine to reach its registry: a proxy, certificates, an address. */
function network(): Record<string, string> {
  const names =
    /^(?:https?_proxy|no_proxy|node_extra_ca_certs|ssl_cert_file|npm_config_(?:registry|cache|cafile|.*proxy))$/i;
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      names.test(name) && value ? [[name, value]] : [],
    ),
  );
}

describe('the smoke inference', () => {
  let toolCache: string;
  beforeAll(async () => {
    toolCache = await mkdtemp(join(tmpdir(), 'tools-'));
  });
  afterAll(() => rm(toolCache, { recursive: true, force: true }));

  it('installs what it needs once, and executes nothing of the workspace', async () => {
    const trap = "require('node:fs').writeFileSync(require('node:path').join(__dirname, 'executed'), '');\n";
    const traps = ['onnxruntime-node', '@huggingface/transformers', '@actions/core', 'tsx', 'npm/bin'].map(
      (name) => join(workspace, 'node_modules', name),
    );
    for (const folder of traps) {
      await mkdir(folder, { recursive: true });
      for (const file of ['index.js', 'npm-cli.js']) await writeFile(join(folder, file), trap);
    }
    const inputs = { path: 'model', smoke: 'true', device: 'cpu' };
    const run = () => runStep({ node: node24(), workspace, main: alone, toolCache, inputs, env: network() });
    const first = await run();
    expect(first.commands.filter(({ name }) => name === 'error')).toEqual([]);
    expect(first.outputs).toMatchObject({ smoke: 'passed', publishable: 'true' });
    expect(first.summary).toContain('### Smoke inference');
    expect(first.exitCode).toBe(0);
    expect(first.log).toMatch(/Installed in [\d.]+ s\./);
    // The card was judged before anything was installed.
    const titles = first.commands.filter(({ name }) => name === 'group').map(({ message }) => message);
    expect(titles.slice(0, 2)).toEqual([expect.stringMatching(/^model: 0 errors/), 'Runtimes']);
    const second = await run();
    expect(second.log).toContain('The runtimes are in ');
    expect(second.log).not.toContain('Installed in');
    expect(second.outputs.smoke).toBe('passed');
    for (const folder of traps) expect(existsSync(join(folder, 'executed'))).toBe(false);
    // Fetching 100 MB may take its time.
  }, 180_000);

  it('runs several models, each in a group of its own', async () => {
    const inputs = {
      path: 'model\nhealthy',
      smoke: 'true',
      device: 'cpu',
      format: 'html=out/{repository}.html',
    };
    const { exitCode, outputs, commands, summary, report } = await runStep({
      node: node24(),
      workspace,
      main: alone,
      toolCache,
      inputs,
      env: network(),
    });
    expect(exitCode).toBe(0);
    expect(outputs).toMatchObject({ smoke: 'passed', publishable: 'true', repositories: '2' });
    expect(report).toMatchObject({
      reports: [{ smoke: { status: 'passed' } }, { smoke: { status: 'skipped' } }],
    });
    const groups = commands.filter(({ name }) => name === 'group').map(({ message }) => message);
    expect(groups).toEqual([
      'model: 0 errors, 0 warnings',
      expect.stringMatching(/^healthy: 0 errors/),
      'Runtimes',
      'model: 0 errors, 0 warnings, smoke inference passed',
      expect.stringMatching(/^healthy: 0 errors, .*smoke inference skipped$/),
      ...groups.filter((title) => title.startsWith('All ')),
    ]);
    expect(summary).toMatch(/\| ✅ \| <code>model<\/code> \| {2}\| on \| live \| passed \|\n/);
    expect(await readFile(join(workspace, 'out/model.html'), 'utf8')).toContain('<html');
  }, 180_000);

  it('reports all the rest where the runtimes cannot be installed', async () => {
    const { exitCode, commands, outputs, summary, log } = await runStep({
      node: node24(),
      workspace,
      main: alone,
      inputs: { path: 'model', smoke: 'true' },
      env: {
        npm_config_registry: 'http://127.0.0.1:9',
        npm_config_cache: join(toolCache, 'empty'),
        npm_config_fetch_retries: '0',
      },
    });
    expect(exitCode).toBe(1);
    expect(commands.filter(({ name }) => name === 'error').map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /^The runtimes could not be installed: npm ended with status \d+\. What npm said/,
      ),
    ]);
    expect(log).toContain('ECONNREFUSED');
    expect(outputs).toMatchObject({
      publishable: 'false',
      errors: '0',
      'api-enabled': 'true',
      smoke: 'failed',
    });
    expect(summary).toMatch(/^❌ \*\*The model was not run\.\*\* The runtimes could not be installed/);
  });
});

describe('a hostile repository', () => {
  const attacks = [
    '::error::pwned',
    '::set-env name=PWNED::1',
    '::set-output name=publishable::true',
    '::add-mask::a',
    '::add-path::/tmp',
    '::stop-commands::x',
    '##[set-env name=PWNED]1',
    '##[error]pwned',
    'x%0A::error::pwned',
    'x%0D%0A::set-env name=PWNED::1',
    'ghadelimiter_x',
    '| cell | cell |',
    '<img src=x onerror=alert(1)>',
    '<!-- comment',
    '[text](https://evil.example)',
    '![image](https://evil.example/x.png)',
    '</code></td></table>',
    '```',
    '@everyone',
    '\u001b[31mred\u001b[2J',
    '\u202egnp.exe',
  ];
  const yaml = (text: string) => JSON.stringify(text);

  /** A card that says the attack wherever a finding may quote it. */
  const card = (attack: string) => `---
license: ${yaml(attack)}
${yaml(attack)}: ${yaml(attack)}
language: [${yaml(attack)}]
library_name: ${yaml(attack)}
pipeline_tag: ${yaml(attack)}
tags: [${yaml(attack)}]
base_model: ${yaml(attack)}
datasets: ${yaml(`line\n${attack}\n::error::second`)}
inference:
  parameters: { ${yaml(attack)}: 1 }
widget:
  - text: ${yaml(attack)}
---
${attack}
`;

  let steps: readonly Step[];
  beforeAll(async () => {
    const all: Step[] = [];
    for (const [index, attack] of attacks.entries()) {
      await writeCard(`hostile/${index}`, card(attack));
      all.push(await runStep({ node: node24(), workspace, inputs: { path: `hostile/${index}` } }));
    }
    // Front matter that is no YAML: the parser's own words quote it.
    await writeCard('hostile/syntax', `---\n${attacks.join('\n')}\n  - {\n---\n`);
    all.push(await runStep({ node: node24(), workspace, inputs: { path: 'hostile/syntax' } }));
    steps = all;
  });

  it('gives no command', () => {
    for (const { commands } of steps) {
      const names = new Set(commands.map(({ name }) => name));
      expect(
        [...names].filter((name) => !['error', 'warning', 'notice', 'group', 'endgroup'].includes(name)),
      ).toEqual([]);
      // Ours name the file, or are the last word of the step.
      const unplaced = commands.filter(
        ({ name, properties }) => name === 'error' && properties.file === undefined,
      );
      expect(unplaced.map(({ message }) => message)).toEqual([
        expect.stringMatching(/^The model repository does not pass: [\w, ]+\.$/),
      ]);
      for (const { properties } of commands) {
        if (properties.file !== undefined) expect(properties.file).toMatch(/^hostile\/\w+\/README\.md$/);
      }
    }
  });

  it('sets no output', () => {
    for (const { outputs } of steps) {
      expect(Object.keys(outputs).sort()).toEqual([...OUTPUT_NAMES].sort());
      expect(outputs).toMatchObject({ publishable: 'false', 'api-enabled': 'false' });
    }
  });

  it('breaks out of no cell of the summary', () => {
    for (const { summary } of steps) {
      expect(summary).not.toMatch(/<(?!\/?(?:br|code|sub)>)/);
      expect(summary).not.toMatch(/\]\(|!\[|```|@everyone|<!--/);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be there
      expect(summary).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202a-\u202e]/);
      for (const line of summary.split('\n').filter((one) => one.startsWith('|'))) {
        expect([3, 4]).toContain(line.split('|').length - 2);
      }
    }
  });

  it('steers no terminal', () => {
    for (const { log } of steps) {
      // Colours are ours; nothing else of what begins with an escape is.
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be there
      expect(log.replace(/\u001b\[[\d;]*m/g, '')).not.toMatch(/[\u001b\u202e]/);
    }
  });

  it('does no more among others, in folders with hostile names, in a comment and as a suggestion', async () => {
    const names = process.platform === 'win32' ? ['a b'] : attacks.filter((one) => !one.includes('/'));
    for (const [index, name] of names.entries()) {
      const text = card(attacks[index] ?? name);
      await writeCard(`folders/${name}`, text.replace('---\n', '---\nlanguage_: en\n'));
    }
    const github = await startGitHub('owner/models', 3);
    try {
      const { commands, outputs, summary, log } = await runStep({
        node: node24(),
        workspace,
        inputs: { path: 'folders/*\nhostile/*', comment: 'true', fix: 'suggest' },
        event: { name: 'pull_request', payload: { pull_request: { number: 3 } } },
        token: 'the-token',
        env: { GITHUB_API_URL: github.url },
      });
      const allowed = ['add-mask', 'error', 'warning', 'notice', 'group', 'endgroup'];
      expect(commands.filter(({ name }) => !allowed.includes(name))).toEqual([]);
      expect(commands.filter(({ name }) => name === 'error')).toHaveLength(10);
      expect(Object.keys(outputs).sort()).toEqual([...OUTPUT_NAMES].sort());
      expect(outputs).toMatchObject({ publishable: 'false', 'api-enabled': 'false' });
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be there
      expect(log.replace(/\u001b\[[\d;]*m/g, '')).not.toMatch(/[\u001b\u202e]/);
      for (const text of [summary, github.comments[0]?.body ?? '']) {
        expect(text).toContain(`of ${names.length + attacks.length + 1} model repositories`);
        const prose = text.replace(/^(`{3,})diff\n[\s\S]*?\n\1\n/gm, '');
        expect(prose).not.toMatch(/<(?!\/?(?:br|code|sub|details|summary)>|!-- validate-model-card:)/);
        expect(prose).not.toMatch(/\]\(|!\[|```|@everyone/);
        for (const line of prose.split('\n').filter((one) => one.startsWith('|'))) {
          expect([3, 4, 6]).toContain(line.split('|').length - 2);
        }
      }
      expect(Buffer.byteLength(github.comments[0]?.body ?? '')).toBeLessThan(65_536);
      expect(github.comments[0]?.body).toContain('not shown in detail');
    } finally {
      await github.close();
    }
  });

  it('is not followed out of the workspace', async () => {
    const outside = await mkdtemp(join(tmpdir(), 'outside-'));
    try {
      await writeFile(join(outside, 'README.md'), HEALTHY);
      await symlink(outside, join(workspace, 'link'), 'dir');
      const { exitCode, outputs } = await runStep({
        node: process.execPath,
        workspace,
        inputs: { path: 'link' },
      });
      expect(exitCode).toBe(1);
      expect(outputs.publishable).toBe('false');
    } finally {
      await rm(outside, { recursive: true, force: true });
    }
  });
});

it('a card with thousands of findings stays within what GitHub takes', async () => {
  const lines = Array.from({ length: 3000 }, (_, index) => `  - "not a dataset ${index}"`);
  await writeCard('many', `---\nlicense: mitt\ndatasets:\n${lines.join('\n')}\n---\n`);
  const { commands, summary } = await runStep({
    node: process.execPath,
    workspace,
    inputs: { path: 'many' },
  });
  for (const name of ['error', 'warning', 'notice']) {
    const placed = commands.filter((one) => one.name === name && one.properties.file !== undefined);
    expect(placed.length).toBeLessThanOrEqual(10);
  }
  expect(Buffer.byteLength(summary)).toBeLessThan(1024 * 1024);
});
