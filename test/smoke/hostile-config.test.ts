import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SmokeReport } from '../../src/smoke/report.js';
import { smokeTest } from '../../src/smoke/smoke.js';
import { copyFixture, open } from './fixture.js';

type Change = Readonly<Record<string, unknown>> | string;

/** How a fixture ends with other contents of its JSON files; a text takes the place of the whole file. */
async function run(fixture: string, changes: Readonly<Record<string, Change>>): Promise<SmokeReport> {
  const folder = copyFixture(fixture);
  for (const [file, change] of Object.entries(changes)) {
    const path = join(folder, file);
    const before = existsSync(path) && typeof change !== 'string' ? readFileSync(path, 'utf8') : '{}';
    const json = JSON.parse(before) as object;
    writeFileSync(path, typeof change === 'string' ? change : JSON.stringify({ ...json, ...change }));
  }
  return smokeTest(await open(folder), {
    device: 'cpu',
    memoryLimitBytes: 900e6,
    loadTimeoutMs: 20_000,
    caseTimeoutMs: 3_000,
  });
}

describe('settings in config.json that are meant for the runtime', () => {
  it('choose neither device nor graph nor code', async () => {
    const report = await run('text-classification', {
      'config.json': {
        'transformers.js_config': {
          device: 'webgpu',
          dtype: 'q4',
          kv_cache_dtype: { fp32: 'evil' },
          free_dimension_overrides: { batch_size: 1 },
        },
        auto_map: { AutoModel: 'https://example.com/evil.js--x', AutoTokenizer: ['../../evil.js', null] },
        _name_or_path: '../../../etc',
        custom_pipelines: { 'text-classification': { impl: 'evil.Pipeline' } },
        trust_remote_code: true,
      },
    });
    expect(report, report.reason).toMatchObject({ status: 'passed', device: 'cpu', dtype: 'fp32' });
  });

  it.each([
    [{ use_external_data_format: true }, 'onnx/model.onnx_data is missing, which transformers.js_config'],
    [{ use_external_data_format: 1e9 }, /./],
    [{ use_external_data_format: { hasOwnProperty: 1 } }, /./],
    [{ device_config: { cpu: { use_external_data_format: 2 } } }, 'onnx/model.onnx_data is missing'],
  ] as const)('that ask for files which are not there: %j', async (settings, reason) => {
    const report = await run('text-classification', {
      'config.json': { 'transformers.js_config': settings },
    });
    expect(report).toMatchObject({ status: 'failed', stage: 'load' });
    expect(report.reason).toMatch(reason);
  });

  it.each(['__proto__', 'constructor', '../../evil', 'toString'])('named %s', async (name) => {
    const model = await run('text-classification', {
      'config.json': { model_type: name, architectures: [name] },
    });
    expect(model.status).toBe('failed');
    const tokenizer = await run('text-classification', {
      'tokenizer_config.json': { tokenizer_class: name },
    });
    expect(['passed', 'failed']).toContain(tokenizer.status);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('with the keys of prototypes', async () => {
    const evil = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}';
    const report = await run('text-classification', {
      'config.json': `${evil},"model_type":"distilbert","id2label":{"__proto__":"x","0":"constructor","1":"__proto__"}}`,
      'generation_config.json': `${evil}}`,
      'special_tokens_map.json': `${evil}}`,
    });
    expect(report.status).toBe('failed');
    expect(JSON.stringify(report)).not.toContain('polluted');
    expect('polluted' in {}).toBe(false);
  });
});

describe('a tokenizer', () => {
  it.each([
    ['null', 'tokenizer.json', 'null'],
    ['a million brackets', 'tokenizer.json', '['.repeat(1e6)],
    ['half a million objects in one another', 'tokenizer_config.json', '{"a":'.repeat(5e5)],
  ])('that is %s', async (_, file, text) => {
    expect(await run('text-classification', { [file]: text })).toMatchObject({ status: 'failed' });
  });

  it('that makes gigabytes of a word ends within the limits', async () => {
    const normalizer = { type: 'Replace', pattern: { Regex: '.' }, content: 'x'.repeat(1e7) };
    const report = await run('text-classification', { 'tokenizer.json': { normalizer } });
    expect(report).toMatchObject({ status: 'failed', stage: 'run' });
  });
});

describe('a chat template', () => {
  it.each([
    [
      'counts to a thousand million',
      '{% for i in range(1000000000) %}a{% endfor %}',
      /memory|did not finish/,
    ],
    [
      'loops without end',
      `${'{% for i in range(99999) %}'.repeat(3)}${'{% endfor %}'.repeat(3)}`,
      'did not finish within 3 s',
    ],
    [
      'doubles a text sixty times',
      '{% set ns = namespace(x="aa") %}{% for i in range(60) %}{% set ns.x = ns.x + ns.x %}{% endfor %}{{ ns.x }}',
      /cannot be rendered|memory/,
    ],
    [
      'looks for a way out',
      '{{ messages.constructor.constructor("return process")() }}',
      'cannot be rendered',
    ],
    ['reads files', '{% include "/etc/passwd" %}', 'cannot be rendered'],
    ['is nested deep', `{{ ${'('.repeat(20_000)}1${')'.repeat(20_000)} }}`, 'cannot be rendered'],
  ])('that %s ends within the limits', async (_, template, reason) => {
    const report = await run('text-generation-chat', {
      'tokenizer_config.json': { chat_template: template },
      'chat_template.jinja': template,
    });
    expect(report).toMatchObject({ status: 'failed', stage: 'run' });
    expect(report.reason).toMatch(reason);
  });
});
