import { describe, expect, it } from 'vitest';
import { readLibraryTasks } from '../src/hub/tables.js';
import { MAX_CONFIG_BYTES } from '../src/repo/json-file.js';
import { memoryRepo } from '../src/repo/memory.js';
import type { Repo } from '../src/repo/repo.js';
import { type ValidateOptions, validateRepo, validateWithSources } from '../src/validate.js';

const CARD = `---
license: mit
language: en
library_name: transformers
pipeline_tag: text-generation
---
# A model
`;

const validate = (files: Readonly<Record<string, string>>, options?: ValidateOptions) =>
  validateRepo(memoryRepo({ 'README.md': CARD, ...files }), options);

describe('validateRepo', () => {
  it('assembles findings, verdict and counts', async () => {
    const report = await validate({});
    expect(report).toMatchObject({
      schemaVersion: 1,
      tool: { name: 'validate-model-card' },
      target: { kind: 'memory' },
      diagnostics: [],
      support: { api: { enabled: true, reason: 'Yes' }, widget: { state: 'live' } },
      summary: { errors: 0, warnings: 0, infos: 0, publishable: true },
    });
    expect(report).not.toHaveProperty('smoke');
  });

  it('counts each severity', async () => {
    const text = '---\nlicense: MIT\npipeline_tag: text-clasification\n---\n# A\n';
    const { diagnostics, summary } = await validate({ 'README.md': text });
    expect(diagnostics.map(({ rule }) => rule)).toEqual([
      'library-name-missing',
      'license-unknown',
      'pipeline-tag-unknown',
    ]);
    expect(summary).toEqual({ errors: 1, warnings: 1, infos: 1, publishable: false });
  });

  it('takes nothing for publishable that the Hub would refuse, whatever the settings think of it', async () => {
    const { summary } = await validate(
      { 'README.md': CARD.replace('mit', 'MIT') },
      { config: { rules: { 'license-unknown': 'info' } } },
    );
    expect(summary).toEqual({ errors: 0, warnings: 0, infos: 1, publishable: false });
  });

  it('makes a finding of a card that is missing', async () => {
    const report = await validateRepo(memoryRepo({ 'config.json': '{}' }));
    expect(report.diagnostics.map(({ rule }) => rule)).toEqual(['card-missing']);
    expect(report.summary.publishable).toBe(false);
  });

  it('reads config.json and tokenizer_config.json for the verdict', async () => {
    const custom = await validate({ 'config.json': '{"auto_map": {"AutoModel": "code.Model"}}' });
    expect(custom.support.api.reason).toBe('CustomCode');
    const chat = await validate({ 'tokenizer_config.json': '{"chat_template": "{{ messages }}"}' });
    expect(chat.support.widget.kind).toBe('conversational');
    expect((await validate({})).support.widget.kind).toBe('text-generation');
  });

  it('goes on without a config.json that is no JSON, or too large to be one', async () => {
    const auto = '"auto_map": {"AutoModel": "code.Model"}';
    for (const text of [`{${auto}`, `{${auto}, "x": "${'x'.repeat(MAX_CONFIG_BYTES)}"}`]) {
      expect((await validate({ 'config.json': text })).support.api.reason).toBe('Yes');
    }
  });

  it("decides by a user's own tables, and says so", async () => {
    const { tables } = readLibraryTasks('{"transformers": ["fill-mask"]}', 'map.json');
    const report = await validate({}, { tables });
    expect(report.support.api.reason).toBe('PipelineLibraryPairNotSupported');
    expect(report.tables.source).toContain('map.json');
  });

  it('skips a smoke inference of files that lie nowhere, and says what would help', async () => {
    const text = CARD.replace('text-generation', 'text-classification');
    const { smoke, summary } = await validate({ 'README.md': text }, { smoke: true });
    expect(smoke).toMatchObject({ status: 'skipped', stage: 'plan' });
    expect(smoke?.reason).toContain('name its folder');
    expect(summary.publishable).toBe(true);
  });

  it('tells its progress in order', async () => {
    const stages: string[] = [];
    await validate({}, { smoke: true, onProgress: ({ stage }) => stages.push(stage) });
    expect(stages).toEqual(['read', 'lint', 'support', 'plan']);
  });

  it('says which folder is not there', async () => {
    await expect(validateRepo('no/such/folder', { offline: true })).rejects.toMatchObject({
      code: 'target-not-found',
      exitCode: 2,
    });
  });

  it('passes on what stops the reading', async () => {
    const broken: Repo = { ...memoryRepo({}), list: () => Promise.reject(new Error('gone')) };
    await expect(validateRepo(broken)).rejects.toThrow('gone');
  });
});

describe('validateWithSources', () => {
  it('hands out the text that the ranges point into', async () => {
    const text = `\ufeff${CARD.replace('mit', 'MIT')}`;
    const { report, sources } = await validateWithSources(
      memoryRepo({ 'docs/card.md': text }, 'docs/card.md'),
    );
    const [found] = report.diagnostics;
    expect(Object.keys(sources)).toEqual(['docs/card.md']);
    expect(found?.file).toBe('docs/card.md');
    expect(sources['docs/card.md']?.slice(found?.range?.start.offset, found?.range?.end.offset)).toBe('MIT');
  });
});
