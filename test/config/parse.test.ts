import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Config } from '../../src/config/config.js';
import { readConfig } from '../../src/config/parse.js';
import { ConfigError } from '../../src/errors.js';
import { RULES } from '../../src/rules/index.js';

const FULL: Config = {
  rules: { 'license-unknown': 'off', 'license-missing': 'error', 'acme/team-named': 'info' },
  required: ['license', 'co2_eq_emissions.emissions', 'contact', '/licence'],
  ignores: ['drafts/', '!drafts/final.md'],
  overrides: [
    { paths: ['models/{a,b}/**'], rules: { 'license-missing': 'off' }, required: [], failLevel: 'never' },
  ],
  ruleModules: ['./rules.mjs', '@acme/rules'],
  failLevel: 'warning',
  smoke: { device: 'cpu', timeoutMs: 90_000, memoryLimitBytes: 4e9 },
  tables: { libraryTasks: 'map.json' },
};

function messageOf(text: string): string {
  try {
    readConfig(text, 'c.yaml');
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('no error');
}

describe('readConfig', () => {
  it('names the first of a hundred thousand faults at once', () => {
    const start = performance.now();
    const keys = Array.from({ length: 90_000 }, (_, index) => `k${index}: 1`).join('\n');
    expect(messageOf(keys)).toMatch(/^c\.yaml:1: There is no setting "k0"[\s\S]*\n89992 more$/);
    // Looking each of them up in the text took minutes.
    expect(performance.now() - start).toBeLessThan(10_000);
  });

  it('takes every setting there is, from JSON and from YAML', () => {
    expect(readConfig(JSON.stringify({ $schema: 'x', ...FULL }), 'c.json').config).toEqual({
      $schema: 'x',
      ...FULL,
    });
    expect(readConfig('failLevel: never\nrules:\n  license-unknown: info\n', 'c.yaml').config).toEqual({
      failLevel: 'never',
      rules: { 'license-unknown': 'info' },
    });
  });

  it.each(['', '# nothing yet\n', '{}', '---\n'])('takes a file without settings: %j', (text) => {
    expect(readConfig(text, 'c.yaml').config).toEqual({});
  });

  it.each([
    [
      'failLevel: eror',
      'c.yaml:1: failLevel must be one of error, warning, never, not "eror". Did you mean error?',
    ],
    ['fail-level: error', 'c.yaml:1: There is no setting "fail-level". Did you mean failLevel?'],
    ['\nfaillevel: error', 'c.yaml:2: There is no setting "faillevel". Did you mean failLevel?'],
    [
      'smoke:\n  dtype: q8',
      'c.yaml:2: There is no setting "dtype" in smoke. There are device, timeoutMs, memoryLimitBytes.',
    ],
    [
      'smoke:\n  device: gpu',
      'c.yaml:2: smoke.device must be one of auto, cpu, webgpu, cuda, dml, coreml, not "gpu". Did you mean auto?',
    ],
    ['smoke:\n  timeoutMs: "5"', 'c.yaml:2: smoke.timeoutMs must be a whole number, not "5".'],
    ['smoke: {timeoutMs: 1.5}', 'c.yaml:1: smoke.timeoutMs must be a whole number, not 1.5.'],
    ['smoke: {timeoutMs: 1e12}', 'c.yaml:1: smoke.timeoutMs must be at most 86400000.'],
    ['smoke: true', 'c.yaml:1: smoke must be a mapping, not true.'],
    ['- a\n- b', 'c.yaml:1: the settings must be a mapping, not a list.'],
    ['just words', 'c.yaml:1: the settings must be a mapping, not "just words".'],
    ['tables: {libraryTasks: " "}', 'c.yaml:1: tables.libraryTasks must not be empty.'],
    ['{\n "rules": {\n  "nope": "off"\n }\n}', 'c.yaml:3: There is no rule "nope".'],
    ['rules:\n  license-unknown: off\n  license-unknown: info', 'c.yaml:3: duplicated mapping key'],
    ['rules: !!js/function "function () {}"', 'c.yaml:1: unknown tag !<tag:yaml.org,2002:js/function>'],
    ['ignores: drafts', 'c.yaml:1: ignores must be a list, not "drafts".'],
    ['ignores:\n- a\n- [b]', 'c.yaml:3: ignores[1] must be a text, not a list.'],
    [
      'ignores:\n- models\\a',
      'c.yaml:2: ignores[0]: "models\\a" has a backslash; steps of a path are parted by / on every system.',
    ],
    ['overrides: [{rules: {}}]', 'c.yaml:1: overrides[0] lacks the setting "paths".'],
    ['overrides: [{paths: []}]', 'c.yaml:1: overrides[0].paths must not be empty.'],
    [
      'overrides:\n- paths: [a]\n  faillevel: never',
      'c.yaml:3: There is no setting "faillevel" in overrides[0]. Did you mean failLevel?',
    ],
    [
      'overrides:\n- paths: [a]\n  smoke: {}',
      'c.yaml:3: There is no setting "smoke" in overrides[0]. There are paths, rules, required, failLevel.',
    ],
    [
      'overrides:\n- paths: [a]\n  rules:\n    licence-missing: off',
      'c.yaml:4: There is no rule "licence-missing". Did you mean license-missing?',
    ],
    [
      'overrides:\n- paths: [a, ../b]',
      'c.yaml:2: overrides[0].paths[1]: "../b" leads out of the folder of the settings.',
    ],
    [
      'required: [licence]',
      'c.yaml:1: required[0]: There is no field "licence". Did you mean license? If it is a field of your own, write "/licence".',
    ],
    [
      'required:\n- license\n- pipeline-tag',
      'c.yaml:3: required[1]: There is no field "pipeline-tag". Did you mean pipeline_tag? If it is a field of your own, write "/pipeline-tag".',
    ],
    [
      'required: [co2_eq_emissions.emission]',
      'c.yaml:1: required[0]: There is no field "co2_eq_emissions.emission". Did you mean co2_eq_emissions.emissions? If it is a field of your own, write "/co2_eq_emissions/emission".',
    ],
    ['required: [a..b]', 'c.yaml:1: required[0]: "a..b" has an empty key.'],
    ['required: [" "]', 'c.yaml:1: required[0] must not be empty.'],
    ['ruleModules: ./a.mjs', 'c.yaml:1: ruleModules must be a list, not "./a.mjs".'],
    [
      'rules: {acme/x: fatal}',
      'c.yaml:1: rules.acme/x must be one of off, info, warning, error, not "fatal".',
    ],
    [`ignores: [${'a'.repeat(300)}]`, 'c.yaml:1: ignores[0] is longer than 256 characters.'],
    [`ignores: [${'a, '.repeat(1001)}]`, 'c.yaml:1: ignores has more than 1000 items.'],
    [
      `ignores: [${'a, '.repeat(600)}]\noverrides: [{paths: [${'a, '.repeat(600)}]}]`,
      'c.yaml:1: There are more than 1000 globs.',
    ],
    ['a: &a [*a]', 'c.yaml:1: an alias inside the very value that it repeats'],
  ])('says what is wrong with %j', (text, message) => {
    expect(messageOf(text)).toBe(message);
  });

  it('names a handful of faults at once, in their order', () => {
    const lines = messageOf(Array.from({ length: 20 }, (_, index) => `key${index}: 1`).join('\n')).split(
      '\n',
    );
    expect(lines).toHaveLength(9);
    expect(lines[0]).toContain('c.yaml:1: ');
    expect(lines.at(-1)).toBe('12 more');
  });

  it('takes every rule of the package', () => {
    for (const { id } of RULES)
      expect(readConfig(`rules: {${id}: off}`, 'c.yaml').config.rules).toEqual({ [id]: 'off' });
  });
});

describe('config.schema.json', () => {
  it('is what its script writes, and so is the compiled validator', () => {
    const script = fileURLToPath(new URL('../../scripts/build-config-schema.ts', import.meta.url));
    execFileSync(process.execPath, ['--import', import.meta.resolve('tsx'), script, '--check'], {
      stdio: 'pipe',
    });
  });

  it('describes every setting', () => {
    const schema = JSON.parse(
      readFileSync(new URL('../../schemas/config.schema.json', import.meta.url), 'utf8'),
    );
    const { properties } = schema;
    const override = properties.overrides.items;
    const settings = [schema, schema.$defs.rules, properties.smoke, properties.tables, override];
    for (const setting of settings) {
      expect(setting.description).toBeTruthy();
      for (const property of Object.values<{ description?: string; $ref?: string }>(setting.properties)) {
        expect(property.description ?? property.$ref).toBeTruthy();
      }
    }
  });
});
