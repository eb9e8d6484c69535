import { describe, expect, it } from 'vitest';
import { failLevelOf, failLevelsOf, policyOf } from '../../src/config/policy.js';
import { lintCard } from '../../src/lint.js';
import { fails } from '../../src/report/fails.js';
import { imagined } from '../../src/rules/pages/imagined.js';
import type { UserRule } from '../../src/rules/rule.js';

describe('policyOf', () => {
  it('is the same for all files where nothing tells them apart', () => {
    const policy = policyOf({ rules: { 'license-missing': 'off' }, required: ['tags'] });
    expect(policy('a')).toBe(policy('b'));
    expect(policy('a')).toEqual({
      ignored: false,
      rules: { 'license-missing': 'off' },
      required: ['tags'],
      failLevel: 'error',
    });
  });

  it('lets later overrides win, setting by setting', () => {
    const policy = policyOf({
      rules: { one: 'error', two: 'error' },
      required: ['license'],
      overrides: [
        { paths: ['**/*.md'], rules: { one: 'warning', three: 'info' }, failLevel: 'never' },
        { paths: ['drafts/'], rules: { one: 'off' }, required: [] },
      ],
    });
    expect(policy('README.md')).toEqual({
      ignored: false,
      rules: { one: 'warning', two: 'error', three: 'info' },
      required: ['license'],
      failLevel: 'never',
    });
    expect(policy('drafts/a.md')).toMatchObject({
      rules: { one: 'off', two: 'error', three: 'info' },
      required: [],
      failLevel: 'never',
    });
    expect(policy('drafts/a.yaml')).toMatchObject({ rules: { one: 'off' }, failLevel: 'error' });
  });

  it('sees the repository from the folder of the settings', () => {
    const policy = policyOf({ ignores: ['models/b/'] }, 'models/b');
    expect(policy('README.md').ignored).toBe(true);
    expect(policyOf({ ignores: ['models/b/'] }, 'models/a')('README.md').ignored).toBe(false);
  });
});

describe('fail levels', () => {
  it('are one for all where no override names one', () => {
    expect(failLevelsOf({})).toBe('error');
    expect(failLevelsOf({ failLevel: 'warning', overrides: [{ paths: ['a'] }] })).toBe('warning');
    const levels = failLevelsOf({ overrides: [{ paths: ['a'], failLevel: 'never' }] });
    expect([failLevelOf(levels, 'a'), failLevelOf(levels, 'b')]).toEqual(['never', 'error']);
  });

  it('decide by the file of a finding, and by the card for the smoke inference', () => {
    const finding = {
      rule: 'x',
      severity: 'error',
      hub: null,
      message: '',
      file: 'a',
      path: '',
      help: '',
    } as const;
    const smoke = {
      status: 'failed',
      stage: 'load',
      runner: 'onnx',
      device: 'cpu',
      computeType: null,
      dtype: null,
      files: [],
      loadMs: null,
      peakRssBytes: null,
      cases: [],
    } as unknown as Parameters<typeof fails>[1];
    const levels = failLevelsOf({ overrides: [{ paths: ['a'], failLevel: 'never' }] });
    expect(fails([finding], undefined, levels)).toBe(false);
    expect(fails([{ ...finding, file: 'b' }], undefined, levels)).toBe(true);
    expect(fails([], smoke, levels, 'a')).toBe(false);
    expect(fails([], smoke, levels, 'b')).toBe(true);
  });
});

describe('lintCard with a policy', () => {
  const text = '---\nlanguage: en\nlibrary_name: transformers\npipeline_tag: fill-mask\n---\n';
  const found = (config: Parameters<typeof policyOf>[0], basePath?: string) =>
    lintCard(text, { ...(config ? { config } : {}), ...(basePath === undefined ? {} : { basePath }) })
      .filter(({ path }) => path === '/license')
      .map(({ rule, severity }) => `${severity} ${rule}`);

  it('drops findings in ignored files', () => {
    expect(found({})).toEqual(['warning license-missing']);
    expect(found({ ignores: ['*.md'] })).toEqual([]);
    expect(found({ ignores: ['models/*/README.md'] })).toEqual(['warning license-missing']);
    expect(found({ ignores: ['models/*/README.md'] }, 'models/a')).toEqual([]);
  });

  it('judges by file, and requires by card', () => {
    const overrides = [
      { paths: ['models/'], rules: { 'license-missing': 'error' } },
      { paths: ['models/b/'], required: ['license'], rules: { 'required-field-missing': 'info' } },
    ] as const;
    expect(found({ overrides }, 'models/a')).toEqual(['error license-missing']);
    expect(found({ overrides: [overrides[1]] }, 'models/b')).toEqual(['warning license-missing']);
    expect(found({ overrides: [{ paths: ['models/b/'], required: ['license'] }] }, 'models/b')).toEqual([
      'error required-field-missing',
    ]);
    expect(
      found({ required: ['license'], overrides: [{ paths: ['models/b/'], required: [] }] }, 'models/b'),
    ).toEqual(['warning license-missing']);
  });

  it('judges a finding by its own file', () => {
    const elsewhere: UserRule = {
      id: 'acme/elsewhere',
      severity: 'info',
      description: 'Speaks of another file.',
      check: ({ report }) => report({ message: 'Here.', file: '.gitattributes', span: { start: 0, end: 4 } }),
    };
    const surroundings = {
      ...imagined({ contents: { '.gitattributes': '*.md text\n' } }),
      rules: [elsewhere],
    };
    const files = (config: Parameters<typeof policyOf>[0]) =>
      lintCard(text, { ...surroundings, ...(config ? { config } : {}) }).map(({ file }) => file);
    expect(files({})).toContain('.gitattributes');
    expect(files({ ignores: ['.gitattributes'] })).not.toContain('.gitattributes');
    expect(files({ ignores: ['README.md'] })).not.toContain('README.md');
    expect(files({ ignores: ['README.md'] })).toContain('.gitattributes');
  });

  it('does not call a comment in an ignored file unused', () => {
    const commented = `${text}<!-- validate-card-disable-file license-unknown -- for a test -->\n`;
    const rules = (config: Parameters<typeof policyOf>[0]) =>
      lintCard(commented, config ? { config } : {}).map(({ rule }) => rule);
    expect(rules({})).toContain('silence-comment');
    expect(rules({ ignores: ['README.md'] })).toEqual([]);
    expect(
      rules({ overrides: [{ paths: ['README.md'], rules: { 'silence-comment': 'off' } }] }),
    ).not.toContain('silence-comment');
  });
});
